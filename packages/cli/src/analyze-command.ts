import type { Command } from 'commander'
import { ANALYZE_HELP } from './analyze-help.ts'
import { collect, examples, files, type Run } from './command-parts.ts'
import type { AnalyzeCommandOptions } from './commands/analyze.ts'
import { withStore } from './store-verbs.ts'
import type { Terminal } from './terminal.ts'

/** Adds `recount analyze` and `recount analyze merge`. */
export function addAnalyze(program: Command, run: Run, terminal: Terminal): void {
  const analyze = withStore(
    program
      .command('analyze')
      .summary('count calls, errors, tokens and latency')
      .description(
        'Counts calls, errors, tokens and latency in log files of any common shape, or in a store.',
      )
      .addArgument(files()),
  )
    .option('--since <when>', 'from this moment on: ISO date, or a duration such as 24h')
    .option('--until <when>', 'up to this moment')
    .option('--by <keys>', 'group by these keys, comma-separated; see below (repeatable)', collect)
    .option('--fail-on <expr>', 'exit 1 when it holds, as "error_rate > 2%" (repeatable)', collect)
    .option('--map <ours=theirs>', 'where a foreign log has a field of ours (repeatable)', collect)
    .option('--format <format>', 'text, json, markdown, html, prometheus or otlp (default: text)')
    .option('--json', 'the same as --format json')
    .option('--out <file>', 'write to a file, all of it or nothing')
    .option('--explain-input', 'say how the fields of the input were recognised')
    .option('--allow-empty', 'a bound on a number without data holds')
    .option(
      '--baseline <what>',
      'compare with these files, or with the period of this length before (repeatable)',
      collect,
    )
    .option('--state <file>', 'read only what is new since the last run with this file')
    .option('--every <step>', 'series by minute, hour or day')
    .option('--zone <zone>', 'time zone of the series; default UTC')
    .option('--mergeable', 'add to the JSON what `recount analyze merge A.json B.json` needs')
    .addHelpText('after', ANALYZE_HELP)
    .action((patterns: string[], options: AnalyzeCommandOptions) =>
      run(
        import('./commands/analyze.ts').then((module) =>
          module.analyzeFiles(patterns, options, terminal),
        ),
      ),
    )
  addMerge(analyze, run, terminal)
}

/** Its options are taken by `analyze` itself, before or behind its name; they stand here for the help. */
function addMerge(analyze: Command, run: Run, terminal: Terminal): void {
  analyze
    .helpCommand(false)
    .command('merge')
    .summary('add up reports of machines, shards or days')
    .description('Adds up reports that were made with --json --mergeable.')
    .argument('[reports...]', 'the reports, each once')
    .option('--format <format>', 'text, json, markdown, html, prometheus or otlp (default: text)')
    .option('--json', 'the same as --format json; it can be merged again')
    .option('--out <file>', 'write to a file, all of it or nothing')
    .option('--fail-on <expr>', 'exit 1 when it holds, as "error_rate > 2%" (repeatable)', collect)
    .option('--allow-empty', 'a bound on a number without data holds')
    .addHelpText('after', examples(MERGE_EXAMPLES))
    .action((paths: string[]) =>
      run(
        import('./commands/analyze-merge.ts').then((module) =>
          module.mergeFiles(paths, analyze.opts(), terminal),
        ),
      ),
    )
}

const MERGE_EXAMPLES = [
  'recount analyze merge monday.json tuesday.json',
  'recount analyze merge reports/*.json --json --out week.json',
]
