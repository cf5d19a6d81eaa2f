import { has, LETTER, VALUE_END } from './characters.ts'
import type { Scan } from './finding.ts'
import { looksRandom } from './randomness.ts'

const COLON = 58
const MAX_AUTHORITY = 512
const MAX_VALUE = 4096
/** So much of a value decides whether it looks like a secret. */
const JUDGED = 64

// On slices of at most 40 characters.
const NAME =
  /(?:password|passwd|passphrase|pwd|secret|[a-z\d][_.-]?token|credentials?|cookie|authorization|api[_.\- ]?key|(?:access|secret|private|account|auth|client|encryption|signing|shared)[_.\- ]?key|dsn)$/i
const WEAK_NAME = /(?:key|token|auth|bearer|\bsig|amz-signature|\bpat|passcode)$/i
const LITERAL =
  /^(?:null|none|nil|true|false|undefined|string|required|optional|empty|redacted|hidden|unset|example|changeme|xxx+|\*+|\.+)$/i

/** Judges `://user:password@` from its colon on. */
export function scanUrlCredentials(scan: Scan, at: number): void {
  const { text } = scan
  if (text.charCodeAt(at + 1) !== 47 || text.charCodeAt(at + 2) !== 47) return
  const start = at + 3
  const most = Math.min(text.length, start + MAX_AUTHORITY)
  let last = -1
  for (let end = start; end < most; end++) {
    const code = text.charCodeAt(end)
    if (code === 64) last = end
    else if (code <= 32 || AUTHORITY_ENDS.includes(text.charAt(end))) break
  }
  if (last === -1 || last === start) return
  const user = text.slice(start, last)
  // `https://name@host` names a user; with a password, or with what looks like a key, it lets somebody in.
  if (user.includes(':') || looksRandom(user))
    scan.findings.push({ type: 'url_credentials', start, end: last })
}

const AUTHORITY_ENDS = '/?#"\'<>\\`'

/** Judges `name: value` and `name=value` from the sign on, where the name is that of a secret. */
export function scanAssignment(scan: Scan, at: number): void {
  const { text } = scan
  if (at < scan.valueFloor) return
  const nameEnd = backOver(text, at)
  if (!has(text, nameEnd - 1, LETTER) || !has(text, nameEnd - 3, LETTER)) return
  const strength = nameStrength(text, nameEnd)
  if (strength === 'none') return
  const quoted = nameEnd < at && /["'\\]/.test(text.slice(nameEnd, at))
  const { start, end, inQuotes } = valueAt(text, at + 1)
  if (end - start < 4) return
  const value = text.slice(start, end)
  const free = text.charCodeAt(at) === COLON && !quoted && !inQuotes
  if (!isSecretValue(value, strength, free)) return
  const whole = valueEnd(text, end, start + MAX_VALUE)
  scan.valueFloor = whole
  scan.findings.push({ type: 'secret', start, end: whole })
}

/** Before the sign, its spaces and the quotes of the name. */
function backOver(text: string, at: number): number {
  let end = at
  while (end > at - 5 && isNameEnd(text.charCodeAt(end - 1))) end--
  return end
}

function isNameEnd(code: number): boolean {
  return code === 32 || code === 9 || code === 34 || code === 39 || code === 92
}

/** What names of secrets end with: a cheap look that lets most other names go. */
const LAST_LETTERS = 'yYnNtTdDeElLsSgGrRkK'

function nameStrength(text: string, end: number): 'strong' | 'weak' | 'none' {
  if (!LAST_LETTERS.includes(text.charAt(end - 1))) return 'none'
  const name = text.slice(Math.max(0, end - 16), end)
  if (NAME.test(name)) return 'strong'
  return WEAK_NAME.test(name) ? 'weak' : 'none'
}

interface Value {
  readonly start: number
  readonly end: number
  readonly inQuotes: boolean
}

const SCHEME = /(?:bearer|basic|token|digest) {1,4}/iy

function valueAt(text: string, from: number): Value {
  let start = from
  while (start < from + 4 && VALUE_STARTS.includes(text.charAt(start)) && start < text.length)
    start++
  const inQuotes = start > from && /["'`\\]/.test(text.slice(from, start))
  SCHEME.lastIndex = start
  if (SCHEME.test(text)) start = SCHEME.lastIndex
  return { start, end: valueEnd(text, start, start + JUDGED), inQuotes }
}

function valueEnd(text: string, from: number, most: number): number {
  let end = from
  while (end < most && end < text.length && !has(text, end, VALUE_END)) end++
  return end
}

const VALUE_STARTS = ' \t"\'`\\'
/** Free prose after a colon (`The password: must be long`) is no secret; what is quoted or follows `=` is. */
function isSecretValue(value: string, strength: 'strong' | 'weak', free: boolean): boolean {
  if ('[<${('.includes(value.charAt(0)) || LITERAL.test(value)) return false
  if (strength === 'weak') return looksRandom(value)
  return !free || isMixed(value)
}

/** A digit or a sign inside, or capitals after small letters. */
function isMixed(value: string): boolean {
  const bare = value.replace(/[.:!?]{1,8}$/, '')
  if (/^\d+$/.test(bare) && bare.length < 6) return false
  if (/\d/.test(bare) || /[a-z][A-Z]/.test(bare)) return true
  return bare.length >= 8 && /[^\w\s-]/.test(bare)
}

/** The name of a secret close before an index, as in `the token is …`. */
export function secretNamedBefore(text: string, start: number): boolean {
  const before = text.slice(Math.max(0, start - 32), start)
  return NAMED.test(before)
}

const NAMED =
  /(?:password|passwd|passphrase|\bpwd|secret|token|credential|cookie|authorization|bearer|\bapi[_.\- ]?key|(?:access|private|account|client|signing)[_.\- ]?key|\bkey)(?![a-z])/i
