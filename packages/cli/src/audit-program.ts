import { type Command, Option } from 'commander'
import { addTimestamp, addWitness } from './audit-anchor-program.ts'
import { addExport } from './audit-export-program.ts'
import { collect, examples, type Run } from './command-parts.ts'
import type { AuditAppendOptions } from './commands/audit-append.ts'
import type { AuditEraseOptions, AuditRotateKeyOptions } from './commands/audit-change.ts'
import type { AuditInitOptions } from './commands/audit-init.ts'
import type { AuditLogOptions } from './commands/audit-log.ts'
import type { AuditProveOptions } from './commands/audit-prove.ts'
import type { AuditVerifyOptions } from './commands/audit-verify.ts'
import { withStore } from './s3-connection.ts'
import { addAuditRestore, addAuditShip } from './s3-program.ts'
import type { Terminal } from './terminal.ts'

/** Adds `recount audit` and its verbs. */
export function addAudit(program: Command, run: Run, terminal: Terminal): void {
  const audit = program
    .command('audit')
    .summary('keep an audit log, and prove that nobody changed it')
    .description(
      'Keeps an append-only, hash-chained, signed log, verifies it and proves its entries.',
    )
    .addHelpText('after', examples(AUDIT_EXAMPLES))
  addInit(audit, run, terminal)
  addAppend(audit, run, terminal)
  addVerify(audit, run, terminal)
  addLog(audit, run, terminal)
  addProve(audit, run, terminal)
  addExport(audit, run, terminal)
  addErase(audit, run, terminal)
  addRotateKey(audit, run, terminal)
  addTimestamp(audit, run, terminal)
  addWitness(audit, run, terminal)
  addAuditShip(audit, run, terminal)
  addAuditRestore(audit, run, terminal)
}

function addInit(audit: Command, run: Run, terminal: Terminal): void {
  audit
    .command('init')
    .description('Makes an audit log. Its private key lies outside the folder.')
    .argument('<dir>', 'the folder; made where it does not exist')
    .requiredOption(
      '--origin <name>',
      'name of the log, unique in the world: acme.example/audit/prod',
    )
    .option(
      '--key <file>',
      "the private key (default: a file of the origin's in your configuration)",
    )
    .option('--json', 'print what was made as JSON')
    .addHelpText('after', examples(INIT_EXAMPLES))
    .action((dir: string, options: AuditInitOptions) =>
      run(
        import('./commands/audit-init.ts').then((module) => module.initLog(dir, options, terminal)),
      ),
    )
}

function addAppend(audit: Command, run: Run, terminal: Terminal): void {
  audit
    .command('append')
    .description('Appends event lines from stdin; prints {seq, hash} for each once it is durable.')
    .argument('<dir>', "the log's folder")
    .option('--key <file>', 'the private key (default: where it was when the log was made)')
    .addOption(new Option('--wait <duration>', 'wait so long for another writer').default('30s'))
    .option('--no-wait', 'do not wait: end with 3, with nothing read')
    .option('--pseudonymize', 'replace users and subjects by random names that erasure forgets')
    .addHelpText('after', examples(APPEND_EXAMPLES))
    .action((dir: string, options: AuditAppendOptions) =>
      run(
        import('./commands/audit-append.ts').then((module) =>
          module.appendEvents(dir, options, terminal),
        ),
      ),
    )
}

function addVerify(audit: Command, run: Run, terminal: Terminal): void {
  withStore(audit.command('verify'))
    .description(
      'Verifies a log, a bundle, or the proof of one entry. Ends with 0 only where it is intact.',
    )
    .argument(
      '<log>',
      "a log's folder, s3://bucket/prefix, a folder that export made, or a file that prove wrote",
    )
    .option('--key <file>', 'public keys to trust (default: those beside the log)')
    .option(
      '--anchor <file>',
      'what you remember of the log; made on first use, moved forward when intact',
    )
    .option('--incremental', 'read only what is new since the anchor')
    .option('--allow-unanchored', 'end with 0 also where nobody outside remembers the log')
    .option('--witness <file>', 'public key of a witness to trust (repeatable)', collect)
    .option(
      '--tsa <file>',
      'certificate of a time-stamp authority to trust, PEM (repeatable)',
      collect,
    )
    .option('--no-content', 'do not read the encrypted content beside the log')
    .option(
      '--receipts <file>',
      "in a store: exactly these versions (the shipper's receipts.jsonl)",
    )
    .option('--require-lock', 'in a store: objects that can be deleted are failures')
    .option('--json', 'print the report as JSON')
    .addHelpText('after', examples(VERIFY_EXAMPLES))
    .action((log: string, options: AuditVerifyOptions) =>
      run(
        import('./commands/audit-verify.ts').then((module) =>
          module.verifyLog(log, options, terminal),
        ),
      ),
    )
}

function addLog(audit: Command, run: Run, terminal: Terminal): void {
  audit
    .command('log')
    .description('Prints entries, oldest first. It verifies nothing.')
    .argument('<dir>', "the log's folder")
    .option('--actor <id>', 'of this actor')
    .option('--subject <id>', 'about the data of this subject')
    .option('--tenant <id>', 'of this tenant')
    .option('--action <name>', 'of this action; app.* for all that begin so')
    .option('--since <when>', 'from this moment on: ISO date, or a duration such as 24h')
    .option('--until <when>', 'up to this moment')
    .option('--json', 'print the lines as they are')
    .addHelpText('after', examples(LOG_EXAMPLES))
    .action((dir: string, options: AuditLogOptions) =>
      run(
        import('./commands/audit-log.ts').then((module) => module.printLog(dir, options, terminal)),
      ),
    )
}

function addProve(audit: Command, run: Run, terminal: Terminal): void {
  audit
    .command('prove')
    .description(
      'Proves one entry: a file (C2SP tlog-proof) that needs nothing but the public key.',
    )
    .argument('<dir>', "the log's folder")
    .argument('<seq>', 'sequence number of the entry')
    .option('--out <file>', 'write to a file, all of it or nothing')
    .option('--json', 'print entry and proof as JSON')
    .addHelpText('after', examples(PROVE_EXAMPLES))
    .action((dir: string, seq: string, options: AuditProveOptions) =>
      run(
        import('./commands/audit-prove.ts').then((module) =>
          module.proveOne(dir, seq, options, terminal),
        ),
      ),
    )
}

function addErase(audit: Command, run: Run, terminal: Terminal): void {
  audit
    .command('erase')
    .description(
      "Destroys the keys of a subject's content. The entries stay, and the log stays intact.",
    )
    .argument('<dir>', "the log's folder")
    .requiredOption('--subject <id>', 'whose content is to go')
    .requiredOption('--reason <text>', 'why; it is in the log')
    .option('--request <id>', "the request's number elsewhere")
    .option('--tenant <id>', 'of this tenant only')
    .option('--key <file>', 'the private key (default: where it was when the log was made)')
    .option('--json', 'print what was destroyed as JSON')
    .addHelpText('after', examples(ERASE_EXAMPLES))
    .action((dir: string, options: AuditEraseOptions) =>
      run(
        import('./commands/audit-change.ts').then((module) =>
          module.eraseSubject(dir, options, terminal),
        ),
      ),
    )
}

function addRotateKey(audit: Command, run: Run, terminal: Terminal): void {
  audit
    .command('rotate-key')
    .description('Lets another key sign from now on; the old one hands over to it in the log.')
    .argument('<dir>', "the log's folder")
    .option('--key <file>', 'the key in use (default: where the log says)')
    .option('--new-key <file>', 'the key to use from now on; made where it does not exist')
    .option('--reason <text>', 'why; it is in the log')
    .option('--json', 'print the new key as JSON')
    .addHelpText('after', examples(ROTATE_EXAMPLES))
    .action((dir: string, options: AuditRotateKeyOptions) =>
      run(
        import('./commands/audit-change.ts').then((module) =>
          module.rotateLogKey(dir, options, terminal),
        ),
      ),
    )
}

const AUDIT_EXAMPLES = [
  'recount audit init audit --origin acme.example/audit/prod',
  'recount audit append audit < events.jsonl',
  'recount audit verify audit --anchor audit.anchor',
]
const INIT_EXAMPLES = [
  'recount audit init audit --origin acme.example/audit/prod',
  'recount audit init audit --origin acme.example/audit/prod --key /secrets/audit.key',
]
const APPEND_EXAMPLES = [
  'recount audit append audit < events.jsonl',
  `echo '{"action":"query","actor":{"type":"user","id":"u1"},"target":{"type":"model","id":"gpt-4o"},"outcome":"success"}' | recount audit append audit`,
]
const VERIFY_EXAMPLES = [
  'recount audit verify audit --anchor audit.anchor',
  'recount audit verify audit --key audit.vkey --allow-unanchored --json | jq .findings',
  'recount audit verify entry-7.tlog-proof --key audit.vkey',
  'recount audit verify s3://acme-audit/prod --key audit.vkey --require-lock',
]
const LOG_EXAMPLES = [
  'recount audit log audit --actor u1 --since 7d',
  "recount audit log audit --action 'audit.*' --json | jq .sys",
]
const PROVE_EXAMPLES = ['recount audit prove audit 7 --out entry-7.tlog-proof']
const ERASE_EXAMPLES = ['recount audit erase audit --subject u1 --reason "GDPR 17" --request r-204']
const ROTATE_EXAMPLES = [
  'recount audit rotate-key audit',
  'recount audit rotate-key audit --new-key /secrets/audit-2027.key --reason "yearly"',
]
