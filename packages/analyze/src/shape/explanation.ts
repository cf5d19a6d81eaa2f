import { type Inference, toNumber } from '@recount/record/shapes'
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

interface Shape {
  records: number
  readonly title: string
  firstLine: number
  readonly why: string
  readonly fields: Map<string, Map<string, number>>
}

interface File {
  readonly name: string
  form: Form | null
  lines: number
  readonly shapes: Map<string, Shape>
  inferred: readonly Inference[]
  readonly unreadable: Map<string, number>
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

  /** A record was counted. */
  record(found: Recognised & { kind: 'call' }): void {
    const { shape, title, why, line, sources, reading, unreadable = [] } = found
    const seen = entry(this.#current.shapes, shape, () => ({
      ...{ records: 0, title, why, firstLine: line },
      fields: new Map<string, Map<string, number>>(),
    }))
    seen.records += 1
    seen.firstLine = Math.min(seen.firstLine, line)
    for (const [, path] of unreadable) this.#unreadable(path)
    for (const [key, path] of sources) {
      const paths = entry(seen.fields, key, () => new Map<string, number>())
      if (key.endsWith('_tokens') && toNumber(reading[key]) === null) this.#unreadable(path)
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

  #unreadable(path: string): void {
    const { unreadable } = this.#current
    if (unreadable.size < MAX_KEYS || unreadable.has(path))
      unreadable.set(path, (unreadable.get(path) ?? 0) + 1)
  }

  files(): FileExplained[] {
    return this.#files.map(({ name, form, lines, shapes, inferred, ...rest }) => ({
      file: name,
      form: lines === 0 ? null : form,
      lines,
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
      unreadable: Object.fromEntries(rest.unreadable),
      unknown: rest.unknown,
      unknown_keys: Object.fromEntries([...rest.unknownKeys].sort(([, a], [, b]) => b - a)),
    }))
  }
}

function newFile(name: string): File {
  return {
    ...{ name, form: null, lines: 0, shapes: new Map() },
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
