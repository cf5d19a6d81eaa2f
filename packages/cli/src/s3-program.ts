import { type Command, Option } from 'commander'
import { examples, type Run } from './command-parts.ts'
import type { AuditRestoreOptions } from './commands/audit-restore.ts'
import type { AuditShipOptions } from './commands/audit-ship.ts'
import type { ShipLogsCommandOptions } from './commands/ship-logs.ts'
import { withStore } from './s3-connection.ts'
import type { Terminal } from './terminal.ts'

/** Adds `recount audit ship`. */
export function addAuditShip(audit: Command, run: Run, terminal: Terminal): void {
  withStore(audit.command('ship'))
    .description(
      'Ships what is signed to object storage, each entry once, and nothing is replaced.',
    )
    .argument('<dir>', "the log's folder")
    .argument('<place>', 's3://bucket/prefix: the place of this log alone')
    .option('--watch', 'go on until it is ended; a line about its health after each pass')
    .addOption(new Option('--every <duration>', 'with --watch: time between passes').default('10s'))
    .addOption(
      new Option('--lock <mode>', 'lock objects (S3 Object Lock)').choices([
        'compliance',
        'governance',
      ]),
    )
    .option('--retain <duration>', 'with --lock: for how long, from the last entry on, as 2190d')
    .option('--allow-weak-store', 'also to a store that does not honour conditions and checksums')
    .option('--json', 'print what was shipped as JSON; with --watch a line after each pass')
    .addHelpText('after', examples(SHIP_EXAMPLES))
    .action((dir: string, url: string, options: AuditShipOptions) =>
      run(
        import('./commands/audit-ship.ts').then((module) =>
          module.shipLog(dir, url, options, terminal),
        ),
      ),
    )
}

/** Adds `recount audit restore`. */
export function addAuditRestore(audit: Command, run: Run, terminal: Terminal): void {
  withStore(audit.command('restore'))
    .description("Makes a log's folder from object storage, and verifies it.")
    .argument('<place>', 's3://bucket/prefix')
    .argument('<dir>', 'the folder to make')
    .option('--key <file>', 'public keys to trust (default: those beside the log)')
    .option('--receipts <file>', "exactly these versions: the shipper's receipts.jsonl")
    .option('--json', 'print the report as JSON')
    .addHelpText('after', examples(RESTORE_EXAMPLES))
    .action((url: string, dir: string, options: AuditRestoreOptions) =>
      run(
        import('./commands/audit-restore.ts').then((module) =>
          module.restoreLog(url, dir, options, terminal),
        ),
      ),
    )
}

/** Adds `recount ship`. */
export function addShip(program: Command, run: Run, terminal: Terminal): void {
  const ship = program
    .command('ship')
    .summary('bring finished log files to object storage')
    .description('Brings finished files to object storage. Audit logs: recount audit ship.')
  withStore(ship.command('logs'))
    .description(
      'Ships rotated log files, divided by day: logs/dt=YYYY-MM-DD/….jsonl.gz. Rotated are names that end with a day and a number, as app.2026-11-21.1.jsonl, and .gz; others may still be written to, and are left out.',
    )
    .argument('<place>', 's3://bucket/prefix')
    .argument('[files...]', 'paths and patterns; .gz too (default: ./logs/**/*.jsonl*)')
    .option('--content <place>', 'ship files of content, too, to a place without Object Lock')
    .option('--all', 'ship files that may still be written to, as they are now')
    .option('--json', 'print what was shipped as JSON')
    .addHelpText('after', examples(LOGS_EXAMPLES))
    .action((url: string, patterns: string[], options: ShipLogsCommandOptions) =>
      run(
        import('./commands/ship-logs.ts').then((module) =>
          module.shipLogFiles(url, patterns, options, terminal),
        ),
      ),
    )
}

const SHIP_EXAMPLES = [
  'recount audit ship audit s3://acme-audit/prod',
  'recount audit ship audit s3://acme-audit/prod --watch --lock compliance --retain 2190d',
  'recount audit ship audit s3://audit/prod --endpoint https://s3.example.net',
]
const RESTORE_EXAMPLES = ['recount audit restore s3://acme-audit/prod restored --key audit.vkey']
const LOGS_EXAMPLES = [
  'recount ship logs s3://acme-logs/support',
  "recount ship logs s3://acme-logs/support 'logs/**/*.jsonl*' --content s3://acme-content/support",
]
