import type { Inference } from '@recount/record/shapes'
import type { Form } from '../input/entries.ts'
import type { FileExplained } from '../report.ts'
import type { Recognised } from './recognise.ts'

/** Files that are explained one by one. */
const MAX_FILES = 1_000
/** Keys of lines of unknown shape that are named. */
const MAX_KEYS = 30
const MAX_KEY_LENGTH = 200
/** Places that are named for one key. */
const MAX_PATHS = 20
/** Lines that are named of values that could not be read. */
const MAX_LINES = 5

interface Shape {
  records: number
  readonly title: string
  firstLine: number
  readonly why: string
  readonly fields: Map<string, Map<string, number>>
}

/** Where a call stands, and which key of ours was found where in it. */
export interface Place {
  readonly file: string
  readonly line: number
  readonly sources: readonly (readonly [key: string, path: string])[]
}

interface Unread {
  readonly key: string
  readonly path: string
  count: number
  readonly first_lines: number[]
}

interface File {
  readonly name: string
  form: Form | null
  lines: number
  /** Lines that were put together, and of how many parts. */
  readonly joined: { lines: number; parts: number }
  readonly shapes: Map<string, Shape>
  inferred: readonly Inference[]
  readonly unreadable: Map<string, Unread>
  unknown: number
  readonly unknownKeys: Map<string, number>
}

/** Keeps what each file was taken for, and by what. */
export class Explanation {
  readonly #files: File[] = []
  #current: File = newFile('')

  /** Another file begins. */
  file(name: string): void {
    this.#current = newFile(name)
    if (this.#files.length < MAX_FILES) this.#files.push(this.#current)
  }

  entries(form: Form, count: number): void {
    this.#current.form ??= form
    this.#current.lines += count
  }

  /** A line was put together of parts. */
  joined(parts: number): void {
    this.#current.joined.lines += 1
    this.#current.joined.parts += parts
  }

  /** A record was counted. */
  record(found: Recognised & { kind: 'call' }): void {
    const { shape, title, why, line, sources } = found
    const seen = entry(this.#current.shapes, shape, () => ({
      ...{ records: 0, title, why, firstLine: line },
      fields: new Map<string, Map<string, number>>(),
    }))
    seen.records += 1
    seen.firstLine = Math.min(seen.firstLine, line)
    for (const [key, path] of sources) {
      const paths = entry(seen.fields, key, () => new Map<string, number>())
      if (paths.size < MAX_PATHS || paths.has(path)) paths.set(path, (paths.get(path) ?? 0) + 1)
    }
  }

  /** What was concluded from values of the current file. */
  inferred(inferences: readonly Inference[]): void {
    this.#current.inferred = inferences
  }

  /** A line of unknown shape. */
  unknown(value: object): void {
    const { unknownKeys } = this.#current
    this.#current.unknown += 1
    for (const key of Object.keys(value).map((name) => name.slice(0, MAX_KEY_LENGTH))) {
      const count = unknownKeys.get(key)
      if (count !== undefined || unknownKeys.size < MAX_KEYS) unknownKeys.set(key, (count ?? 0) + 1)
    }
  }

  /** A value of a key of ours was there and is not in the numbers. */
  unreadable(key: string, { file, line, sources }: Place): void {
    const { unreadable } = this.#files.find(({ name }) => name === file) ?? this.#current
    const path = sources.find(([ours]) => ours === key)?.[1] ?? key
    const id = `${key} ${path}`
    if (unreadable.size >= MAX_KEYS && !unreadable.has(id)) return
    const found = entry(unreadable, id, () => ({ key, path, count: 0, first_lines: [] }))
    found.count += 1
    if (found.first_lines.length < MAX_LINES && !found.first_lines.includes(line))
      found.first_lines.push(line)
  }

  files(): FileExplained[] {
    return this.#files.map(({ name, form, lines, joined, shapes, inferred, ...rest }) => ({
      file: name,
      form: lines === 0 ? null : form,
      lines,
      ...(joined.lines === 0 ? {} : { joined }),
      shapes: [...shapes].map(([shape, { title, records, why, firstLine, fields }]) => ({
        ...{ shape, title, records, why, first_line: firstLine },
        fields: Object.fromEntries(
          [...fields].map(([key, paths]) => [key, Object.fromEntries(paths)]),
        ),
      })),
      inferred: inferred.map(({ key, path, unit, why, lines }) => ({
        key,
        path,
        unit,
        why,
        lines,
      })),
      unreadable: Object.fromEntries(countsByPath([...rest.unreadable.values()])),
      unreadable_values: [...rest.unreadable.values()],
      unknown: rest.unknown,
      unknown_keys: Object.fromEntries([...rest.unknownKeys].sort(([, a], [, b]) => b - a)),
    }))
  }
}

function countsByPath(found: readonly Unread[]): Map<string, number> {
  const counts = new Map<string, number>()
  for (const { path, count } of found) counts.set(path, (counts.get(path) ?? 0) + count)
  return counts
}

function newFile(name: string): File {
  return {
    ...{ name, form: null, lines: 0, joined: { lines: 0, parts: 0 }, shapes: new Map() },
    ...{ inferred: [], unreadable: new Map(), unknown: 0, unknownKeys: new Map() },
  }
}

function entry<Value>(map: Map<string, Value>, key: string, create: () => Value): Value {
  const found = map.get(key)
  if (found !== undefined) return found
  const created = create()
  map.set(key, created)
  return created
}
