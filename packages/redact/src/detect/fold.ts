/** A text as the detectors read it. */
export interface Folded {
  readonly text: string
  /** For each unit of `text` where it begins in the original, and the original's length at the end; absent where both are the same. */
  readonly offsets?: Uint32Array
}

/** Most texts have nothing of this, and one class is the fastest thing to look for. */
const MAYBE = /[\\%&\u00a0-\uffff]/
// Linear: single units, or a fixed beginning with a bounded rest.
const FOLDABLE =
  /[\ufe00-\ufe0f\\\u00a0\u00ad\u00b7\u0660-\u0669\u06f0-\u06f9\u07c0-\u1fff\u2000-\u2015\u2024\u2028-\u202f\u205f-\u2064\u2212\u3000\ua620-\uabff\ufe50-\uff5e\ufeff\ud800-\udbff]|%[2-7c-fC-F]|&#/
/** What does not become one unit for one. */
const UNEVEN =
  /[\ufe00-\ufe0f\\\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\ud800-\udbff]|%[2-7c-fC-F]|&#/
const UNIT =
  /[\ufe00-\ufe0f\u00a0\u00ad\u00b7\u0660-\u0669\u06f0-\u06f9\u07c0-\u1fff\u2000-\u2015\u2024\u2028-\u202f\u205f-\u2064\u2212\u3000\ua620-\uabff\ufe50-\uff5e\ufeff]/g
const PIECE =
  /\\{1,64}(?:u00[0-7][\da-fA-F]|[/nrt]?)|%[2-7][\da-fA-F]|%[c-fC-F][\da-fA-F](?:%[89abAB][\da-fA-F]){1,3}|&#(?:x[2-7][\da-fA-F]|\d{2,3});|[\ufe00-\ufe0f\u00a0\u00ad\u00b7\u0660-\u0669\u06f0-\u06f9\u07c0-\u1fff\u2000-\u2015\u2024\u2028-\u202f\u205f-\u2064\u2212\u3000\ua620-\uabff\ufe50-\uff5e\ufeff\ud800-\udbff]/g

/**
 * Unicode digits, dashes, spaces and full-width forms become their ASCII twins; zero-width characters and soft hyphens go;
 * escapes of JSON, URLs and HTML (`\u0040`, `%40`, `&#64;`) become what they stand for. Offsets lead back.
 */
export function fold(text: string): Folded {
  if (!isFoldable(text)) return { text }
  if (!UNEVEN.test(text)) return { text: text.replace(UNIT, evenTwin) }
  const writer = new Writer(text)
  for (const match of text.matchAll(PIECE)) {
    const [piece] = match
    if (match.index < writer.read) continue
    const length = piece.charCodeAt(0) >= 0xd800 && isPair(text, match.index) ? 2 : piece.length
    const twin = twinOf(length === 2 ? text.slice(match.index, match.index + 2) : piece)
    if (twin !== undefined) writer.replace(match.index, length, twin)
  }
  return writer.end()
}

/** Whether folding would change a text. */
export function isFoldable(text: string): boolean {
  return MAYBE.test(text) && FOLDABLE.test(text)
}

/** Copies a text with replacements of at most one unit for each piece. */
class Writer {
  /** How much of the original has been copied or replaced. */
  read = 0
  #length = 0
  readonly #original: string
  readonly #units: Uint16Array
  readonly #offsets: Uint32Array

  constructor(original: string) {
    this.#original = original
    this.#units = new Uint16Array(original.length)
    this.#offsets = new Uint32Array(original.length + 1)
  }

  replace(index: number, length: number, twin: string): void {
    this.#copyTo(index)
    if (twin !== '') this.#put(twin.charCodeAt(0), index)
    this.read = index + length
  }

  end(): Folded {
    const { length } = this.#original
    this.#copyTo(length)
    this.#offsets[this.#length] = length
    const bytes = Buffer.from(this.#units.buffer, 0, this.#length * 2)
    return { text: bytes.toString('utf16le'), offsets: this.#offsets }
  }

  #copyTo(index: number): void {
    for (let at = this.read; at < index; at++) this.#put(this.#original.charCodeAt(at), at)
  }

  #put(unit: number, index: number): void {
    this.#units[this.#length] = unit
    this.#offsets[this.#length++] = index
  }
}

function isPair(text: string, index: number): boolean {
  const second = text.charCodeAt(index + 1)
  return text.charCodeAt(index) < 0xdc00 && second >= 0xdc00 && second < 0xe000
}

/** What a piece stands for: '' for nothing, undefined for itself. */
function twinOf(piece: string): string | undefined {
  const code = piece.charCodeAt(0)
  if (code === 0x5c) return escaped(piece)
  if (code === 0x25) return percent(piece)
  if (code === 0x26) return entity(piece.slice(2, -1))
  return foreign(piece.codePointAt(0) as number)
}

/** Bytes of UTF-8 as URLs write them. */
function percent(piece: string): string | undefined {
  if (piece.length === 3) return String.fromCharCode(Number.parseInt(piece.slice(1), 16))
  const character = Buffer.from(piece.replaceAll('%', ''), 'hex').toString('utf8')
  const code = character.codePointAt(0) as number
  return character.length <= 2 && code !== 0xfffd
    ? (foreign(code) ?? character.slice(0, 1))
    : undefined
}

function escaped(piece: string): string | undefined {
  const last = piece.slice(piece.lastIndexOf('\\') + 1)
  if (last.length > 1) return String.fromCharCode(Number.parseInt(last.slice(1), 16))
  if (last === '/') return last
  return last === '' ? undefined : '\n'
}

function entity(number: string): string | undefined {
  const code = number.startsWith('x') ? Number.parseInt(number.slice(1), 16) : Number(number)
  return code < 128 ? String.fromCharCode(code) : undefined
}

/** The twin where it is one unit too; what would go stays, as it is rare and the text must keep its length. */
function evenTwin(unit: string): string {
  return foreign(unit.charCodeAt(0)) || unit
}

const known = new Map<number, string | undefined>()

function foreign(code: number): string | undefined {
  if (known.has(code)) return known.get(code)
  const twin = asciiTwin(code)
  if (known.size < 4096) known.set(code, twin)
  return twin
}

function asciiTwin(code: number): string | undefined {
  const character = String.fromCodePoint(code)
  if (/\p{Nd}/u.test(character)) return String(digitValue(code))
  if (/\p{Cf}|[\ufe00-\ufe0f]/u.test(character)) return ''
  if (/\p{Zs}/u.test(character)) return ' '
  if (/[\p{Pd}\u2212]/u.test(character)) return '-'
  if (/[\u2028\u2029]/.test(character)) return '\n'
  if (/[\u00b7\u2024]/.test(character)) return '.'
  if (code < 0xfe50 || code > 0xff5e) return undefined
  const plain = character.normalize('NFKC')
  return plain.length === 1 && plain < '\u0080' ? plain : undefined
}

/** Digits come in blocks of ten that begin with zero. */
function digitValue(code: number): number {
  let zero = code
  while (/\p{Nd}/u.test(String.fromCodePoint(zero - 1))) zero--
  return (code - zero) % 10
}
