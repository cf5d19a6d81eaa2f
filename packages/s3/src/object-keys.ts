/** What an object of an audit log is, by its key. */
export type LogObjectKind =
  | { readonly kind: 'entries'; readonly first: number; readonly last: number }
  | { readonly kind: 'hashes'; readonly first: number }
  | { readonly kind: 'kept'; readonly first: number }
  | { readonly kind: 'checkpoint'; readonly size: number }
  | { readonly kind: 'anchor'; readonly size: number; readonly form: 'tsr' | 'cosig' }
  | { readonly kind: 'key'; readonly index: number }
  | { readonly kind: 'head' }
  | { readonly kind: 'log' }
  | { readonly kind: 'pseudonyms' }

/** Key of the word that a log replaces names. */
export const PSEUDONYMS_KEY = 'pseudonyms.json'

/** Key of entries, the last one included. */
export function entriesKey(first: number, last: number): string {
  return `entries/${digits(first)}-${digits(last)}.jsonl.gz`
}

/** Key of the leaf hashes of entries that had expired before they were shipped. */
export function hashesKey(first: number): string {
  return `hashes/${digits(first)}.bin`
}

/** Key of what stayed of entries that had expired before they were shipped. */
export function keptKey(first: number): string {
  return `hashes/${digits(first)}.kept`
}

/** Key of a kept checkpoint. */
export function checkpointKey(size: number): string {
  return `checkpoints/${digits(size)}.note`
}

/** Key of an outside anchor; of several over one checkpoint each has a name of its own. */
export function anchorKey(size: number, form: 'tsr' | 'cosig', sha256: string): string {
  return `anchors/${digits(size)}-${Buffer.from(sha256, 'base64').toString('hex', 0, 8)}.${form}`
}

/** Key of a public key; the first is that of the log's beginning. */
export function publicKeyKey(index: number, id: string): string {
  return `keys/${String(index).padStart(4, '0')}-${id}.vkey`
}

/** What an object is, by its key below the log's prefix; undefined where it is not the log's. */
export function kindOf(key: string): LogObjectKind | undefined {
  if (key === 'checkpoint') return { kind: 'head' }
  if (key === 'log.json') return { kind: 'log' }
  if (key === PSEUDONYMS_KEY) return { kind: 'pseudonyms' }
  for (const [form, read] of FORMS) {
    const found = form.exec(key)
    if (found === null) continue
    const isNumbered = found.slice(1).every((part) => !/^\d{20}$/.test(part) || isSafe(part))
    return isNumbered ? read(found) : undefined
  }
  return undefined
}

/** Larger numbers are of no log. */
function isSafe(number: string): boolean {
  return Number.isSafeInteger(Number(number))
}

const FORMS: readonly (readonly [RegExp, (found: RegExpExecArray) => LogObjectKind])[] = [
  [
    /^entries\/(\d{20})-(\d{20})\.jsonl\.gz$/,
    ([, first, last]) => ({ kind: 'entries', first: Number(first), last: Number(last) }),
  ],
  [/^hashes\/(\d{20})\.bin$/, ([, first]) => ({ kind: 'hashes', first: Number(first) })],
  [/^hashes\/(\d{20})\.kept$/, ([, first]) => ({ kind: 'kept', first: Number(first) })],
  [/^checkpoints\/(\d{20})\.note$/, ([, size]) => ({ kind: 'checkpoint', size: Number(size) })],
  [
    /^anchors\/(\d{20})-[0-9a-f]{16}\.(tsr|cosig)$/,
    ([, size, form]) => ({ kind: 'anchor', size: Number(size), form: form as 'tsr' | 'cosig' }),
  ],
  [/^keys\/(\d{4})-[0-9a-f]{8}\.vkey$/, ([, index]) => ({ kind: 'key', index: Number(index) })],
]

/** A number as keys have it: 20 digits, so that their order is that of the numbers. */
export function digits(value: number): string {
  return String(value).padStart(20, '0')
}
