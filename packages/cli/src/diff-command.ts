import type { Command } from 'commander'
import { examples, files, type Run } from './command-parts.ts'
import type { DiffOptions } from './commands/diff.ts'
import type { Terminal } from './terminal.ts'

/** The verb that tells what differs between two traces. */
export function addDiff(program: Command, run: Run, terminal: Terminal): void {
  program
    .command('diff')
    .summary('say what differs between two traces')
    .description(
      'Says what differs between two traces, or two spans with what is inside them: calls, models, parameters, messages, answers. 1 when something does.',
    )
    .argument('<a>', 'trace id, span id, message id, or 6 or more characters of an id')
    .argument('<b>', 'what it is compared with')
    .addArgument(files())
    .option('--full', 'print what is the same, too')
    .option('--json', 'print the difference as JSON')
    .addHelpText('after', examples(EXAMPLES))
    .action((a: string, b: string, patterns: string[], options: DiffOptions) =>
      run(
        import('./commands/diff.ts').then((module) =>
          module.diffTraces(a, b, patterns, options, terminal),
        ),
      ),
    )
}

const EXAMPLES = [
  'recount diff 4bf92f35 9c01d2ab logs/app.jsonl',
  'recount diff 00f067aa 53995c3f --full           two spans',
  'recount diff 4bf92f35 9c01d2ab --json | jq .counts',
]
