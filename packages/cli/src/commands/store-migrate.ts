import { migrateStore } from '@recount/store'
import { EXIT } from '../errors.ts'
import { plainLine } from '../plain-text.ts'
import { withoutPassword } from '../store/address.ts'
import type { Terminal } from '../terminal.ts'

/** Options of `recount store migrate`. */
export interface MigrateCommandOptions {
  readonly contentDays?: number
  readonly metadataDays?: number
  readonly multiTenant?: boolean
}

/** Makes the tables of a store, or brings them to the schema of this version. */
export async function migrate(
  target: string,
  options: MigrateCommandOptions,
  terminal: Terminal,
): Promise<number> {
  const version = await migrateStore(target, options)
  terminal.print(`${plainLine(withoutPassword(target))} has the schema ${version}\n`)
  return EXIT.done
}
