import { scanAddress } from './address.ts'
import { scanAssignment, scanUrlCredentials } from './assignments.ts'
import { ALNUM, classOf, DIGIT, has, LETTER, TRIGGER, WORD } from './characters.ts'
import { scanColons } from './colons.ts'
import type { Finding, Scan } from './finding.ts'
import { fold } from './fold.ts'
import { scanNumber } from './numbers.ts'
import { withoutOverlaps } from './overlaps.ts'
import { scanWord } from './words.ts'

/** Ordinary prose has few of these, so most of it is passed at the speed of one character class. */
const NEXT_TRIGGER = /[@:=_\-0-9]|A(?:[KS]IA|Iza)/g
/** After a trigger, so many characters are looked at one by one: where triggers are dense a search for each is slow. */
const NEAR = 12

/**
 * What the built-in detectors find in a text, in order and without overlaps. Linear in the text whatever it holds:
 * each scanner looks at a character a bounded number of times. `also` finds more in the text with its Unicode folded.
 * Types that are `off` go before overlaps are settled: a longer finding that nobody wants must not hide a secret.
 */
export function scanText(
  original: string,
  also: (folded: string) => Finding[] = nothing,
  off: readonly string[] = [],
): Finding[] {
  const { text, offsets } = fold(original)
  const scan: Scan = {
    text,
    findings: also(text),
    wordFloor: 0,
    colonFloor: 0,
    valueFloor: 0,
    keyEnd: undefined,
  }
  for (let at = nextTrigger(text, 0); at !== -1; at = nextTrigger(text, judge(scan, at)));
  if (scan.findings.length === 0) return []
  const wanted =
    off.length === 0 ? scan.findings : scan.findings.filter(({ type }) => !off.includes(type))
  const found = withoutOverlaps(wanted)
  if (offsets === undefined) return found
  return found.map(({ type, start, end }) => ({
    type,
    start: offsets[start] as number,
    end: offsets[end] as number,
  }))
}

const nothing = (): Finding[] => []

function nextTrigger(text: string, from: number): number {
  const near = Math.min(from + NEAR, text.length)
  for (let at = from; at < near; at++) {
    const code = text.charCodeAt(at)
    if ((classOf(code) & TRIGGER) !== 0 || (code === 65 && isCloudKey(text, at))) return at
  }
  if (near === text.length) return -1
  NEXT_TRIGGER.lastIndex = near
  return NEXT_TRIGGER.exec(text)?.index ?? -1
}

function isCloudKey(text: string, at: number): boolean {
  return text.startsWith('AKIA', at) || text.startsWith('ASIA', at) || text.startsWith('AIza', at)
}

/** Hands a trigger to its scanners; the index where to look on. */
function judge(scan: Scan, at: number): number {
  const { text } = scan
  switch (text.charCodeAt(at)) {
    case 64: // @
      scanAddress(scan, at)
      return at + 1
    case 58: // :
      scanColons(scan, at)
      scanUrlCredentials(scan, at)
      scanAssignment(scan, at)
      return at + 1
    case 61: // =
      scanAssignment(scan, at)
      return at + 1
    case 45: // -
    case 95: // _
      scanWord(scan, at)
      return at + 1
    default:
      return judgeDigit(scan, at)
  }
}

function judgeDigit(scan: Scan, at: number): number {
  const { text } = scan
  if (!has(text, at, DIGIT) || (at > 0 && has(text, at - 1, LETTER))) {
    scanWord(scan, at)
    return wordEnd(text, at)
  }
  const next = scanNumber(scan, at)
  if (next > at) return next
  // The digits begin a word, as in `40th`.
  scanWord(scan, at)
  return wordEnd(text, at)
}

/** The end of the letters and digits from an index on; digits glued to a name of letters alone are a number. */
function wordEnd(text: string, at: number): number {
  let end = at
  while (has(text, end, ALNUM)) end++
  return has(text, end, WORD) ? end : Math.max(end, at + 1)
}
