import type { Form } from '../input/entries.ts'
import type { FileExplained } from '../report.ts'
import { shapeTitle } from './recognise.ts'

/** Files that are explained one by one. */
const MAX_FILES = 1_000
/** Keys of lines of unknown shape that are named. */
const MAX_KEYS = 30
const MAX_KEY_LENGTH = 200

interface Shape {
  records: number
  readonly why: string
  readonly fields: Map<string, Map<string, number>>
}

interface File {
  readonly name: string
  form: Form | null
  lines: number
  readonly shapes: Map<string, Shape>
  readonly fields: Map<string, Map<string, Map<string, number>>>
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

  /** A value of a foreign record was found at a path. Bound, so that it can be passed on. */
  readonly field = (shape: string, key: string, path: string): void => {
    const keys = entry(this.#current.fields, shape, () => new Map<string, Map<string, number>>())
    const paths = entry(keys, key, () => new Map<string, number>())
    paths.set(path, (paths.get(path) ?? 0) + 1)
  }

  record(shape: string, why: string): void {
    const found = entry(this.#current.shapes, shape, () => ({
      records: 0,
      why,
      fields: entry(this.#current.fields, shape, () => new Map()),
    }))
    found.records += 1
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

  files(): FileExplained[] {
    return this.#files.map(({ name, form, lines, shapes, unknown, unknownKeys }) => ({
      file: name,
      form: lines === 0 ? null : form,
      lines,
      shapes: [...shapes].map(([shape, { records, why, fields }]) => ({
        shape,
        title: shapeTitle(shape),
        records,
        why,
        fields: Object.fromEntries(
          [...fields].map(([key, paths]) => [key, Object.fromEntries(paths)]),
        ),
      })),
      unknown,
      unknown_keys: Object.fromEntries([...unknownKeys].sort(([, a], [, b]) => b - a)),
    }))
  }
}

function newFile(name: string): File {
  return {
    ...{ name, form: null, lines: 0, shapes: new Map(), fields: new Map() },
    ...{ unknown: 0, unknownKeys: new Map() },
  }
}

function entry<Value>(map: Map<string, Value>, key: string, create: () => Value): Value {
  const found = map.get(key)
  if (found !== undefined) return found
  const created = create()
  map.set(key, created)
  return created
}
