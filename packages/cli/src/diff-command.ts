import { Argument, type Command } from 'commander'
import { examples, type Run } from './command-parts.ts'
import type { DiffOptions } from './commands/diff.ts'
import { withStore } from './store-verbs.ts'
import type { Terminal } from './terminal.ts'

/** The verb that tells what differs between two traces. */
export function addDiff(program: Command, run: Run, terminal: Terminal): void {
  withStore(
    program
      .command('diff')
      .summary('say what differs between two traces')
      .description(
        'Says what differs between two traces, or two spans with what is inside them: calls, models, parameters, messages, answers. 1 when something does.',
      )
      .addArgument(
        new Argument(
          '<names...>',
          'two ids (trace, span or message, or 6 or more characters of one), or one and --sibling; then files',
        ),
      ),
  )
    .option('--sibling', 'with the call most like it of another prompt version, model or release')
    .option('--any', 'of --sibling: however little alike; else at least 40 %')
    .option('--full', 'print what is the same, too')
    .option('--json', 'print the difference as JSON')
    .addHelpText('after', examples(EXAMPLES))
    .action((names: string[], options: DiffOptions) =>
      run(
        import('./commands/diff.ts').then((module) => module.diffTraces(names, options, terminal)),
      ),
    )
}

const EXAMPLES = [
  'recount diff 4bf92f35 9c01d2ab logs/app.jsonl',
  'recount diff 00f067aa 53995c3f --full           two spans',
  'recount diff 4bf92f35 --sibling                 what changed since it went well?',
  'recount diff 4bf92f35 9c01d2ab --json | jq .counts',
]
