import { isIP, isIPv6 } from 'node:net'
import { ADDRESS, ALNUM, classOf, DIGIT, has, isForeignLetter, LETTER } from './characters.ts'
import type { Scan } from './finding.ts'

const DOT = 46
const HYPHEN = 45
const QUOTE = 34
const BACKSLASH = 92
/** A quoted local part of RFC 5321 has 64 characters; as many again for escapes. */
const MAX_QUOTED = 130
/** `[IPv6:` and the longest address. */
const MAX_LITERAL = 60

/** Judges the `@` at an index: an address ends and begins around it, up to the next `@` on both sides. */
export function scanAddress(scan: Scan, at: number): void {
  const { text } = scan
  const next = text.charCodeAt(at + 1)
  if (!isLabelCode(next) && next !== 91) return
  if (!isLocalCode(text.charCodeAt(at - 1))) return
  const end = domainEnd(text, at + 1)
  if (end === -1) return
  const start = localStart(text, at)
  if (start === -1 || start === at) return
  scan.findings.push({ type: 'email', start: unwrapped(text, start, at, end), end })
}

/** Where the domain ends that begins at an index; -1 when there is none. */
function domainEnd(text: string, start: number): number {
  if (text.charCodeAt(start) === 91) return literalEnd(text, start)
  let end = start
  while (isDomainCode(text.charCodeAt(end))) end++
  while (end > start && !isLabelCode(text.charCodeAt(end - 1))) end--
  const domain = text.slice(start, end)
  return isDomain(domain) ? end : -1
}

function literalEnd(text: string, start: number): number {
  const inner = text.slice(start + 1, start + MAX_LITERAL)
  const length = inner.indexOf(']')
  if (length === -1) return -1
  const address = inner.slice(0, length).replace(/^IPv6:/i, '')
  return isIP(address) !== 0 || isIPv6(address.replace(/:::/, '::')) ? start + length + 2 : -1
}

/** Single labels are hosts only where everybody knows them: `lodash@latest` is no address. */
const KNOWN_HOST =
  /^(?:localhost|local|internal|example|com|org|net|edu|gov|io|dev|ai|co|me|info|de|uk|fr|eu|us)$/i

function isDomain(domain: string): boolean {
  const lastDot = domain.lastIndexOf('.')
  if (lastDot === -1) return KNOWN_HOST.test(domain)
  if (domain.charCodeAt(0) === DOT || domain.charCodeAt(0) === HYPHEN) return false
  if (domain.includes('..')) return false
  const last = domain.slice(lastDot + 1)
  if (!has(last, 0, DIGIT)) return true
  // `name@4.17.21` and `name@v1.2` are versions.
  return has(domain, 0, LETTER) ? !/^v\d{1,9}\./i.test(domain) : isIP(domain) === 4
}

function isDomainCode(code: number): boolean {
  return isLabelCode(code) || code === DOT || code === HYPHEN
}

function isLabelCode(code: number): boolean {
  return (classOf(code) & ALNUM) !== 0 || isForeignLetter(code)
}

/** Where the local part begins; -1 when a quote has no beginning. */
function localStart(text: string, at: number): number {
  let start = at
  while (start > 0) {
    const code = text.charCodeAt(start - 1)
    if (code === QUOTE) {
      const opening = quoteStart(text, start - 1)
      if (opening === -1) break
      start = opening
    } else if (isLocalCode(code)) start--
    else break
  }
  while (text.charCodeAt(start) === DOT) start++
  return start
}

function isLocalCode(code: number): boolean {
  return (classOf(code) & ADDRESS) !== 0 || isForeignLetter(code) || code === QUOTE
}

/** Where the quoted string begins that ends with the quote at an index; quotes around something else have no dot or `@` behind. */
function quoteStart(text: string, closing: number): number {
  const next = text.charCodeAt(closing + 1)
  if (next !== 64 && next !== DOT) return -1
  const most = Math.max(0, closing - MAX_QUOTED)
  for (let at = closing - 1; at >= most; at--) {
    const code = text.charCodeAt(at)
    if (code === 10 || code === 13) return -1
    if (code === QUOTE && text.charCodeAt(at - 1) !== BACKSLASH) return at
  }
  return -1
}

const CLOSING: Readonly<Record<string, string>> = {
  "'": "'",
  '`': '`',
  '*': '*',
  _: '_',
  '{': '}',
  '|': '|',
  '~': '~',
}

/** Without what stands around an address and could belong to it: quotes and emphasis, a path, `name=`. */
function unwrapped(text: string, start: number, at: number, end: number): number {
  let first = start
  for (let close = end; first < at - 1; first++, close++) {
    const closing = CLOSING[text.charAt(first)]
    if (closing === undefined || closing !== text.charAt(close)) break
  }
  return afterPath(text, first, at)
}

// Both are tried once on one local part, from its beginning or its end.
const ASSIGNED = /(?:^|[?&#;])[\w-]{1,40}=$/

function afterPath(text: string, start: number, at: number): number {
  const local = text.slice(start, at)
  const equals = local.lastIndexOf('=')
  const cut = equals === -1 ? '' : local.slice(Math.max(0, equals - 42), equals + 1)
  if (cut !== '' && equals < local.length - 1 && ASSIGNED.test(cut)) return start + equals + 1
  const slash = local.startsWith('/') ? local.lastIndexOf('/') : -1
  return slash < local.length - 1 ? start + slash + 1 : start
}
