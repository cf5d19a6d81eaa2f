import { classOf, DIGIT, has, LETTER, SEPARATOR } from './characters.ts'

/** Groups of digits with separators between them. There is one, filled anew for each run: most runs are a single number. */
export interface NumberRun {
  count: number
  readonly starts: Int32Array
  readonly ends: Int32Array
  /** What stands before each group: a UTF-16 unit, `SPREAD` for several, `BROKEN` where a line ends, 0 before the first. */
  readonly separators: Int32Array
  /** 1 where a group is part of a finding. */
  readonly used: Uint8Array
}

export const SPREAD = 1
export const BROKEN = 2
/** So many groups are judged together; a longer run goes on in the next one. */
export const MAX_GROUPS = 64

const RUN: NumberRun = {
  count: 0,
  starts: new Int32Array(MAX_GROUPS),
  ends: new Int32Array(MAX_GROUPS),
  separators: new Int32Array(MAX_GROUPS),
  used: new Uint8Array(MAX_GROUPS),
}

/** The run of groups that begins at an index; empty where its first digits belong to a word. */
export function readRun(text: string, from: number): NumberRun {
  const run = RUN
  run.count = 0
  let start = from
  let separator = 0
  while (run.count < MAX_GROUPS) {
    let end = start
    while (has(text, end, DIGIT)) end++
    if (has(text, end, LETTER) && !isExtension(text, end)) break
    run.starts[run.count] = start
    run.ends[run.count] = end
    run.used[run.count] = 0
    run.separators[run.count++] = separator
    start = afterSeparator(text, end)
    if (start === -1) break
    separator = separatorOf(text, end, start)
  }
  return run
}

/** `x123` and `ext. 123` after a phone number. */
function isExtension(text: string, at: number): boolean {
  EXTENSION.lastIndex = at
  return EXTENSION.test(text)
}

/** Sticky; spaces before it are allowed. */
export const EXTENSION: RegExp = / ?(?:x|ext\.?|extension|poste|durchwahl) ?\d{1,6}(?![\da-z])/iy

/** Where the next group begins behind at most four separators (more at a line break); -1 when something else follows. */
function afterSeparator(text: string, end: number): number {
  let at = end
  let most = 4
  while (at < end + most && (classOf(text.charCodeAt(at)) & SEPARATOR) !== 0) {
    if (text.charCodeAt(at) === 10) most = 12
    at++
  }
  return at > end && has(text, at, DIGIT) ? at : -1
}

function separatorOf(text: string, from: number, to: number): number {
  for (let at = from; at < to; at++) {
    const code = text.charCodeAt(at)
    if (code === 9 || code === 10 || code === 13) return BROKEN
  }
  return to - from === 1 ? text.charCodeAt(from) : SPREAD
}

/** Whether a run goes on a word, as the digits of `gpt-4-1106` do. */
export function partOfWord(text: string, run: NumberRun, first: number, signs = '-_./'): boolean {
  if (run.separators[first] !== 0) return false
  const start = run.starts[first] as number
  return signs.includes(text.charAt(start - 1) || ' ') && has(text, start - 2, LETTER | DIGIT)
}

/** How many digits a group has; 0 where there is no such group. */
export function lengthOf(run: NumberRun, group: number): number {
  return group < run.count ? (run.ends[group] as number) - (run.starts[group] as number) : 0
}

/** What stands before a group; 0 where there is no such group. */
export function separatorBefore(run: NumberRun, group: number): number {
  return group < run.count ? (run.separators[group] as number) : 0
}

/** The digits of a group. */
export function groupText(text: string, run: NumberRun, group: number): string {
  return text.slice(run.starts[group], run.ends[group])
}

/** Whether three groups from one on have these lengths. */
export function hasLengths(
  run: NumberRun,
  first: number,
  a: number,
  b: number,
  c: number,
): boolean {
  return (
    lengthOf(run, first) === a && lengthOf(run, first + 1) === b && lengthOf(run, first + 2) === c
  )
}
