import { isBoundary, isWord, occurs, type Phrase } from './phrase.ts'

/** A phrase and what it stands for. */
export interface Filed<T> {
  readonly phrase: Phrase
  readonly value: T
}

interface Item<T> extends Filed<T> {
  /** The piece of the phrase in which the word stands, and where in it. */
  readonly piece: string
  readonly offset: number
}

interface Entry<T> {
  readonly word: string
  readonly items: Item<T>[]
  /** Another word of the same hash. */
  readonly next: Entry<T> | undefined
}

/**
 * Phrases filed by one of their words: a text is read once, word by word, and only the phrases of its own words are
 * compared, at the place where the word stands.
 */
export class PhraseTable<T> {
  /** By hash, so that looking for a word makes no string. */
  readonly #entries = new Map<number, Entry<T>>()
  /** 1 for the low bits of each known hash: most words of a text are passed at a glance. */
  readonly #known = new Uint8Array(KNOWN_BITS + 1)

  constructor(filed: readonly Filed<T>[]) {
    const uses = new Map<string, number>()
    for (const { phrase } of filed)
      for (const word of phrase.anchors) uses.set(word, (uses.get(word) ?? 0) + 1)
    for (const each of filed) this.#file(each, uses)
  }

  /** Calls `visit` with each phrase that occurs in a comparable text, once or more. */
  find(text: string, visit: (value: T, phrase: Phrase) => void): void {
    let compared: Set<Phrase> | undefined
    const entries = this.#entries
    const known = this.#known
    let hash = HASH_START
    let from = 0
    for (let at = 0; at <= text.length; at++) {
      const unit = at < text.length ? text.charCodeAt(at) : SPACE
      if (WORD_UNITS[unit] === 1) {
        hash = hashStep(hash, unit)
        continue
      }
      if (at - from > 2 && known[hash & KNOWN_BITS] === 1) {
        const entry = sameWord(entries.get(hash), text, from, at)
        if (entry !== undefined) {
          compared ??= new Set()
          compare(entry, text, from, compared, visit)
        }
      }
      hash = HASH_START
      from = at + 1
    }
  }

  #file({ phrase, value }: Filed<T>, uses: ReadonlyMap<string, number>): void {
    const word = rarest(phrase.anchors, uses)
    const at = placeOf(word, phrase)
    if (at === undefined) return
    const hash = hashOf(word)
    const first = this.#entries.get(hash)
    const known = sameWord(first, word, 0, word.length)
    const entry = known ?? { word, items: [], next: first }
    if (known === undefined) this.#entries.set(hash, entry)
    this.#known[hash & KNOWN_BITS] = 1
    entry.items.push({ phrase, value, ...at })
  }
}

/** Of the long words the one that the fewest phrases have. */
function rarest(words: readonly string[], uses: ReadonlyMap<string, number>): string {
  const long = words.filter((word) => word.length > 4)
  const count = (word: string): number => uses.get(word) ?? 0
  return (long.length > 0 ? long : words).reduce(
    (best, next) => (best === '' || count(next) < count(best) ? next : best),
    '',
  )
}

function placeOf(
  word: string,
  { pieces }: Phrase,
): { readonly piece: string; readonly offset: number } | undefined {
  if (word === '') return undefined
  for (const piece of pieces) {
    for (let at = piece.indexOf(word); at !== -1; at = piece.indexOf(word, at + 1)) {
      if (isBoundary(piece, at) && isBoundary(piece, at + word.length)) return { piece, offset: at }
    }
  }
  return undefined
}

function compare<T>(
  { items }: Entry<T>,
  text: string,
  from: number,
  compared: Set<Phrase>,
  visit: (value: T, phrase: Phrase) => void,
): void {
  for (const { phrase, value, piece, offset } of items) {
    const start = from - offset
    if (start < 0 || !text.startsWith(piece, start)) continue
    if (phrase.pieces.length === 1) {
      if (isWhole(phrase, text, start)) visit(value, phrase)
    } else if (!compared.has(phrase)) {
      // Once a text: what is said a thousand times is no more true.
      compared.add(phrase)
      if (occurs(phrase, text)) visit(value, phrase)
    }
  }
}

function isWhole({ pieces, open }: Phrase, text: string, start: number): boolean {
  const end = start + (pieces[0] ?? '').length
  return (open[0] || isBoundary(text, start)) && (open[1] || isBoundary(text, end))
}

const SPACE = 32
/** Which UTF-16 code units words are made of; a table is three times as fast as asking. */
const WORD_UNITS: Uint8Array = Uint8Array.from({ length: 65_536 }, (_, unit) =>
  Number(isWord(unit)),
)
const HASH_START = 17
const KNOWN_BITS = 0xffff

function hashStep(hash: number, unit: number): number {
  return (Math.imul(hash, 31) + unit) | 0
}

function hashOf(word: string): number {
  let hash = HASH_START
  for (let at = 0; at < word.length; at++) hash = hashStep(hash, word.charCodeAt(at))
  return hash
}

/** The entry, of those that share a hash, whose word stands at a place of a text. */
function sameWord<T>(
  first: Entry<T> | undefined,
  text: string,
  from: number,
  to: number,
): Entry<T> | undefined {
  let entry = first
  while (entry !== undefined) {
    if (entry.word.length === to - from && text.startsWith(entry.word, from)) return entry
    entry = entry.next
  }
  return undefined
}
