import type { Command } from 'commander'
import { examples, type Run, wholeNumber } from './command-parts.ts'
import type { MigrateCommandOptions } from './commands/store-migrate.ts'
import type { Terminal } from './terminal.ts'

/** The verb that makes the tables of a store. */
export function addStore(program: Command, run: Run, terminal: Terminal): void {
  const store = program
    .command('store')
    .summary('make or update the tables of a store')
    .description('Makes the tables of a store, or brings them to the schema of this version.')
  store
    .command('migrate')
    .description(
      'Makes the tables of a store, or brings them to the schema of this version. It changes nothing where they are.',
    )
    .argument('<target>', 'clickhouse://USER:PASSWORD@HOST:8123/DATABASE, or a file')
    .option(
      '--content-days <n>',
      'ClickHouse drops content after so many days; 0 never',
      wholeNumber,
    )
    .option('--metadata-days <n>', 'the same for everything else', wholeNumber)
    .option('--multi-tenant', 'a new store: every query has to say whose records it asks for')
    .addHelpText('after', examples(EXAMPLES))
    .action((target: string, options: MigrateCommandOptions) =>
      run(
        import('./commands/store-migrate.ts').then((module) =>
          module.migrate(target, options, terminal),
        ),
      ),
    )
}

const EXAMPLES = [
  'recount store migrate clickhouse://127.0.0.1:8123/recount --content-days 7 --metadata-days 400',
  'recount store migrate recount.db',
]
