import type { Command } from 'commander'
import { collect, examples, files, type Run, wholeNumber } from './command-parts.ts'
import type { CostsOptions } from './commands/costs.ts'
import type { EraseCommandOptions, PruneCommandOptions } from './commands/forget.ts'
import type { IndexOptions } from './commands/index-logs.ts'
import type { LogsOptions } from './commands/logs.ts'
import type { Terminal } from './terminal.ts'

/** The verbs that find calls and count what they cost. */
export function addFinding(program: Command, run: Run, terminal: Terminal): void {
  withFilters(
    program
      .command('logs')
      .summary('find calls by a phrase, or list the last ones')
      .description('Lists model calls, what began last first, or everything that has a phrase.')
      .addArgument(files()),
  )
    .option('-q, --query <phrase>', 'exactly this phrase, in any script')
    .option('-n, --count <n>', 'so many; 0 for up to 1000', wholeNumber, 10)
    .option('-l, --latest', 'what began last first, which is so anyway')
    .option('--cursor <cursor>', 'go on after an earlier page')
    .option('-a, --all', 'tools, retrievals and steps, too')
    .option('-s, --short', 'one line a call')
    .option('-u, --usage', 'with tokens and cost')
    .option('-t, --truncate', 'questions and answers in one line each')
    .option('--json', 'print calls with their content as one JSON document')
    .addHelpText('after', examples(LOGS_EXAMPLES))
    .action((patterns: string[], options: LogsOptions) =>
      run(
        import('./commands/logs.ts').then((module) => module.listLogs(patterns, options, terminal)),
      ),
    )
  withFilters(
    program
      .command('costs')
      .summary('say what calls cost, by model, user, prompt …')
      .description('Counts calls, errors, tokens and cost by keys, the dearest first.')
      .addArgument(files()),
  )
    .option(
      '--by <keys>',
      'model, provider, prompt, prompt_version, user, session, tenant, trace, workflow, step, agent, service, environment, release, day, query; several, comma-separated',
      'model',
    )
    .option('-n, --count <n>', 'so many groups', wholeNumber, 20)
    .option('--json', 'print all groups as one JSON document')
    .addHelpText('after', examples(COSTS_EXAMPLES))
    .action((patterns: string[], options: CostsOptions) =>
      run(
        import('./commands/costs.ts').then((module) =>
          module.listCosts(patterns, options, terminal),
        ),
      ),
    )
}

/** The verbs that fill a store and forget what is in it. */
export function addKeeping(program: Command, run: Run, terminal: Terminal): void {
  program
    .command('index')
    .summary('read log files into a store, where they can be searched')
    .description(
      'Reads log and content files into a store, from where they were read up to the last time.',
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
  withStore(
    program
      .command('prune')
      .summary('forget what is old')
      .description('Forgets what is old in a store, or deletes old content files of a log folder.')
      .argument('[folder]', 'a log folder, of which content files of days that are over go')
      .requiredOption('--older-than <age>', 'a length of time, such as 7d'),
  )
    .option('--content-only', 'content alone; metadata stays')
    .option('--json', 'print what went as JSON')
    .addHelpText('after', examples(PRUNE_EXAMPLES))
    .action((folder: string | undefined, options: PruneCommandOptions) =>
      run(
        import('./commands/forget.ts').then((module) => module.pruneOld(folder, options, terminal)),
      ),
    )
  withStore(
    program
      .command('erase')
      .summary('forget a person')
      .description('Forgets a person in a store, and takes their content out of the named files.')
      .argument('[files...]', 'log files; content files beside them, too')
      .option('--user <id>', 'what this user said and was told')
      .option('--subject <id>', 'what was looked up about this person, and what became of it'),
  )
    .option('--json', 'print what went as JSON')
    .addHelpText('after', examples(ERASE_EXAMPLES))
    .action((patterns: string[], options: EraseCommandOptions) =>
      run(
        import('./commands/forget.ts').then((module) =>
          module.erasePerson(patterns, options, terminal),
        ),
      ),
    )
}

/** Which store, and whose records in it. */
export function withStore(command: Command): Command {
  return command
    .option('--db <file>', 'a store that `recount index` made')
    .option('--tenant <id>', 'records of this tenant alone')
    .option('--all-tenants', 'records of all, where a store asks whose')
}

/** Which calls. */
export function withFilters(command: Command): Command {
  return withStore(command)
    .option('--since <when>', 'from this moment on: ISO date, or a duration such as 24h')
    .option('--until <when>', 'up to this moment')
    .option('-m, --model <model>', 'the model that was asked')
    .option('--provider <provider>', 'openai, anthropic …')
    .option('--user <id>', 'the end user')
    .option('--session <id>', 'the session')
    .option('--prompt <name[@version]>', 'the prompt')
    .option('--workflow <name>', 'the workflow')
    .option('--step <name>', 'the step')
    .option('--environment <name>', 'the deployment environment')
    .option('--release <release>', 'the released version')
    .option('--status <status>', 'ok, error, partial, aborted or interrupted')
    .option('--category <category>', 'the category of an error')
    .option('--action <action>', 'accepted, edited, retried, abandoned or rated by a user')
    .option('--tag <tag>', 'a tag')
    .option('--metadata <key=value>', 'a piece of metadata (repeatable)', collect)
    .option('--min-cost <usd>', 'at least so dear')
    .option('--min-duration <ms>', 'at least so long')
    .option('--min-tokens <n>', 'at least so many tokens, in and out')
}

const LOGS_EXAMPLES = [
  "recount logs -q 'the refund will arrive'",
  'recount logs logs/app.jsonl -n 3 -m gpt-4o -u',
  'recount logs --user u-17 --since 24h --status error -s',
  "recount logs --db recount.db -q '退款' --json | jq -r '.items[].span.trace_id'",
]
const COSTS_EXAMPLES = [
  'recount costs --by user,model --since 7d',
  'recount costs logs/app.jsonl --by trace -n 5',
]
const INDEX_EXAMPLES = [
  "recount index 'logs/**/*.jsonl*' --db recount.db",
  'recount index logs/app.jsonl --follow',
]
const PRUNE_EXAMPLES = [
  'recount prune --older-than 7d --content-only',
  'recount prune --older-than 90d --db recount.db',
  'recount prune logs --older-than 7d',
]
const ERASE_EXAMPLES = [
  "recount erase --user u-17 'logs/**/*.jsonl*'",
  'recount erase --subject patient-7 --db recount.db logs/app.jsonl',
]
