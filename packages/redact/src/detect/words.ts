import { secretNamedBefore } from './assignments.ts'
import { ALNUM, DIGIT, has, LETTER, WORD } from './characters.ts'
import type { Scan } from './finding.ts'
import { ibanEnd } from './iban.ts'
import { JWT, PROVIDER_KEYS } from './provider-keys.ts'
import { looksRandom } from './randomness.ts'

/** No key is shorter. */
const SHORTEST_KEY = 15
const MAC = /(?<![\w-])(?:[\da-f]{2}-){5}[\da-f]{2}(?![\w-])/iy

/** Judges the word (letters, digits, `_`, `-`) around an index, once. */
export function scanWord(scan: Scan, at: number): void {
  if (at < scan.wordFloor) return
  const { text } = scan
  if (text.charCodeAt(at) === 45 && text.startsWith('-----BEGIN ', at)) scanPrivateKey(scan, at)
  let start = at
  while (start > scan.wordFloor && has(text, start - 1, WORD)) start--
  let end = at + 1
  while (has(text, end, WORD)) end++
  scan.wordFloor = end
  if (has(text, start, LETTER) && has(text, start + 2, DIGIT)) scanIban(scan, start)
  if (end - start >= SHORTEST_KEY) judgeLong(scan, start, end)
}

function scanIban(scan: Scan, start: number): void {
  const end = ibanEnd(scan.text, start)
  if (end !== -1) scan.findings.push({ type: 'iban', start, end })
}

/** What redaction itself has written: `<email-hash-1a2b3c4d>`. */
const OWN_TAG = /^[\w-]{1,64}-(?:hash|tok)-[a-z\d]{4,32}$/

function judgeLong(scan: Scan, start: number, end: number): void {
  const { text } = scan
  if (text.charCodeAt(start - 1) === 60 && OWN_TAG.test(text.slice(start, end))) return
  if (end - start === 17 && matchEnd(MAC, text, start) === end) {
    scan.findings.push({ type: 'mac', start, end })
    return
  }
  if (scanKeys(scan, start, end) || scanDottedKey(scan, start)) return
  const word = text.slice(start, Math.min(end, start + 128))
  if (looksRandom(word) && secretNamedBefore(text, start)) pushSecret(scan, start, end)
}

/** A secret goes on over what keys in base64 may have besides. */
function pushSecret(scan: Scan, start: number, end: number): void {
  const { text } = scan
  let last = end
  while (has(text, last, WORD) || '+/='.includes(text.charAt(last) || ' ')) last++
  scan.wordFloor = last
  scan.findings.push({ type: 'secret', start, end: last })
}

/**
 * Beginnings that no word has inside of it: such a key is one behind a letter, too. Where words could end like it, its
 * key must look like one.
 */
const DISTINCTIVE =
  /sk-(?:proj|svcacct|admin|ant|or-v1)-(?=[\w-]{0,24}[A-Z\d])|[spr]k_live_|github_pat_|gh[pousr]_[A-Za-z0-9]{36}|glpat-|xox[abprs]-\d|AKIA[A-Z2-7]{16}(?![A-Za-z0-9])|AIza[\w-]{35}(?![\w-])|GOCSPX-|gsk_[A-Za-z0-9]{48}|npm_[A-Za-z0-9]{36}|hf_[A-Za-z]{34}|xai-[A-Za-z0-9]{60}|pplx-[A-Za-z0-9]{40}|nvapi-[\w-]{60}|dckr_pat_|shpat_|pypi-AgE|AGE-SECRET-KEY-1/y

/** Keys that begin anywhere in the word where another begins: after `-` or `_`, or at its start; the distinctive anywhere. */
function scanKeys(scan: Scan, start: number, end: number): boolean {
  const { text } = scan
  for (let at = start; at <= end - SHORTEST_KEY; at++) {
    const isGlued = at > start && has(text, at - 1, ALNUM)
    if (!KEY_FIRSTS.includes(text.charAt(at)) && (isGlued || !isAzureKey(text, at, end))) continue
    if (isGlued && matchEnd(DISTINCTIVE, text, at) === -1) continue
    const found = keyAt(text, at)
    if (found === undefined) continue
    scan.findings.push({ type: found.type, start: at, end: found.end })
    scan.wordFloor = Math.max(scan.wordFloor, found.end)
    return true
  }
  return false
}

/** What the keys of `PROVIDER_KEYS` begin with: a look that lets most words go. */
const KEY_BEGINS =
  /sk-|sess-|[spr]k_|pk-|whsec_|gh[pousr]_|github_|gl[a-z]{2,5}-|xox|xapp-|A[KSB][IS]|ACCA|bedrock-|AIza|GOCSPX|(?:hf|api_org)_|npm_|gsk_|xai-|pplx-|r8_|fw_|lsv2|nvapi|tvly|SK[0-9a-f]{8}|dapi|do[opr]_|shp|pypi-|dckr_|lin_|ntn_|secret_|AGE-|eyJ/y
/** Their first letters. */
const KEY_FIRSTS = 'srpwgxAbGhanfltSdeC'

/** Beginnings of keys that a point or `~` ends, so that the long word of the key stands behind them. */
const DOTTED = /(?:\bSG\.|\bya29\.|\bAQ\.|[\w.~-]{3}\dQ~)$/

/** Judges the word at an index together with such a beginning. */
function scanDottedKey(scan: Scan, start: number): boolean {
  const { text } = scan
  if (!'.~'.includes(text.charAt(start - 1) || ' ')) return false
  const before = DOTTED.exec(text.slice(Math.max(0, start - 8), start))
  if (before === null) return false
  const found = shapeAt(text, start - before[0].length)
  if (found === undefined) return false
  scan.findings.push({ type: found.type, start: start - before[0].length, end: found.end })
  scan.wordFloor = Math.max(scan.wordFloor, found.end)
  return true
}

/** Azure's keys have their mark in the middle. */
function isAzureKey(text: string, at: number, end: number): boolean {
  return end - at >= 70 && text.startsWith('JQQJ99', at + 52)
}

function keyAt(text: string, at: number): { type: string; end: number } | undefined {
  if (matchEnd(KEY_BEGINS, text, at) === -1 && !text.startsWith('JQQJ99', at + 52)) return undefined
  const jwt = matchEnd(JWT, text, at)
  return jwt === -1 ? shapeAt(text, at) : { type: 'jwt', end: jwt }
}

function shapeAt(text: string, at: number): { type: string; end: number } | undefined {
  const begins = text.charAt(at)
  for (const { type, first, pattern } of PROVIDER_KEYS) {
    if (first !== '' && !first.includes(begins)) continue
    const end = matchEnd(pattern, text, at)
    if (end !== -1) return { type, end: wholeWord(text, end) }
  }
  return undefined
}

/** A key that is longer than any known is masked whole all the same. */
function wholeWord(text: string, from: number): number {
  let end = from
  while (has(text, end, WORD)) end++
  return end
}

function matchEnd(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at
  return pattern.test(text) ? pattern.lastIndex : -1
}

const BEGIN = /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----/y
const END = '-----END '
const MAX_PRIVATE_KEY = 65_536

/** A private key to its end; one without an end as far as there are characters of base64. */
function scanPrivateKey(scan: Scan, start: number): void {
  const { text } = scan
  const bodyStart = matchEnd(BEGIN, text, start)
  if (bodyStart === -1) return
  if (scan.keyEnd === undefined || (scan.keyEnd !== -1 && scan.keyEnd < bodyStart))
    scan.keyEnd = text.indexOf(END, bodyStart)
  const end =
    scan.keyEnd !== -1 && scan.keyEnd - bodyStart < MAX_PRIVATE_KEY
      ? lineEnd(text, scan.keyEnd + END.length)
      : bodyEnd(text, bodyStart)
  scan.wordFloor = end
  scan.findings.push({ type: 'private_key', start, end })
}

/** After the dashes that end the line `-----END …-----`. */
function lineEnd(text: string, from: number): number {
  const end = text.slice(from, from + 64).indexOf('-----')
  return end === -1 ? from : from + end + 5
}

function bodyEnd(text: string, from: number): number {
  let end = from
  while (has(text, end, ALNUM) || KEY_BODY.includes(text.charAt(end) || '-')) end++
  return end
}

const KEY_BODY = '+/=\r\n\t '
