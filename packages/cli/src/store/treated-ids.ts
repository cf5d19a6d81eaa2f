import { existsSync } from 'node:fs'
import { delimiter } from 'node:path'
import { fileKeys } from '@recount/redact'
import type { TreatedOptions } from '@recount/store'
import { CliError } from '../errors.ts'
import { plainLine } from '../plain-text.ts'

/** Options that say by which keys ids were treated on their way into the log. */
export interface KeyOptions {
  readonly keyFile?: readonly string[]
  readonly hashWidth?: number
}

/** The keys in force: the named ones, else those where the logger has them; undefined where there are none. Throws `CLI_FILE_UNREADABLE`. */
export function treatedOf({ keyFile, hashWidth }: KeyOptions): TreatedOptions | undefined {
  if (hashWidth !== undefined && !(hashWidth >= 1 && hashWidth <= 64))
    throw new CliError(
      'CLI_OPTION_INVALID',
      `Expected --hash-width to be a whole number from 1 to 64, got ${hashWidth}`,
    )
  const paths = keyFile ?? usualKeys()
  if (paths.length === 0) return undefined
  return { keys: paths.map((path) => fileKeys(checked(path))), hashWidth }
}

/** A key is never made here: nothing was treated under a new one. */
function usualKeys(): string[] {
  const { RECOUNT_KEY_FILE, RECOUNT_OLD_KEY_FILES = '' } = process.env
  const old = RECOUNT_OLD_KEY_FILES.split(delimiter).filter((path) => path !== '')
  const current = RECOUNT_KEY_FILE || 'recount.key'
  return existsSync(current) ? [current, ...old] : old
}

function checked(path: string): string {
  if (existsSync(path)) return path
  throw new CliError('CLI_FILE_UNREADABLE', `There is no key file ${plainLine(path)}`)
}
