import { DIGIT, has, LETTER } from './characters.ts'
import type { Scan } from './finding.ts'
import {
  BROKEN,
  EXTENSION,
  groupText,
  hasLengths,
  lengthOf,
  type NumberRun,
  partOfWord,
  SPREAD,
  separatorBefore,
} from './number-run.ts'

const MOST_DIGITS = 15

/** Notes the phone numbers among the groups that are nothing else. */
export function scanPhones(scan: Scan, run: NumberRun): void {
  const { count } = run
  for (let first = 0; first < count; first++) {
    if (run.used[first] === 1) continue
    let last = first
    while (last + 1 < count && run.used[last + 1] === 0 && run.separators[last + 1] !== BROKEN)
      last++
    judgeSegment(scan, { run, text: scan.text, first, last })
    first = last
  }
}

/** Groups of one line, from `first` to `last`. */
interface Segment {
  readonly run: NumberRun
  readonly text: string
  readonly first: number
  readonly last: number
}

function judgeSegment(scan: Scan, segment: Segment): void {
  if (digitsOf(segment) < 6 || isDate(segment)) return
  if (isPhone(segment)) push(scan, segment)
  else judgeParts(scan, segment)
}

/** A phone number may stand behind another number: `2 (020) 7946 0958`, `call 5 555-123-4567`. */
function judgeParts(scan: Scan, segment: Segment): void {
  const { run, first, last } = segment
  for (let start = first; start < last; start++) {
    if (hasLengths(run, start, 3, 3, 4) && start + 2 <= last) {
      const part = { ...segment, first: start, last: start + 2 }
      if (isNorthAmerican(part)) push(scan, part)
    } else if (start > first && run.separators[start] === SPREAD) {
      const rest = { ...segment, first: start }
      if (!opens(rest) || !isPhone(rest)) continue
      push(scan, rest)
      return
    }
  }
}

function push(scan: Scan, { run, text, first, last }: Segment): void {
  let start = run.starts[first] as number
  if (text.charCodeAt(start - 1) === 40) start--
  if (text.charCodeAt(start - 1) === 43) start--
  EXTENSION.lastIndex = run.ends[last] as number
  const end = EXTENSION.test(text) ? EXTENSION.lastIndex : (run.ends[last] as number)
  scan.findings.push({ type: 'phone', start, end })
}

function isPhone(segment: Segment): boolean {
  const { run, text, first } = segment
  const digits = digitsOf(segment)
  const plus = isPlus(segment)
  if (plus) return digits >= 7 && digits <= MOST_DIGITS + 3
  if (
    digits > MOST_DIGITS + 2 ||
    partOfWord(text, run, first, segment.last > first ? '-_.' : '-_./') ||
    isAmount(segment)
  )
    return false
  return (
    isInternational(segment, digits) ||
    (opens(segment) && hasArea(segment, digits)) ||
    (digits >= 7 && hasExtension(segment)) ||
    isNorthAmerican(segment) ||
    hasTrunk(segment, digits) ||
    isPattern(segment) ||
    (isPlausible(segment, digits) && isNamed(segment))
  )
}

function digitsOf({ run, first, last }: Segment): number {
  let digits = 0
  for (let group = first; group <= last; group++) digits += lengthOf(run, group)
  return digits
}

/** `+44 …`, `(+44) …`, `+(44) …`. */
function isPlus({ run, text, first }: Segment): boolean {
  const start = run.starts[first] as number
  const before = text.charCodeAt(start - 1)
  return before === 43
    ? !has(text, start - 2, DIGIT | LETTER)
    : before === 40 && text.charCodeAt(start - 2) === 43
}

function opens({ run, text, first }: Segment): boolean {
  return text.charCodeAt((run.starts[first] as number) - 1) === 40
}

/** `00` and the country's code. */
function isInternational({ run, text, first, last }: Segment, digits: number): boolean {
  const group = groupText(text, run, first)
  if (!/^00[1-9]/.test(group) && !(group === '00' && last > first)) return false
  return digits >= 10 && (last > first || digits >= 12)
}

/** `(020) 7946 0958`; a year in parentheses is none. */
function hasArea({ run, text, first, last }: Segment, digits: number): boolean {
  const area = groupText(text, run, first)
  if (last === first || digits < 7 || digits > 13 || area.length < 2) return false
  if (text.charCodeAt(run.ends[first] as number) !== 41) return false
  return area.length < 4 || (area.length < 6 && area.startsWith('0'))
}

function hasExtension({ run, text, last }: Segment): boolean {
  EXTENSION.lastIndex = run.ends[last] as number
  return EXTENSION.test(text)
}

/** 3-3-4 with or without the country's 1. Between spaces alone it must begin as such numbers do. */
function isNorthAmerican({ run, text, first, last }: Segment): boolean {
  const country = last - first === 3 && /^(?:1|001)$/.test(groupText(text, run, first)) ? 1 : 0
  const area = first + country
  if (last - area !== 2 || !hasLengths(run, area, 3, 3, 4)) return false
  const separators = [run.separators[area + 1], run.separators[area + 2]]
  if (separators.includes(47)) return false
  if (separators.some((separator) => separator !== 32)) return true
  return /^[2-9]/.test(groupText(text, run, area)) && /^[2-9]/.test(groupText(text, run, area + 1))
}

/** `020 7946 0958`, `06-24312407`, `089/123456`: 0 before the area, nine digits at least. */
function hasTrunk(segment: Segment, digits: number): boolean {
  const { run, text, first, last } = segment
  const area = groupText(text, run, first)
  if (!/^0[1-9]/.test(area) || first === last || digits < 9 || digits > 12 || area.length > 6)
    return false
  for (let group = first; group <= last; group++) if (lengthOf(run, group) < 2) return false
  return last - first < 6
}

/** Shapes that are hardly anything else: 12-34-56-78 and 123-456-789. */
function isPattern(segment: Segment): boolean {
  const { run, first, last } = segment
  if (!everySeparator(segment, (separator) => separator === 45)) return false
  return last - first === 3
    ? hasLengths(run, first, 2, 2, 2) && lengthOf(run, last) === 2
    : last - first === 2 && hasLengths(run, first, 3, 3, 3)
}

function everySeparator(
  { run, first, last }: Segment,
  holds: (separator: number) => boolean,
): boolean {
  for (let group = first + 1; group <= last; group++) {
    if (!holds(separatorBefore(run, group))) return false
  }
  return true
}

const NAMED_BEFORE =
  /(?:phone|\btel(?:e(?:fon|phone|fono|phon))?\b|\bmob(?:ile|il)?\b|\bcell|\bfax|\bcall(?:s|ed|ing)?\b(?! id)|\bdial|\breach|\bring\b|\bcontact|whatsapp|\bsms\b|\btext(?:ed)? (?:me|him|her|us)\b|\bhandy|answering|landline|hotline|rufnummer|numéro|電話|电话|手机|전화)/i
const NAMED_BEHIND = /^[\s\-(,]{0,3}(?:office|fax|mobile|phone|cell|tel\b|home\b|work\b|landline)/i

/** Words around it say that it is a phone number. */
function isNamed({ run, text, first, last }: Segment): boolean {
  const start = run.starts[first] as number
  const end = run.ends[last] as number
  return (
    NAMED_BEFORE.test(text.slice(Math.max(0, start - 40), start)) ||
    NAMED_BEHIND.test(text.slice(end, end + 16))
  )
}

function isPlausible(segment: Segment, digits: number): boolean {
  const groups = segment.last - segment.first + 1
  if (digits > MOST_DIGITS || groups > 6) return false
  return groups === 1 ? digits >= 7 : everySeparator(segment, (separator) => separator !== 47)
}

/** Money, numbers of issues and fractions. */
function isAmount({ run, text, first }: Segment): boolean {
  const start = run.starts[first] as number
  const before = text.charAt(start - 1) || ' '
  return '$€£¥#'.includes(before) || ('.,'.includes(before) && has(text, start - 2, DIGIT))
}

/** 2023-06-01, 01.06.2023, 3/23/1940, and what follows the date in the same run. */
function isDate({ run, text, first, last }: Segment): boolean {
  if (last - first < 2 || (lengthOf(run, first) !== 4 && lengthOf(run, first + 2) !== 4))
    return false
  const [a, b, c] = [0, 1, 2].map((step) => groupText(text, run, first + step)) as [
    string,
    string,
    string,
  ]
  const separator = run.separators[first + 1]
  if (separator !== run.separators[first + 2] || separator === 32) return false
  const monthFirst = Number(a) <= 31 && Number(b) <= 31
  const isYear = (year: string) => /^(?:1[6-9]|2[01])\d\d$/.test(year)
  if (isYear(a)) return Number(b) <= 12 && Number(c) <= 31 && b.length <= 2 && c.length <= 2
  return monthFirst && a.length <= 2 && b.length <= 2 && isYear(c)
}
