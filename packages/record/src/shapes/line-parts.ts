import type { LinePart } from './line-part.ts'
import { ObjectDepth } from './object-depth.ts'

/** What became of lines that were taken. */
export interface JoinedLine<Place> {
  /** Where the first part stands. */
  readonly place: Place
  /** How many lines it was. */
  readonly parts: number
  /** The whole line; undefined where other parts of it are missing, or it is longer than 16 MiB. */
  readonly bytes: Buffer | undefined
}

/** A line as it stands. */
export interface WholeLine<Place> {
  readonly place: Place
  /** About how many bytes it has. */
  readonly length: number
  readonly bytes: Buffer
}

interface Begun<Place> {
  readonly parts: { readonly part: LinePart; readonly place: Place }[]
  /** How many bytes of the file had gone by. */
  readonly since: number
  readonly depth: ObjectDepth
  length: number
}

/** Of one line, in letters; all together have at most twice as many. */
const MAX_LENGTH = 16 * 1024 * 1024
/** What goes on so many bytes of the file later is something else. */
const MAX_AWAY = 64 * 1024 * 1024
const MAX_STREAMS = 64
/** Beginnings that are tried, where the first is that of a process that was killed. */
const MAX_BEGINNINGS = 4

/** Puts the lines of one file together again that a container runtime cut into parts, each stream by itself, in bounded memory. */
export class LineParts<Place> {
  readonly #begun = new Map<string, Begun<Place>>()
  #passed = 0
  #length = 0

  /** Lines of which more parts are to come. */
  get count(): number {
    return this.#begun.size
  }

  /** Where the first part of each stands, the oldest first. */
  get places(): Place[] {
    return [...this.#begun.values()].flatMap(({ parts }) => parts[0]?.place ?? [])
  }

  /** The next line and the part that it is, if any: what it completes, and lines whose other parts come too late; undefined where it is whole. */
  next(part: LinePart | undefined, line: WholeLine<Place>): JoinedLine<Place>[] | undefined {
    const { place, bytes } = line
    const late = this.count === 0 ? [] : this.#pass(line.length)
    const found = part === undefined ? undefined : this.take(part, place)
    return late.length === 0 ? found : [...late, ...(found ?? [{ place, parts: 1, bytes }])]
  }

  /** So many bytes of the file are next: lines whose other parts come too late. */
  #pass(bytes: number): JoinedLine<Place>[] {
    this.#passed += bytes
    const late: JoinedLine<Place>[] = []
    for (const [stream, { since }] of this.#begun) {
      const isFull = this.#length > 2 * MAX_LENGTH || this.#begun.size > MAX_STREAMS
      if (!isFull && this.#passed - since <= MAX_AWAY) break
      late.push(this.#drop(stream))
    }
    return late
  }

  /** Takes a part: what it completes; undefined where it is a whole line, or may not begin one. */
  take(part: LinePart, place: Place, mayBegin = true): JoinedLine<Place>[] | undefined {
    const begun = this.#begun.get(part.stream)
    if (begun === undefined) return mayBegin && this.#begin(part, place) ? [] : undefined
    begun.parts.push({ part, place })
    begun.length += part.text.length
    this.#length += part.text.length
    const isClosing = begun.depth.closesWith(part.text)
    if (!(part.ends ?? endsUntold(begun, part, isClosing)))
      return begun.length > MAX_LENGTH ? [this.#drop(part.stream)] : []
    this.#drop(part.stream)
    return joined(begun)
  }

  /** The file is over: lines that had begun. */
  end(): JoinedLine<Place>[] {
    return [...this.#begun.keys()].map((stream) => this.#drop(stream))
  }

  #begin(part: LinePart, place: Place): boolean {
    if (part.ends === true) return false
    const depth = new ObjectDepth()
    depth.closesWith(part.text)
    // Where nobody says what is a part, it is one of an object that is not closed.
    if (part.ends === undefined && !depth.isOpen) return false
    const { length } = part.text
    this.#begun.set(part.stream, {
      ...{ parts: [{ part, place }], since: this.#passed },
      ...{ depth, length },
    })
    this.#length += length
    return true
  }

  #drop(stream: string): JoinedLine<Place> {
    const begun = this.#begun.get(stream) as Begun<Place>
    this.#begun.delete(stream)
    this.#length -= begun.length
    return cut(begun, begun.parts.length)
  }
}

/** The parts in one: from the last beginning of which they are an object, where a process was killed before it. */
function joined<Place>(begun: Begun<Place>): JoinedLine<Place>[] {
  const texts = begun.parts.map(({ part }) => part.text)
  const others = texts.flatMap((text, at) => (at > 0 && OPENS.test(text) ? [at] : []))
  const from = [0, ...others.slice(-MAX_BEGINNINGS)].find(
    (at) => others.length > 0 && isObject(texts.slice(at).join('')),
  )
  const whole = wholeFrom(begun, texts, from ?? 0)
  return from === undefined || from === 0 ? [whole] : [cut(begun, from), whole]
}

/** Where this part does not say it: after one that says that it goes on; where none does, the end of an object, or one that is whole while another of a process that was killed is begun. */
function endsUntold<Place>(
  { parts }: Begun<Place>,
  { text }: LinePart,
  isClosing: boolean,
): boolean {
  if (parts[0]?.part.ends === false || (OPENS.test(text) && isObject(text))) return true
  return isClosing && isObject(parts.map(({ part }) => part.text).join(''))
}

function wholeFrom<Place>(
  { parts }: Begun<Place>,
  texts: readonly string[],
  from: number,
): JoinedLine<Place> {
  const { part, place } = parts[from] as Begun<Place>['parts'][number]
  const bytes = part.whole(texts.slice(from).join(''))
  return { place, parts: texts.length - from, bytes }
}

function cut<Place>({ parts }: Begun<Place>, count: number): JoinedLine<Place> {
  const { place } = parts[0] as Begun<Place>['parts'][number]
  return { place, parts: count, bytes: undefined }
}

const OPENS = /^\s*\{/

/** Whether a text is an object, or has one at its end. */
function isObject(text: string): boolean {
  const depth = new ObjectDepth()
  if (!depth.closesWith(text)) return false
  try {
    return typeof JSON.parse(text.slice(text.indexOf('{'))) === 'object'
  } catch {
    return false
  }
}
