import { isIPv6 } from 'node:net'
import { classOf, HEX, has, WORD } from './characters.ts'
import type { Scan } from './finding.ts'

const COLON = 58
const DOT = 46
/** `ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255`, and a colon or dot around it. */
const LONGEST = 47
const MAC = /^[\da-f]{2}(?:[:-][\da-f]{2}){5}$/i

/** Judges the run of hexadecimal digits, colons and dots around the `:` at an index, once. */
export function scanColons(scan: Scan, at: number): void {
  const { text } = scan
  if (at < scan.colonFloor) return
  let start = at
  while (start > scan.colonFloor && isRunCode(text.charCodeAt(start - 1))) start--
  let end = at + 1
  while (isRunCode(text.charCodeAt(end))) end++
  scan.colonFloor = end
  if (end - start < 4 || end - start > LONGEST) return
  // `std::dead` is a name, `key:2001:db8::1` an address behind one.
  if (start > 0 && has(text, start - 1, WORD) && text.charCodeAt(start) !== COLON) return
  if (has(text, end, WORD)) return
  judgeRun(scan, start, end)
}

function judgeRun(scan: Scan, from: number, to: number): void {
  const { text } = scan
  let start = from
  let end = to
  if (isPunctuation(text, start) && !isPunctuation(text, start + 1)) start++
  while (end > start && isPunctuation(text, end - 1) && !isEmptyTail(text, start, end)) end--
  const run = text.slice(start, end)
  const type = typeOf(run)
  if (type !== undefined) scan.findings.push({ type, start, end })
}

function typeOf(run: string): string | undefined {
  if (MAC.test(run)) return 'mac'
  // Slices such as `[1::2]` and names such as `dead::beef` are not meant.
  const digits = run.replaceAll(/[:.]/g, '')
  return digits.length >= 4 && /\d/.test(digits) && isIPv6(run) ? 'ip' : undefined
}

function isRunCode(code: number): boolean {
  return (classOf(code) & HEX) !== 0 || code === COLON || code === DOT
}

function isPunctuation(text: string, at: number): boolean {
  const code = text.charCodeAt(at)
  return code === COLON || code === DOT
}

/** `fe80::` ends with its colons. */
function isEmptyTail(text: string, start: number, end: number): boolean {
  return text.slice(start, end).endsWith('::')
}
