import type { Clue, LogShape } from '../shapes/shape.ts'
import { toNumber } from '../shapes/times.ts'
import type { Leaf } from './leaves.ts'
import { wordsOf } from './words.ts'

/** Words that may stand before or after `error` in the name of a key that tells of one. */
const ERROR_KEY: ReadonlySet<string> = new Set([
  ...[
    'error',
    'code',
    'type',
    'message',
    'msg',
    'name',
    'class',
    'kind',
    'text',
    'is',
    'has',
    'str',
  ],
  ...['string', 'reason', 'status', 'api', 'llm', 'provider', 'request', 'response', 'category'],
])
const TYPE_WORDS = ['type', 'class', 'name', 'kind', 'code']
const STATUS_NAMES = [
  'status',
  'outcome',
  'result',
  'state',
  'status code',
  'http status',
  'http status code',
  'response status',
  'end status',
  'call status',
  'request status',
  'grpc status',
]
/** The logger's own word for how bad a line is. */
const LEVEL_NAMES = ['level', 'severity', 'log level', 'levelname', 'level name', 'loglevel']
const BAD_LEVELS = ['error', 'fatal', 'critical', 'ERROR', 'FATAL', 'CRITICAL', 'Error', 50, 60]
const TRUE_IS_GOOD = [
  'success',
  'succeeded',
  'successful',
  'ok',
  'is success',
  'is ok',
  'was successful',
  'succeed',
  'passed',
]
const TRUE_IS_BAD = [
  'failed',
  'is failed',
  'fail',
  'is failure',
  'timed out',
  'timeout',
  'is timeout',
]
const TRUE_IS_ABORT = ['aborted', 'cancelled', 'canceled', 'is aborted', 'is cancelled']

function oneOf(texts: readonly string[]): ReadonlySet<string> {
  return new Set(texts.map((text) => wordsOf(text).sort().join(' ')))
}

const STATUS = oneOf(STATUS_NAMES)
const LEVEL = oneOf(LEVEL_NAMES)
const GOOD = oneOf(TRUE_IS_GOOD)
const BAD = oneOf(TRUE_IS_BAD)
const ABORT = oneOf(TRUE_IS_ABORT)
const ERROR_COUNT = oneOf(['error count', 'num errors', 'n errors', 'number errors'])
const FINISH = oneOf(['finish reason', 'stop reason', 'completion reason'])

/** How a record says that its call failed, and where it names the error. */
export interface Endings extends Pick<LogShape, 'failed' | 'succeeded' | 'aborted'> {
  /** A level of the line, which says so where nothing else does. */
  readonly levels: readonly Clue[]
  readonly errorTypes: readonly string[]
}

/** What the scalars of a record tell of an ending; objects, lists and nulls under `error` count, too. */
export function endingsOf(leaves: readonly Leaf[], others: readonly string[]): Endings {
  const found: Found = { failed: [], succeeded: [], aborted: [], levels: [], errorTypes: [] }
  for (const path of others) {
    if (!isErrorKey([wordsOf(lastOf(path))])) continue
    found.failed.push({ path, is: 'set' })
    for (const first of [`${path}.0`, `${path}.0.type`, `${path}.0.code`])
      found.errorTypes.push({ path: first, rank: TYPE_WORDS.length + 1 })
  }
  const isGrpc = leaves.some(namesGrpc)
  for (const leaf of leaves) {
    collect(leaf, found)
    collectCode(leaf, isGrpc, found)
  }
  found.errorTypes.sort((a, b) => a.rank - b.rank)
  return { ...found, errorTypes: found.errorTypes.map(({ path }) => path) }
}

interface Found {
  readonly failed: Clue[]
  readonly succeeded: Clue[]
  readonly aborted: Clue[]
  readonly levels: Clue[]
  readonly errorTypes: { readonly path: string; readonly rank: number }[]
}

function collect({ path, segments, value }: Leaf, found: Found): void {
  const words = segments.map(wordsOf)
  const name = (words.at(-1) ?? []).toSorted().join(' ')
  if (isErrorKey(words)) {
    found.failed.push({ path, is: 'set' })
    if (typeof value !== 'boolean') found.errorTypes.push({ path, rank: typeRank(words.flat()) })
  } else if (ERROR_COUNT.has(name)) {
    found.failed.push({ path, is: 'set' })
  } else if (FINISH.has(name)) {
    found.failed.push({ path, is: ['error', 'ERROR'] })
  } else if (STATUS.has(name)) {
    found.aborted.push({ path, is: 'abort-word' })
    found.failed.push({ path, is: 'failure-word' }, { path, is: 'http-error' })
    found.succeeded.push({ path, is: 'success-word' }, { path, is: 'http-success' })
  } else {
    collectFlag(path, name, found)
  }
}

function collectFlag(path: string, name: string, found: Found): void {
  if (GOOD.has(name)) {
    found.failed.push({ path, is: 'no' })
    found.succeeded.push({ path, is: 'yes' })
  }
  if (LEVEL.has(name)) found.levels.push({ path, is: BAD_LEVELS })
  if (BAD.has(name)) found.failed.push({ path, is: 'yes' })
  if (ABORT.has(name)) found.aborted.push({ path, is: 'yes' })
}

/** Numbers by which a process or an RPC names its ending: 0 is none, and 1 may be either outside of gRPC. */
function collectCode({ path, segments, value }: Leaf, isGrpc: boolean, found: Found): void {
  const words = segments.flatMap(wordsOf)
  if (
    STATUS.has(
      wordsOf(segments.at(-1) ?? '')
        .sort()
        .join(' '),
    ) &&
    !words.includes('grpc')
  )
    return
  const isOwn = segments.length === 1 || words.includes('status') || words.includes('grpc')
  const isCode = words.at(-1) === 'code' || (words.includes('grpc') && words.at(-1) === 'status')
  if (!isOwn || !isCode || toNumber(value) === null || isErrorKey(segments.map(wordsOf))) return
  const isExit = words.includes('exit')
  if (!isExit && !words.every((word) => CODE_WORDS.includes(word))) return
  if (isExit) found.failed.push({ path, is: 'set' })
  else found.failed.push({ path, is: isGrpc ? [1, '1', ...RPC_CODES] : RPC_CODES })
  found.failed.push({ path, is: 'http-error' })
  found.succeeded.push({ path, is: [0, '0'] }, { path, is: 'http-success' })
  if (!isExit) found.errorTypes.push({ path, rank: TYPE_WORDS.length })
}

const CODE_WORDS = ['code', 'status', 'grpc', 'rpc', 'result', 'return', 'response', 'http']
/** The codes of gRPC from 2, UNKNOWN, which is OpenTelemetry's for an error, too. */
const RPC_CODES = Array.from({ length: 15 }, (_, i) => i + 2).flatMap((code) => [code, `${code}`])

function namesGrpc({ segments, value }: Leaf): boolean {
  return segments.flatMap(wordsOf).includes('grpc') || value === 'grpc'
}

function lastOf(path: string): string {
  return path.slice(path.lastIndexOf('.') + 1)
}

/** `error`, `err.code`, `error_type`, `exceptionClass`; not `on_error`. */
function isErrorKey(segments: readonly (readonly string[])[]): boolean {
  const from = segments.findIndex((words) => words.includes('error'))
  return (
    from !== -1 &&
    segments
      .slice(from)
      .flat()
      .every((word) => ERROR_KEY.has(word))
  )
}

function typeRank(words: readonly string[]): number {
  const at = TYPE_WORDS.findIndex((word) => words.includes(word))
  return at === -1 ? TYPE_WORDS.length : at
}
