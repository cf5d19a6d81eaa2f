import type { Command } from 'commander'
import { examples, files, type Run } from './command-parts.ts'
import type { EraseCommandOptions } from './commands/erase.ts'
import type { IndexOptions } from './commands/index-logs.ts'
import type { PruneCommandOptions } from './commands/prune.ts'
import { withKeys, withStore } from './store-verbs.ts'
import type { Terminal } from './terminal.ts'

/** The verbs that fill a store and forget what is in it. */
export function addKeeping(program: Command, run: Run, terminal: Terminal): void {
  program
    .command('index')
    .summary('read log files into a store, where they can be searched')
    .description(
      'Reads log files, content files and segments of audit logs into a store, from where they were read up to the last time.',
    )
    .addArgument(files())
    .option('--db <file>', 'the store (default: $RECOUNT_DB, else ./recount.db)')
    .option('--follow', 'go on reading what is added, until Ctrl-C')
    .option('--multi-tenant', 'a new store: every query has to say whose records it asks for')
    .option('--json', 'print the counts as JSON')
    .addHelpText('after', examples(INDEX_EXAMPLES))
    .action((patterns: string[], options: IndexOptions) =>
      run(
        import('./commands/index-logs.ts').then((module) =>
          module.indexLogs(patterns, options, terminal),
        ),
      ),
    )
  addPrune(program, run, terminal)
  addErase(program, run, terminal)
}

function addPrune(program: Command, run: Run, terminal: Terminal): void {
  withStore(
    program
      .command('prune')
      .summary('forget what is old')
      .description(
        'Forgets what is old in a store, or deletes old content files of a log folder: by an age, or by a policy, as a timer runs it.',
      )
      .argument('[folder]', 'a log folder, of which content files of days that are over go'),
  )
    .option('--older-than <age>', 'a length of time, such as 7d')
    .option('--content-only', 'content alone; metadata stays')
    .option('--policy <file>', 'a retention policy: days of content and metadata, by rules')
    .option('--dry-run', 'say what would go, and change nothing')
    .option('--json', 'print what went as JSON')
    .addHelpText('after', examples(PRUNE_EXAMPLES))
    .action((folder: string | undefined, options: PruneCommandOptions) =>
      run(
        import('./commands/prune.ts').then((module) => module.pruneOld(folder, options, terminal)),
      ),
    )
}

function addErase(program: Command, run: Run, terminal: Terminal): void {
  withKeys(
    withStore(
      program
        .command('erase')
        .summary('forget a person')
        .description(
          'Forgets a person in a store, in the named files, in a vault and in an audit log, and says what went where. Ends with 1 where nothing was found, with 3 where a part failed.',
        )
        .argument('[files...]', 'log files; content files beside them, too')
        .option('--user <id>', 'what this user said and was told')
        .option('--subject <id>', 'what was looked up about this person, and what became of it'),
    ),
  )
    .option('--vault <file>', "a redaction vault: values behind the person's tokens go, too")
    .option('--audit <dir>', 'an audit log: their content there is erased, and an entry says so')
    .option('--key <file>', "the audit log's private key (default: where it was when it was made)")
    .option('--reason <text>', 'why; it is in the audit log')
    .option('--request <id>', "the request's number elsewhere; it is in the audit log")
    .option('--json', 'print what went as JSON')
    .addHelpText('after', examples(ERASE_EXAMPLES))
    .action((patterns: string[], options: EraseCommandOptions) =>
      run(
        import('./commands/erase.ts').then((module) =>
          module.erasePerson(patterns, options, terminal),
        ),
      ),
    )
}

const INDEX_EXAMPLES = [
  "recount index 'logs/**/*.jsonl*' --db recount.db",
  'recount index logs/app.jsonl --follow',
  "recount index 'audit/*.jsonl'",
]
const PRUNE_EXAMPLES = [
  'recount prune --older-than 7d --content-only',
  'recount prune --older-than 90d --db recount.db',
  'recount prune --policy retention.json --dry-run',
  'recount prune logs --older-than 7d',
]
const ERASE_EXAMPLES = [
  "recount erase --user u-17 'logs/**/*.jsonl*'",
  'recount erase --subject patient-7 --db recount.db logs/app.jsonl',
  'recount erase --user u-17 logs/app.jsonl --vault vault.jsonl --audit audit --request r-204',
]
