import { isRow, lookUp, type Row } from './paths.ts'

/** A line that may be a part of one that a container runtime cut. */
export interface LinePart {
  /** What tells the streams of a file apart. */
  readonly stream: string
  /** What the process wrote; of a line of bytes, a letter for each. */
  readonly text: string
  /** Whether the line of the process ends here; undefined where nobody says so. */
  readonly ends: boolean | undefined
  /** This line with another text, as one that is not cut. */
  readonly whole: (text: string) => Buffer
}

/** Of containerd, CRI-O and Podman: time, stream, and `P` for a part or `F` for what ends a line. */
const RUNTIME = /^(\d{4}-\d\d-\S{1,40} (std(?:out|err)) )([PF])((?::\S{0,100})? )/
const HEAD_BYTES = 200
const ZERO = 0x30
const NINE = 0x39

/** What a line of a container runtime says, in bytes, since characters are cut, too; undefined for any other line. */
export function runtimePart(line: Uint8Array): LinePart | undefined {
  const first = line[0] as number
  if (!(first >= ZERO && first <= NINE)) return undefined
  const bytes = Buffer.from(line.buffer, line.byteOffset, line.length)
  if (!RUNTIME.test(bytes.toString('latin1', 0, HEAD_BYTES))) return undefined
  return partOfRuntime(bytes.toString('latin1'), (text) => Buffer.from(text, 'latin1'))
}

/** Where Docker, Fluentd, Fluent Bit and journald put what a process wrote. */
const TEXTS = ['log', 'message', 'MESSAGE', 'msg']
const STREAMS = ['stdout', 'stderr']
/** Whose line it is, where a collector writes those of many into one file. */
const SOURCES = [
  ...['partial_id', 'CONTAINER_PARTIAL_ID', 'container_id', 'CONTAINER_ID_FULL', 'CONTAINER_ID'],
  ...['_STREAM_ID', 'kubernetes.docker_id', 'docker.container_id', 'container_name'],
  ...['kubernetes.pod_name', 'kubernetes.container_name'],
]

/** What a record of a container's log says; undefined for one that no runtime can have cut. */
export function recordPart(row: unknown): LinePart | undefined {
  if (!isRow(row) || row.recount !== undefined) return undefined
  const key = TEXTS.find((name) => typeof row[name] === 'string')
  if (key === undefined) return undefined
  const text = row[key] as string
  const mark = markOf(row)
  const stream = row.stream ?? row.source
  const isStream = key === 'log' ? STREAMS.includes(stream as string) : row._STREAM_ID !== undefined
  const whole = (joined: string) => Buffer.from(JSON.stringify({ ...row, [key]: joined }))
  const inner = partOfRuntime(text, whole)
  if (inner !== undefined) return { ...inner, stream: `${inner.stream} ${sourceOf(row)}` }
  if (mark === undefined && !isStream) return undefined
  // Docker leaves the line end out where it cuts; others leave it out everywhere.
  const ends = mark ?? (text.endsWith('\n') ? true : undefined)
  return { stream: `${String(stream)} ${sourceOf(row)}`, text, ends, whole }
}

function sourceOf(row: Row): string {
  return SOURCES.map((path) => lookUp(row, path) ?? '').join(' ')
}

function partOfRuntime(line: string, whole: LinePart['whole']): LinePart | undefined {
  const [head, before = '', stream = '', tag, after = ''] = RUNTIME.exec(line) ?? []
  if (head === undefined) return undefined
  const ended = (text: string) => whole(`${before}F${after}${text}`)
  return { stream, text: line.slice(head.length), ends: tag === 'F', whole: ended }
}

/** What a record says of its line's end. */
function markOf(row: Row): boolean | undefined {
  const tag = row.logtag ?? row._p
  if (typeof tag === 'string') return !tag.startsWith('P')
  if (row._LINE_BREAK === 'line-max') return false
  for (const [part, last] of PARTIAL) {
    if (row[part] !== undefined && String(row[part]) === 'true') return String(row[last]) === 'true'
  }
  return undefined
}

const PARTIAL = [
  ['partial_message', 'partial_last'],
  ['CONTAINER_PARTIAL_MESSAGE', 'CONTAINER_PARTIAL_LAST'],
] as const
