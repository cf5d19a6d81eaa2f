import { readFileSync } from 'node:fs'

/** An error of a public source, with what it is. */
export interface HeldOut {
  readonly is: string
  /** What it may be called with as much right. */
  readonly or?: string
  /** Where the words stand. */
  readonly from: string
  readonly error: unknown
  /** What the caller says. */
  readonly provider?: string
}

/** Errors that no rule was written for: documented ones and issues of others, shortened, and other systems’ own. */
export function heldOutErrors(): HeldOut[] {
  const file = new URL('../../test/held-out.jsonl', import.meta.url)
  return readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as HeldOut)
}
