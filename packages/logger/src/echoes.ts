const CONTENT = '[Content]'

/** A shorter piece of a text stands in any sentence. */
const MIN_RUN = 16
/** A shorter text does, even as a whole. */
const MIN_WHOLE = 8
/** Every run of 16 characters has one of 8 in it that begins at a multiple of 9. */
const GRAM = 8
const STRIDE = MIN_RUN - GRAM + 1
/** Comparisons; texts that repeat themselves would need more. */
const MAX_STEPS = 2_000_000

/**
 * What somebody says without the pieces of texts that it repeats: runs of 16 characters or more, and whole texts of 8 or
 * more; also where case, white space and the escapes of JSON and HTML differ. What is part of a name stays. The pieces are
 * added to `echoes`.
 */
export function withoutEchoes(
  said: string,
  texts: readonly string[],
  names: readonly string[],
  echoes: string[],
): string {
  if (said.length < MIN_WHOLE || names.includes(said) || !mayRepeat(said, texts)) return said
  const { text, places } = foldedWithPlaces(said)
  const found = new Uint8Array(text.length)
  const search = new Search(text, found)
  if (!texts.every((each) => search.mark(folded(each)))) {
    echoes.push(said)
    return CONTENT
  }
  let rest = ''
  let done = 0
  for (const [start, end] of runsIn(said, places, found)) {
    const run = said.slice(start, end)
    if (names.some((name) => name.includes(run.trim()))) continue
    echoes.push(run)
    rest += said.slice(done, start) + CONTENT
    done = end
  }
  return rest + said.slice(done)
}

/** A single word, such as an id, is mostly none of a text's: that is cheap to see. */
function mayRepeat(said: string, texts: readonly string[]): boolean {
  if (!/^[\w.:/-]+$/.test(said)) return true
  const grams: string[] = []
  for (let at = 0; at + GRAM <= said.length; at += STRIDE) grams.push(said.slice(at, at + GRAM))
  return texts.some(
    (text) =>
      (text.length <= MIN_RUN * 2 && said.includes(text.trim())) ||
      (said.length >= MIN_RUN && grams.some((gram) => text.includes(gram))),
  )
}

/** Finds pieces of texts in one text. */
class Search {
  readonly #text: string
  readonly #found: Uint8Array
  readonly #grams: Map<string, number[]> = new Map()
  #steps = 0

  constructor(text: string, found: Uint8Array) {
    this.#text = text
    this.#found = found
    for (let at = 0; at + GRAM <= text.length; at += 1) {
      const gram = text.slice(at, at + GRAM)
      const places = this.#grams.get(gram)
      if (places === undefined) this.#grams.set(gram, [at])
      else places.push(at)
    }
  }

  /** Marks what of the text stands in `other`; false where that takes too long. */
  mark(other: string): boolean {
    if (other.length >= MIN_WHOLE && other.length < MIN_RUN) this.#markWhole(other)
    /** Where the run ends that was found last, for each distance between the two texts. */
    const ends = new Map<number, number>()
    for (let at = 0; at + GRAM <= other.length; at += STRIDE) {
      for (const place of this.#grams.get(other.slice(at, at + GRAM)) ?? []) {
        this.#steps += 1
        if (this.#steps > MAX_STEPS) return false
        if (at >= (ends.get(at - place) ?? 0)) ends.set(at - place, this.#markRun(other, at, place))
      }
    }
    return true
  }

  #markWhole(other: string): void {
    let at = this.#text.indexOf(other)
    for (; at !== -1; at = this.#text.indexOf(other, at + other.length))
      this.#found.fill(1, at, at + other.length)
  }

  /** The place in `other` where the run around a common piece ends. */
  #markRun(other: string, at: number, place: number): number {
    let before = 0
    while (
      before < place &&
      before < at &&
      this.#isSame(other, at - before - 1, place - before - 1)
    )
      before += 1
    let after = GRAM
    while (place + after < this.#text.length && this.#isSame(other, at + after, place + after))
      after += 1
    this.#steps += before + after
    if (before + after >= MIN_RUN) this.#found.fill(1, place - before, place + after)
    return at + after
  }

  #isSame(other: string, at: number, place: number): boolean {
    return other.charCodeAt(at) === this.#text.charCodeAt(place)
  }
}

/** From where to where something was found. */
function* runsIn(
  said: string,
  places: readonly number[],
  found: Uint8Array,
): Generator<[number, number]> {
  let from = found.indexOf(1)
  while (from !== -1) {
    const to = found.indexOf(0, from)
    yield [places[from] ?? 0, places[to] ?? said.length]
    from = to === -1 ? -1 : found.indexOf(1, to)
  }
}

const ENTITIES: Readonly<Record<string, string>> = {
  amp: '&',
  apos: "'",
  '#39': "'",
  '#x27': "'",
  '#34': '"',
  gt: '>',
  lt: '<',
  nbsp: ' ',
  quot: '"',
}
const ENTITY = `&(${Object.keys(ENTITIES).join('|')});`
const ESCAPE = String.raw`\\+(?:u([0-9a-f]{4})|([nrtbf])|)`
const SPELLED = new RegExp(`${ESCAPE}|${ENTITY}`, 'g')
const PIECE = new RegExp(String.raw`${ESCAPE}|${ENTITY}|\s+|[^]`, 'gi')

/** A text as it is compared. */
function folded(text: string): string {
  const lower = text.toLowerCase()
  const plain = /[\\&]/.test(lower) ? lower.replaceAll(SPELLED, spelled) : lower
  return plain.replaceAll(/\s{2,}|[^\S ]/g, ' ').trim()
}

/** The same with the place of each of its characters in the text; white space at its ends stays. */
function foldedWithPlaces(text: string): { text: string; places: number[] } {
  let plain = ''
  const places: number[] = []
  for (const { 0: piece, 1: code, 2: letter, 3: entity, index } of text.matchAll(PIECE)) {
    const whole = spelled(piece.toLowerCase(), code, letter, entity?.toLowerCase())
    const one = /^\s+$/.test(whole) ? (plain.endsWith(' ') ? '' : ' ') : whole
    plain += one
    for (let unit = 0; unit < one.length; unit += 1) places.push(index)
  }
  return { text: plain, places }
}

function spelled(piece: string, code?: string, letter?: string, entity?: string): string {
  if (code !== undefined) return String.fromCharCode(Number.parseInt(code, 16)).toLowerCase()
  if (letter !== undefined) return ' '
  if (entity !== undefined) return ENTITIES[entity] ?? ''
  return piece.startsWith('\\') ? '' : piece
}
