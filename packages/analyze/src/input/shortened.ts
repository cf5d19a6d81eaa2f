import { isAscii } from 'node:buffer'
import { afterEscape } from './json-bytes.ts'
import { bytesBelow, oddBytes } from './plain-bytes.ts'

/** Texts up to this length are left as they are; of longer ones less may be left. */
export const MAX_TEXT_BYTES = 1024
/** What is left of a longer one: more letters than a name has that is counted, of three bytes each. */
const HEAD_BYTES = 640
/** A record in a text begins after at most a hundred letters. */
const RECORD_BYTES = 320
/** Two letters before any digit, or one of a script that has no blanks and signs: no number, no length and no time begin so. */
const IS_PROSE = /^[^0-9]*(?:[A-Za-z]{2}|[\xc3-\xdf\xe4-\xed])/

const QUOTE = 0x22
const COLON = 0x3a
const BACKSLASH = 0x5c

/**
 * The JSON of a line with only the beginnings of long texts: what a model was told and said is most
 * of many lines, and nothing is counted of it. Whole are keys, and texts that may be a record, a
 * number or a time. It is JSON where the line is. Undefined where there is nothing to be left out,
 * or a text is none of JSON.
 */
export function shortened(bytes: Buffer): string | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  const pieces: Buffer[] = []
  let from = 0
  for (let open = bytes.indexOf(QUOTE); open !== -1; ) {
    const close = endOfText(bytes, view, open + 1)
    if (close === -1) return undefined
    if (close - open > MAX_TEXT_BYTES && mayBeCut(bytes, open + 1, close)) {
      pieces.push(bytes.subarray(from, endOfHead(bytes, open + 1)))
      from = close
    }
    open = nextQuote(bytes, close + 1)
  }
  if (from === 0) return undefined
  const kept = Buffer.concat([...pieces, bytes.subarray(from)])
  return kept.toString(isAscii(kept) ? 'latin1' : 'utf8')
}

/** The closing quote of the text that begins at `at`; -1 where it is no text of JSON. */
function endOfText(bytes: Buffer, view: DataView, at: number): number {
  const last = bytes.length - 4
  let to = at
  for (;;) {
    while (to <= last) {
      const odd = oddBytes(view.getInt32(to, true))
      if (odd !== 0) {
        to += bytesBelow(odd)
        break
      }
      to += 4
    }
    const byte = bytes[to]
    if (byte === QUOTE) return to
    if (byte === BACKSLASH) to = afterEscape(bytes, to + 1)
    else if (to > last && byte !== undefined && byte >= 0x20) to += 1
    else return -1
    if (to === -1) return -1
  }
}

function nextQuote(bytes: Buffer, at: number): number {
  for (let to = at; to < bytes.length; to++) if (bytes[to] === QUOTE) return to
  return -1
}

function mayBeCut(bytes: Buffer, from: number, close: number): boolean {
  const head = bytes.toString('latin1', from, from + HEAD_BYTES)
  const record = head.indexOf('{')
  // An escape with a number may be a brace.
  if ((record !== -1 && record < RECORD_BYTES) || head.includes('\\u')) return false
  return IS_PROSE.test(head) && !isKey(bytes, close)
}

function isKey(bytes: Buffer, close: number): boolean {
  let at = close + 1
  while ((bytes[at] as number) <= 0x20) at++
  return bytes[at] === COLON
}

/** Where the beginning ends that is left: between letters and escapes. */
function endOfHead(bytes: Buffer, from: number): number {
  let end = from + HEAD_BYTES
  while (((bytes[end] as number) & 0xc0) === 0x80) end--
  while (bytes[end - 1] === BACKSLASH) end--
  return end
}
