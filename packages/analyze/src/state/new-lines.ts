import { stat } from 'node:fs/promises'
import type { Inference, KnownUnit } from '@recount/record/shapes'
import { type ReadOptions, readLent } from '../input/chunks.ts'
import { type Batch, guessForm, isBlank, lineBatch } from '../input/entries.ts'
import { parseEntry } from '../input/entry.ts'
import type { FileParts } from '../input/file-parts.ts'
import type { Input } from '../input/inputs.ts'
import { type Line, LineSplitter } from '../input/lines.ts'
import { otherFormat, utf16Of } from '../input/other-formats.ts'
import { hashOf, headHash, PART_BYTES } from './fingerprint.ts'
import { Reached } from './reached.ts'
import type { KnownLog, RunState, UnitsByPath } from './state-file.ts'
import { isCompressed, readTextFrom, textPart } from './text-parts.ts'

/** Runs in which a log may be away (being compressed, moved) before it is forgotten. */
const MAX_UNSEEN = 100
const MAX_LOGS = 10_000
const NO_PLACE = 'in which no place can be remembered: read it without --state'

/** Reads of logs what is new since the last run, and remembers how far it came. */
export class NewLines {
  readonly #known: KnownLog[]
  readonly #read: KnownLog[] = []
  readonly #units: Map<string, readonly KnownUnit[]>
  #waiting = 0
  #arePartsWaiting = false

  constructor({ logs, units }: Pick<RunState, 'logs' | 'units'>) {
    this.#known = [...logs]
    this.#units = new Map(Object.entries(units))
  }

  /** By the path of each log the units that were told of it. */
  get units(): UnitsByPath {
    const paths = new Set(this.logs().map(({ path }) => path))
    return Object.fromEntries([...this.#units].filter(([path]) => paths.has(path)))
  }

  /** Units that earlier runs were told of a log. */
  unitsOf({ name }: Input): readonly KnownUnit[] {
    return this.#units.get(name) ?? []
  }

  /** What this run was told of them. */
  keepUnits(input: Input, found: readonly Inference[]): void {
    const units = found.flatMap(({ key, path, unit }) =>
      unit === null ? [] : [{ key, path, unit }],
    )
    if (units.length > 0) this.#units.set(input.name, [...this.unitsOf(input), ...units])
  }

  /** Last lines that have no end yet: they are left for the next run. */
  get waiting(): number {
    return this.#waiting
  }

  /** Whether parts of lines at the end of the input that was read last are left for the next run. */
  get arePartsWaiting(): boolean {
    return this.#arePartsWaiting
  }

  /** What has to be remembered after this run. */
  logs(): KnownLog[] {
    const away = this.#known
      .map((log) => ({ ...log, unseen: log.unseen + 1 }))
      .filter(({ unseen }) => unseen <= MAX_UNSEEN)
    return [...this.#read, ...away].slice(0, MAX_LOGS)
  }

  /**
   * The lines of an input that no run has read yet. A last line without an end waits: it is read once it has one, in a
   * compressed file at once, else when it is whole and has not grown since the run before. So do parts of lines that a
   * container runtime has cut: `parts` are told of them.
   */
  async *entries(input: Input, options: ReadOptions, parts: FileParts): AsyncGenerator<Batch> {
    this.#arePartsWaiting = false
    const identity = input.path === null ? undefined : await identityOf(input.path)
    // A pipe has no place to come back to.
    if (input.path === null || identity === undefined) {
      yield* all(input, options)
      return
    }
    if (this.#isUnchanged(input.path, identity)) return
    const head = await textPart(input, 0, PART_BYTES)
    const other = otherFormat(head, input.name) ?? unplaced(head)
    if (other !== undefined) {
      options.onDamage?.(other)
      return
    }
    const candidates = this.#candidates(input.path, identity.inode, head)
    // The text before the place has to be the same, too, else it is another log that begins alike.
    for (const log of candidates) {
      if (await isSame(input, log)) {
        this.#known.splice(this.#known.indexOf(log), 1)
        yield* this.#rest(input, identity, { ...options, parts }, log)
        return
      }
    }
    if (await this.#isCopy(input, head)) return
    const before = this.#begunBefore(input.path, identity.inode)
    yield* this.#rest(input, identity, { ...options, parts }, before)
  }

  /** Whether a file is as it was when it was read: then it need not be opened. */
  #isUnchanged(path: string, { inode, stamp }: Identity): boolean {
    const at = this.#known.findIndex(
      (log) => log.inode === inode && log.stamp === stamp && !log.waiting && !isBegun(log),
    )
    const [log] = at === -1 ? [] : this.#known.splice(at, 1)
    if (log !== undefined) this.#read.push({ ...log, path, unseen: 0 })
    return log !== undefined
  }

  /** A log of which no line had an end. */
  #begunBefore(path: string, inode: string): KnownLog | undefined {
    const at = this.#known.findIndex(
      (log) => log.offset === 0 && log.path === path && log.inode === inode,
    )
    return at === -1 ? undefined : this.#known.splice(at, 1)[0]
  }

  /** Logs that begin as this one does, the likeliest first. */
  #candidates(path: string, inode: string, head: Buffer): KnownLog[] {
    const likeness = (log: KnownLog) => (log.inode === inode ? 2 : 0) + (log.path === path ? 1 : 0)
    return this.#known
      .filter((log) => log.offset > 0 && headHash(head, log.offset) === log.head)
      .toSorted((a, b) => likeness(b) - likeness(a) || b.offset - a.offset)
  }

  /** A log that was read in this run under another name: it is being copied or compressed. */
  async #isCopy(input: Input, head: Buffer): Promise<boolean> {
    for (const log of this.#read) {
      const begins = log.offset > 0 && headHash(head, log.offset) === log.head
      if (begins && (await isSame(input, log))) return true
    }
    return false
  }

  async *#rest(
    input: Input,
    identity: Identity,
    { parts, ...options }: ReadOptions & { readonly parts: FileParts },
    before?: KnownLog,
  ): AsyncGenerator<Batch> {
    const path = input.path as string
    const from = before?.offset ?? 0
    const splitter = new LineSplitter()
    await replay(input, before, { splitter, parts })
    const reached = new Reached(from, await textPart(input, Math.max(0, from - PART_BYTES), from))
    let isDamaged = false
    const onDamage = (reason: string, isWhole = false) => {
      isDamaged ||= !isWhole
      options.onDamage?.(reason, isWhole)
    }
    for await (const chunk of readTextFrom(input, from, { ...options, onDamage }))
      yield lineBatch(splitter, reached.take(chunk))
    const [line] = isDamaged || options.signal?.aborted ? [] : splitter.end()
    const waiting = reached.begunBytes
    const isEnded = isDamaged || (await isCompressed(path))
    const isRead = line !== undefined && (isEnded || (waiting === before?.waiting && isJson(line)))
    if (isRead) {
      yield { form: 'lines', entries: [line] }
      reached.takeBegun()
    } else if (line !== undefined && !isBlank(line.bytes)) {
      this.#waiting += 1
    }
    const head = headHash(await textPart(input, 0, PART_BYTES), reached.offset) ?? ''
    const place = { offset: reached.offset, head, tail: hashOf(reached.last) }
    const begun = isEnded
      ? {}
      : await this.#begunParts(input, before?.parts?.from ?? reached.begin, parts)
    const last = { ...begun, waiting: isRead ? 0 : waiting }
    this.#read.push({ path, ...identity, unseen: 0, ...place, ...last })
  }

  /** Where lines begin of which parts are still to come; lines are numbered from `base` on. */
  async #begunParts(
    input: Input,
    base: number,
    { numbers, count }: FileParts,
  ): Promise<Pick<KnownLog, 'parts'>> {
    const [first] = numbers
    if (first === undefined) return {}
    this.#arePartsWaiting = true
    this.#waiting += count
    const from = await placeOfLine(input, base, first)
    return { parts: { from, lines: numbers.map((number) => number - first) } }
  }
}

function isBegun({ parts }: KnownLog): boolean {
  return parts !== undefined
}

/** Reads again what was counted, from the first line on that goes on in this run, for its parts alone. */
async function replay(
  input: Input,
  before: KnownLog | undefined,
  { splitter, parts }: { readonly splitter: LineSplitter; readonly parts: FileParts },
): Promise<void> {
  if (before?.parts === undefined) return
  const { from, lines } = before.parts
  const take = (line: Line) => parts.replay(line, lines.includes(line.number - 1))
  let left = before.offset - from
  for await (const chunk of readTextFrom(input, from)) {
    for (const line of splitter.push(chunk.subarray(0, left))) take(line)
    left -= chunk.length
    if (left <= 0) break
  }
  for (const line of splitter.end()) take(line)
}

/** Where a line begins, of those from a place on. */
async function placeOfLine(input: Input, from: number, number: number): Promise<number> {
  let left = number - 1
  let place = from
  for await (const chunk of readTextFrom(input, from)) {
    for (let at = 0; left > 0; left--) {
      const end = chunk.indexOf(10, at)
      if (end === -1) break
      at = end + 1
      if (left === 1) return place + at
    }
    if (left === 0) break
    place += chunk.length
  }
  return place
}

/** Whether a line without an end is all there. */
function isJson(line: Line): boolean {
  return parseEntry(line).kind === 'value'
}

async function* all(input: Input, options: ReadOptions): AsyncGenerator<Batch> {
  const splitter = new LineSplitter()
  for await (const chunk of readLent(input, options)) yield lineBatch(splitter, chunk)
  yield { form: 'lines', entries: splitter.end() }
}

/** Whether a log has what was read of another, to the place that was reached. */
async function isSame(input: Input, log: KnownLog): Promise<boolean> {
  const tail = await textPart(input, Math.max(0, log.offset - PART_BYTES), log.offset)
  return tail.length === Math.min(PART_BYTES, log.offset) && hashOf(tail) === log.tail
}

/** Why what begins so cannot be read in parts; undefined for JSON Lines. */
function unplaced(head: Buffer): string | undefined {
  if (utf16Of(head) !== undefined) return `it is UTF-16, ${NO_PLACE}`
  const form = guessForm(head)
  if (form === 'array') return `it is a JSON array, ${NO_PLACE}`
  return form === 'objects' ? `its objects have several lines each, ${NO_PLACE}` : undefined
}

/** What tells without reading whether a file is still the same. */
type Identity = Pick<KnownLog, 'inode' | 'stamp'>

/** Undefined for what is no file. */
async function identityOf(path: string): Promise<Identity | undefined> {
  const info = await stat(path, { bigint: true })
  if (!info.isFile()) return undefined
  const { dev, ino, size, mtimeNs, ctimeNs } = info
  return { inode: `${dev}:${ino}`, stamp: `${size}:${mtimeNs}:${ctimeNs}` }
}
