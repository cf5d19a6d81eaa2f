import { DIGIT, has } from './characters.ts'
import { isCard, luhnStep } from './checksums.ts'
import type { Scan } from './finding.ts'
import {
  BROKEN,
  groupText,
  hasLengths,
  lengthOf,
  MAX_GROUPS,
  type NumberRun,
  partOfWord,
  readRun,
  SPREAD,
  separatorBefore,
} from './number-run.ts'
import { scanPhones } from './phone.ts'

const DOT = 46
/** How many groups two parts of a long run have in common. */
const OVERLAP = 8

/** Judges the run of digit groups that begins at an index; where to look on, which is the index itself when a word begins there. */
export function scanNumber(scan: Scan, at: number): number {
  const { text } = scan
  const run = readRun(text, at)
  const { count } = run
  if (count === 0) return longDigits(scan, at)
  for (let group = 0; group < count; ) {
    const taken = judgeGroups(scan, run, group)
    run.used.fill(1, group, group + taken)
    group += Math.max(taken, 1)
  }
  scanPhones(scan, run)
  return count === MAX_GROUPS && run.used[count - OVERLAP] === 0
    ? (run.starts[count - OVERLAP] as number)
    : (run.ends[count - 1] as number)
}

/** Digits that letters follow are a word, unless the digits alone could be a card. */
function longDigits(scan: Scan, at: number): number {
  const { text } = scan
  let end = at
  while (has(text, end, DIGIT)) end++
  if (end - at < 13 || !isCard(text.slice(at, end))) return at
  scan.findings.push({ type: 'credit_card', start: at, end })
  return end
}

/** How many groups from one on are a card, a social security number or an address; the finding is noted. */
function judgeGroups(scan: Scan, run: NumberRun, first: number): number {
  const { text } = scan
  const length = lengthOf(run, first)
  if (length >= 13) return note(scan, run, first, 'credit_card', wholeCard(text, run, first))
  if (length === 4) return note(scan, run, first, 'credit_card', groupedCard(text, run, first))
  if (length === 9) return note(scan, run, first, 'ssn', bareSsn(text, run, first))
  if (length > 3) return 0
  return (
    note(scan, run, first, 'mac', mac(run, first)) ||
    note(scan, run, first, 'ssn', groupedSsn(text, run, first)) ||
    note(scan, run, first, 'ip', address(text, run, first))
  )
}

function note(scan: Scan, run: NumberRun, first: number, type: string, taken: number): number {
  if (taken === 0) return 0
  const start = run.starts[first] as number
  scan.findings.push({ type, start, end: run.ends[first + taken - 1] as number })
  return taken
}

/** Digits without separators; those behind a point are a fraction. */
function wholeCard(text: string, run: NumberRun, first: number): number {
  const start = run.starts[first] as number
  const fraction = text.charCodeAt(start - 1) === DOT && has(text, start - 2, DIGIT)
  return !fraction && isCard(groupText(text, run, first)) ? 1 : 0
}

/** Four digits and more groups: 4-4-4-4 and its like, 4-6-5, 4-6-4. */
function groupedCard(text: string, run: NumberRun, first: number): number {
  let length = 4
  for (let group = first + 1; length < 19; group++) {
    const added = lengthOf(run, group)
    if (added === 0 || added > 6 || !isCardSeparator(separatorBefore(run, group))) return 0
    length += added
    if (length > 19) return 0
    if (
      length >= 13 &&
      endsCard(run, first, group) &&
      passesLuhn(text, run, first, group) &&
      isCard(joined(text, run, first, group))
    )
      return group - first + 1
    // Only the last group may be of another length than four, but for 4-6-5.
    if (added !== 4 && !(added === 6 && group === first + 1)) return 0
  }
  return 0
}

/** Without joining the groups first: nine of ten numbers go no further. */
function passesLuhn(text: string, run: NumberRun, first: number, last: number): boolean {
  let sum = 0
  let twice = false
  for (let group = last; group >= first; group--) {
    const start = run.starts[group] as number
    for (let at = (run.ends[group] as number) - 1; at >= start; at--) {
      sum += luhnStep(text.charCodeAt(at), twice)
      twice = !twice
    }
  }
  return sum % 10 === 0
}

function joined(text: string, run: NumberRun, first: number, last: number): string {
  let digits = ''
  for (let group = first; group <= last; group++) digits += groupText(text, run, group)
  return digits
}

function isCardSeparator(separator: number): boolean {
  return separator === 32 || separator === 45 || separator === DOT || separator <= BROKEN
}

/** A card of 16 digits does not go on with another group of four, unless that begins another card. */
function endsCard(run: NumberRun, first: number, last: number): boolean {
  const groups = last - first + 1
  return groups === 3 ? lengthOf(run, first + 1) === 6 : groups <= 5
}

function groupedSsn(text: string, run: NumberRun, first: number): number {
  if (!hasLengths(run, first, 3, 2, 4)) return 0
  const separator = separatorBefore(run, first + 1)
  if (separator !== separatorBefore(run, first + 2) || !isSsnSeparator(separator)) return 0
  if (separatorBefore(run, first) === separator) return 0
  if (separatorBefore(run, first + 3) === separator && separator !== 32) return 0
  if (partOfWord(text, run, first, '-_.')) return 0
  return isSsn(joined(text, run, first, first + 2)) ? 3 : 0
}

function isSsnSeparator(separator: number): boolean {
  return separator === 45 || separator === 32 || separator === DOT || separator === SPREAD
}

/** A hardware address without letters, between hyphens. */
function mac(run: NumberRun, first: number): number {
  for (let step = 0; step < 6; step++) {
    if (lengthOf(run, first + step) !== 2) return 0
    if (step > 0 && separatorBefore(run, first + step) !== 45) return 0
  }
  return separatorBefore(run, first) === 45 || separatorBefore(run, first + 6) === 45 ? 0 : 6
}

/** Nine digits are a number of anything, but for the words before them. */
function bareSsn(text: string, run: NumberRun, first: number): number {
  const start = run.starts[first] as number
  const named = SSN_NAMED.test(text.slice(Math.max(0, start - 48), start))
  return named && isSsn(groupText(text, run, first)) ? 1 : 0
}

const SSN_NAMED = /\b(?:ssn|social[ _-]?security|tax ?payer id|itin)\b/i

/** Ranges that are or were issued; 9xx are those of taxpayers without one (ITIN). */
function isSsn(digits: string): boolean {
  return /^(?!000|666)\d{3}(?!00)\d{2}(?!0000)\d{4}$/.test(digits) && !/^9\d\d[0-4]/.test(digits)
}

/** Four groups up to 255 with points between; not three or five, which are versions and identifiers of objects. */
function address(text: string, run: NumberRun, first: number): number {
  for (let step = 1; step < 4; step++) {
    if (separatorBefore(run, first + step) !== DOT || lengthOf(run, first + step) > 3) return 0
  }
  if (separatorBefore(run, first) === DOT || separatorBefore(run, first + 4) === DOT) return 0
  for (let step = 0; step < 4; step++) {
    if (Number(groupText(text, run, first + step)) > 255) return 0
  }
  return isVersion(text, run, first) || isLocal(text, run, first) ? 0 : 4
}

/** `127.0.0.1` and `0.0.0.0` are nobody's. */
function isLocal(text: string, run: NumberRun, first: number): boolean {
  const address = text.slice(run.starts[first], run.ends[first + 3])
  return address === '127.0.0.1' || address === '0.0.0.0'
}

/** `Chrome/120.0.0.0`, `v1.2.3.4`, `version 1.2.3.4`, and what a point and a digit follow or go before. */
function isVersion(text: string, run: NumberRun, first: number): boolean {
  const start = run.starts[first] as number
  const end = run.ends[first + 3] as number
  const before = text.slice(Math.max(0, start - 10), start)
  if (/(?:\d\.|\bv(?:er|ersion)?[ .:]{0,2}|[\w)]-)$/i.test(before)) return true
  if (text.charCodeAt(end) === DOT && has(text, end + 1, DIGIT)) return true
  return /[a-z]\/$/i.test(before) && text.slice(start, end).endsWith('.0.0')
}
