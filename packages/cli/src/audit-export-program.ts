import { type Command, Option } from 'commander'
import { collect, examples, type Run } from './command-parts.ts'
import type { AuditExportOptions } from './commands/audit-export.ts'
import type { Terminal } from './terminal.ts'

/** Adds `recount audit export`. */
export function addExport(audit: Command, run: Run, terminal: Terminal): void {
  audit
    .command('export')
    .description(
      'Makes a folder for an auditor that explains and verifies itself, and says so in the log.',
    )
    .argument('<dir>', "the log's folder")
    .requiredOption('--out <folder>', 'the folder to make; it must not exist')
    .option(
      '--from <when>',
      'show entries from this moment on: ISO date, or a duration such as 30d',
    )
    .option('--to <when>', 'up to this moment, which is not within')
    .option('--tenant <id>', 'of this tenant (repeatable)', collect)
    .option('--actor <id>', 'of this actor (repeatable)', collect)
    .option('--action <name>', 'of this action; app.* for all that begin so (repeatable)', collect)
    .option(
      '--subject <id>',
      'about the data of this person, for an access request (repeatable)',
      collect,
    )
    .option('--format <list>', 'files to make beside the log: jsonl,csv,ocsf', 'jsonl,csv')
    .option(
      '--preset <rule>',
      'name what a rule asks of logs in the report: eu-ai-act, hipaa, sec-17a-4, pci-dss, gdpr',
    )
    .option('--policy <file>', 'put the policy that decides what is kept beside the entries')
    .option('--reason <text>', 'why; it is in the log and in the report')
    .option('--by <id>', 'who asks for it (default: your user name)')
    .option('--key <file>', 'the private key (default: where it was when the log was made)')
    .addOption(new Option('--wait <duration>', 'wait so long for another writer').default('30s'))
    .option('--no-wait', 'do not wait for another writer')
    .option('--json', 'print what was made as JSON')
    .addHelpText('after', examples(EXPORT_EXAMPLES))
    .addHelpText('after', EXPORT_NOTE)
    .action((dir: string, options: AuditExportOptions) =>
      run(
        import('./commands/audit-export.ts').then((module) =>
          module.exportLog(dir, options, terminal),
        ),
      ),
    )
}

const EXPORT_EXAMPLES = [
  'recount audit export audit --out bundle-2026 --from 2026-01-01 --to 2027-01-01 --preset eu-ai-act',
  'recount audit export audit --out request-204 --subject u1 --preset gdpr --reason "GDPR 15, r-204"',
  'recount audit export audit --out for-siem --action data_access --format ocsf',
  'recount audit verify bundle-2026 --key audit.vkey --anchor auditor.anchor',
]

const EXPORT_NOTE = `
Entries that are not asked for are in the folder as hashes, so that nobody can leave one out unnoticed.
Where an application has the log open, it makes the export: audit.export({ out }) of @recount/audit (docs/audit-export.md).
`
