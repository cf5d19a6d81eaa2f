import { Argument, type Command, Option } from 'commander'
import { examples, type Run, wholeNumber } from './command-parts.ts'
import type { EvalsExportOptions } from './commands/evals-export.ts'
import type { ScoreOptions } from './commands/score.ts'
import { withFilters, withStore } from './store-verbs.ts'
import type { Terminal } from './terminal.ts'

/** The verbs that make data sets of calls, and that judge calls. */
export function addEvals(program: Command, run: Run, terminal: Terminal): void {
  const evals = program
    .command('evals')
    .summary('make data sets for evals of recorded calls')
    .description('Makes data sets for evals of recorded calls.')
    .addHelpText('after', examples(EXPORT_EXAMPLES))
  withFilters(
    evals
      .command('export')
      .description(
        'Prints calls as rows of a data set: what the model saw, what it said, and what it should have said, where a user said so. Everything passes the redactor once more.',
      )
      .addArgument(
        new Argument(
          '[names...]',
          'ids of traces, spans and messages, or files; patterns, too',
        ).default([], 'all calls of the store'),
      ),
  )
    .addOption(new Option('--format <format>', 'whose rows').default('jsonl').choices(FORMATS))
    .option('--ids <file>', 'ids from a file or - for stdin, one a line or in JSON Lines')
    .option('-n, --count <n>', 'so many rows at most', wholeNumber)
    .option('--sample <n>', 'so many calls, chosen by chance', wholeNumber)
    .option('--seed <seed>', 'the same seed chooses the same calls', '0')
    .option('--by <keys>', 'of a sample: turn by turn from each model, prompt_version …')
    .option('--errors-first', 'of a sample: calls that failed before others')
    .option('--expect-output', 'expect what was said, where nobody said otherwise')
    .option('--assert <type>', 'of promptfoo: how an answer is compared', 'equals')
    .option('--dataset <name>', 'of Langfuse and LangSmith: the data set', 'recount')
    .option('--out <file>', 'write to a file (0600), all of it or nothing')
    .addHelpText('after', examples(EXPORT_EXAMPLES))
    .action((names: string[], options: EvalsExportOptions) =>
      run(
        import('./commands/evals-export.ts').then((module) =>
          module.exportRows(names, options, terminal),
        ),
      ),
    )
}

/** The verb that judges a call. */
export function addScore(program: Command, run: Run, terminal: Terminal): void {
  withStore(
    program
      .command('score')
      .summary('say what you think of a call')
      .description(
        'Records a judgement of a span, an answer or the call of a trace, in a log and in the store.',
      )
      .argument('<id>', 'a span, message or trace, or 6 or more characters of an id')
      .argument('<name>', 'what is judged, such as helpful')
      .argument('<value>', 'a number, higher is better, or a label such as good')
      .argument('[files...]', 'the log files that have the call, where there is no store'),
  )
    .option('--label <label>', 'a label beside the number')
    .option('--comment <text>', 'why')
    .addOption(new Option('--evaluator <who>', 'who judges').default('human').choices(EVALUATORS))
    .option(
      '--log <file>',
      'the log it is added to (default: scores.jsonl beside the files, else in ./logs)',
    )
    .option('--no-log', 'into the store alone')
    .option('--json', 'print the line that was recorded')
    .addHelpText('after', examples(SCORE_EXAMPLES))
    .action((id: string, name: string, value: string, files: string[], options: ScoreOptions) =>
      run(
        import('./commands/score.ts').then((module) =>
          module.scoreSpan({ id, name, value }, files, options, terminal),
        ),
      ),
    )
}

const FORMATS = ['jsonl', 'openai', 'promptfoo', 'langfuse', 'braintrust', 'langsmith']
const EVALUATORS = ['human', 'model', 'code']
const EXPORT_EXAMPLES = [
  'recount evals export --action edited,retried,abandoned --format promptfoo --out tests.jsonl',
  'recount evals export --prompt triage@7 --status error --since 7d --db recount.db',
  'recount evals export --sample 50 --by model,prompt_version --errors-first > review.jsonl',
  'recount evals export 4bf92f35 9c01d2ab logs/app.jsonl --format openai',
]
const SCORE_EXAMPLES = [
  "recount score 4bf92f35 helpful 0.2 --comment 'it did not answer the question'",
  'recount score message-17 tone rude logs/app.jsonl',
]
