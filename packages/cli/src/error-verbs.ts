import type { Command } from 'commander'
import { examples, files, type Run, trace } from './command-parts.ts'
import type { DiagnoseCommandOptions } from './commands/diagnose.ts'
import type { ExplainCommandOptions } from './commands/explain.ts'
import { withStore } from './store-verbs.ts'
import type { Terminal } from './terminal.ts'

/** The verb that tells which part of a trace failed. */
export function addExplain(program: Command, run: Run, terminal: Terminal): void {
  withStore(
    program
      .command('explain')
      .summary('say which part of a trace failed')
      .description(
        'Says which part failed where an answer was wrong, with the lines that prove it.',
      )
      .addArgument(trace())
      .addArgument(files()),
  )
    .option('--sibling <trace>', 'a trace of the same kind that went well, in the same files')
    .option('--needs <ids>', 'source ids that the answer needs, comma-separated')
    .option('--json', 'print verdicts and proof as JSON')
    .addHelpText('after', examples(EXPLAIN_EXAMPLES))
    .action((target: string | undefined, patterns: string[], options: ExplainCommandOptions) =>
      run(
        import('./commands/explain.ts').then((module) =>
          module.explainTrace(target, patterns, options, terminal),
        ),
      ),
    )
}

/** The verb that tells what an error is. */
export function addDiagnose(program: Command, run: Run, terminal: Terminal): void {
  program
    .command('diagnose')
    .summary('say what an error is and what to do')
    .description(
      'Says of each error in a log, a JSON Lines file or a pasted text what it is and what to do.',
    )
    .argument('[file]', 'path or pattern, - for stdin; .gz is read too', '-')
    .option('--json', 'a line of JSON for each error')
    .option('--message <text>', 'diagnose this one error')
    .option('--group', 'count errors by cause')
    .option('--rules <file>', 'rules and categories of your own, besides the built-in ones')
    .addHelpText('after', examples(DIAGNOSE_EXAMPLES) + DIAGNOSE_EXITS)
    .action((file: string, options: DiagnoseCommandOptions) =>
      run(
        import('./commands/diagnose.ts').then((module) =>
          module.diagnoseFile(file, options, terminal),
        ),
      ),
    )
}

const EXPLAIN_EXAMPLES = [
  'recount explain 4bf92f35 logs/app.jsonl',
  'recount explain message-17 --sibling 9c01d2ab',
  'recount explain 4bf92f35 --json | jq .blame.part',
]
const DIAGNOSE_EXAMPLES = [
  'recount diagnose logs/app.jsonl --group',
  'journalctl -u api | recount diagnose -',
  'recount diagnose --message "429 You exceeded your current quota"',
  'recount diagnose errors.jsonl --json | jq -r .category | sort | uniq -c',
]
const DIAGNOSE_EXITS =
  '\nExit codes: 0 done; 2 wrong usage, or rules that are not valid; 3 a file that cannot be read.\n'
