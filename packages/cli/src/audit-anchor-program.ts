import type { Command } from 'commander'
import { collect, examples, type Run, wholeNumber } from './command-parts.ts'
import type {
  AuditTimestampOptions,
  AuditWitnessServeOptions,
  AuditWitnessSubmitOptions,
} from './commands/audit-anchors.ts'
import type { Terminal } from './terminal.ts'

/** Adds `recount audit timestamp`. */
export function addTimestamp(audit: Command, run: Run, terminal: Terminal): void {
  audit
    .command('timestamp')
    .description(
      'Makes a time-stamp request (RFC 3161) over the newest checkpoint, or keeps the answer. It sends nothing.',
    )
    .argument('<dir>', "the log's folder")
    .option('--response <file>', "an authority's answer, to be verified and kept")
    .option(
      '--tsa <file>',
      'certificate of the authority, or of one above it, PEM (repeatable)',
      collect,
    )
    .option('--json', 'print what was made as JSON')
    .addHelpText('after', examples(TIMESTAMP_EXAMPLES))
    .action((dir: string, options: AuditTimestampOptions) =>
      run(
        import('./commands/audit-anchors.ts').then((module) =>
          module.timestampLog(dir, options, terminal),
        ),
      ),
    )
}

/** Adds `recount audit witness` and its verbs. */
export function addWitness(audit: Command, run: Run, terminal: Terminal): void {
  const witness = audit
    .command('witness')
    .description(
      'Remembers checkpoints for others (serve), or has them remembered (submit): C2SP tlog-witness.',
    )
    .addHelpText('after', examples(WITNESS_EXAMPLES))
  witness
    .command('serve')
    .description('Serves a witness, to be run where the writers of the logs have no access.')
    .argument('<dir>', 'the folder in which it remembers')
    .requiredOption('--key <file>', "the witness's own private key; made where it does not exist")
    .requiredOption('--name <name>', 'its name, unique in the world: witness.example/w1')
    .requiredOption('--log <file>', 'public keys of a log to watch (repeatable)', collect)
    .option('--host <host>', 'address to listen on', '127.0.0.1')
    .option('--port <n>', 'port to listen on; 0 for any', wholeNumber, 0)
    .action((dir: string, options: AuditWitnessServeOptions) =>
      run(
        import('./commands/audit-anchors.ts').then((module) =>
          module.serveWitness(dir, options, terminal),
        ),
      ),
    )
  witness
    .command('submit')
    .description('Has a witness cosign the newest checkpoint.')
    .argument('<dir>', "the log's folder")
    .requiredOption('--url <url>', 'where the witness is')
    .requiredOption('--witness <file>', 'its public key')
    .option('--json', 'print what was cosigned as JSON')
    .action((dir: string, options: AuditWitnessSubmitOptions) =>
      run(
        import('./commands/audit-anchors.ts').then((module) =>
          module.submitToWitness(dir, options, terminal),
        ),
      ),
    )
}

const TIMESTAMP_EXAMPLES = [
  'recount audit timestamp audit',
  'recount audit timestamp audit --response answer.tsr --tsa ca.pem',
]
const WITNESS_EXAMPLES = [
  'recount audit witness serve seen --key witness.key --name witness.example/w1 --log audit.vkey --port 8080',
  'recount audit witness submit audit --url http://witness.example:8080 --witness witness.vkey',
]
