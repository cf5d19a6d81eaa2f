/** A block is what is counted of the spans of so many row ids: 2,048. Part of the schema. */
export const BLOCK_BITS = 11

/** Columns by which calls are grouped and filtered. */
export const LABELS = [
  'tenant',
  'status',
  'provider',
  'model',
  'prompt_name',
  'prompt_version',
  'workflow',
  'step',
  'agent',
  'service',
  'environment',
  'release',
] as const
/** One of `LABELS`. */
export type Label = (typeof LABELS)[number]

/** Numbers of calls; what is not known is NaN. `nano` is the cost in nano-dollars. */
export const NUMBERS = ['start', 'duration', 'input', 'output', 'nano'] as const
/** One of `NUMBERS`. */
export type NumberColumn = (typeof NUMBERS)[number]

/** A call repeats another one; another one repeats it; it repeats one of unknown cost, directly or not. */
export const FLAG = { isRetry: 1, isRepeated: 2, repeatsUnpriced: 4 } as const

/** Calls, column by column. */
export interface CallBlock {
  readonly rows: number
  readonly numbers: Readonly<Record<NumberColumn, Float64Array>>
  readonly flags: Uint8Array
  /** For how many calls each stands; undefined where each stands for itself. */
  readonly weights: Float64Array | undefined
  /** Of each label its values, and which row has which. */
  readonly labels: Readonly<Record<Label, LabelColumn>>
}

/** A column of few values; `codes` is undefined where all rows have the only one. */
export interface LabelColumn {
  readonly values: readonly (string | null)[]
  readonly codes: Uint16Array | undefined
}

interface Head {
  readonly rows: number
  readonly weighed: boolean
  readonly values: readonly (readonly (string | null)[])[]
}

/** A block as bytes: the length of its head, the head as JSON, the numbers, the codes, the weights, the flags. */
export function packBlock({ rows, numbers, flags, weights, labels }: CallBlock): Buffer {
  const weighed = weights !== undefined
  const head: Head = { rows, weighed, values: LABELS.map((label) => labels[label].values) }
  const json = Buffer.from(JSON.stringify(head))
  const length = Buffer.alloc(4)
  length.writeUInt32LE(json.length)
  return Buffer.concat([
    length,
    json,
    ...NUMBERS.map((name) => bytesOf(numbers[name])),
    ...LABELS.flatMap((label) => {
      const { codes } = labels[label]
      return codes === undefined ? [] : [bytesOf(codes)]
    }),
    ...(weights === undefined ? [] : [bytesOf(weights)]),
    flags,
  ])
}

/** The block from its bytes. */
export function unpackBlock(packed: Buffer): CallBlock {
  let at = 4 + packed.readUInt32LE(0)
  const { rows, weighed, values } = JSON.parse(packed.toString('utf8', 4, at)) as Head
  const take = (bytes: number): ArrayBuffer => {
    // A copy, since numbers must begin at a multiple of their size.
    const copy = Uint8Array.prototype.slice.call(packed, at, at + bytes)
    at += bytes
    return copy.buffer as ArrayBuffer
  }
  const numbers = NUMBERS.map((name) => [name, new Float64Array(take(rows * 8))] as const)
  const labels = LABELS.map((label, place) => {
    const own = values[place] ?? []
    return [
      label,
      { values: own, codes: own.length < 2 ? undefined : new Uint16Array(take(rows * 2)) },
    ] as const
  })
  return {
    rows,
    numbers: Object.fromEntries(numbers) as CallBlock['numbers'],
    labels: Object.fromEntries(labels) as CallBlock['labels'],
    weights: weighed ? new Float64Array(take(rows * 8)) : undefined,
    flags: new Uint8Array(take(rows)),
  }
}

/** Codes of a column from its values. */
export function labelColumn(texts: readonly (string | null)[]): LabelColumn {
  const values = [...new Set(texts)]
  if (values.length < 2) return { values, codes: undefined }
  const places = new Map(values.map((value, place) => [value, place]))
  return { values, codes: Uint16Array.from(texts, (text) => places.get(text) ?? 0) }
}

function bytesOf(values: Float64Array | Uint16Array): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength)
}
