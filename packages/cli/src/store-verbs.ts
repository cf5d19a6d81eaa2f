import type { Command } from 'commander'
import { collect, examples, files, type Run, wholeNumber } from './command-parts.ts'
import type { CostsOptions } from './commands/costs.ts'
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

/** Which store, and whose records in it. */
export function withStore(command: Command): Command {
  return command
    .option('--db <file>', 'a store that `recount index` made')
    .option('--tenant <id>', 'records of this tenant alone')
    .option('--all-tenants', 'records of all, where a store asks whose')
}

/** By which keys ids were treated on their way into the log. */
export function withKeys(command: Command): Command {
  return command
    .option(
      '--key-file <file>',
      'key under which ids were hashed or tokenized (repeatable: after a rotation the old ones, too; default: $RECOUNT_KEY_FILE or ./recount.key, and $RECOUNT_OLD_KEY_FILES)',
      collect,
    )
    .option('--hash-width <n>', 'hex digits of these hashes, as the redactor has them', wholeNumber)
}

/** Which calls. */
export function withFilters(command: Command): Command {
  return withKeys(withStore(command))
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
    .option(
      '--score <name[>=n|<=n|=label]>',
      "what was judged, such as 'helpful<=0.5' or tone=rude; of each judge the last time",
    )
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
  "recount logs --score 'helpful<=0.5' -t",
  "recount logs --db recount.db -q '退款' --json | jq -r '.items[].span.trace_id'",
]
const COSTS_EXAMPLES = [
  'recount costs --by user,model --since 7d',
  'recount costs logs/app.jsonl --by trace -n 5',
]
