import type { Command } from 'commander'
import { examples, files, type Run } from './command-parts.ts'
import type { RepriceOptions } from './commands/reprice.ts'
import type { Terminal } from './terminal.ts'

/** Adds `recount reprice`. */
export function addReprice(program: Command, run: Run, terminal: Terminal): void {
  program
    .command('reprice')
    .summary('compute the cost of recorded calls again')
    .description(
      'Computes the cost of every recorded call again, by the prices of its day, and writes all lines.',
    )
    .addArgument(files())
    .option('--prices <file>', 'prices of your own, before those of the table (JSON)')
    .option('--table <file>', "another price table, in the format of genai-prices' data (JSON)")
    .option('--out <file>', 'write to a file, all of it or nothing')
    .option('--json', 'the summary, on stderr, as JSON')
    .addHelpText('after', examples(EXAMPLES))
    .action((patterns: string[], options: RepriceOptions) =>
      run(
        import('./commands/reprice.ts').then((module) =>
          module.repriceFiles(patterns, options, terminal),
        ),
      ),
    )
}

const EXAMPLES = [
  'recount reprice logs/app.jsonl --out repriced.jsonl',
  'recount reprice logs/app.jsonl --prices prices.json | recount analyze - --by model',
  '',
  'prices.json, in US dollars for a million tokens (also cache_read, cache_write, tier):',
  '  [{"match": "gpt-4o*", "provider": "openai", "input": 2, "output": 8, "from": "2026-01-01"}]',
]
