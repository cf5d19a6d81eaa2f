import { durationMs } from '../durations.ts'
import { CliError } from '../errors.ts'
import { plainLine } from '../plain-text.ts'

/** Milliseconds to wait for another writer, from `--wait` or `--no-wait`. */
export function waitOf(wait: string | false): number {
  const ms = wait === false ? 0 : durationMs(wait)
  if (ms === undefined)
    throw new CliError(
      'CLI_OPTION_INVALID',
      `Expected --wait to be a duration such as 30s, got ${plainLine(String(wait))}`,
    )
  return ms
}
