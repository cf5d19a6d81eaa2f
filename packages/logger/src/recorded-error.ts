import type { RecordedError, Status } from '@recount/record'
import { maskText } from '@recount/redact'
import { read } from './fields.ts'

const MAX_MESSAGE_BYTES = 1024
const MAX_CAUSES = 5

/** An error as it is recorded: masked, bounded, whatever was thrown; never throws. */
export function recordedError(thrown: unknown, depth = 0): RecordedError {
  try {
    return describe(thrown, depth)
  } catch {
    return { type: 'unreadable', message: 'The error could not be read' }
  }
}

function describe(thrown: unknown, depth: number): RecordedError {
  if (typeof thrown !== 'object' || thrown === null) {
    return { type: typeof thrown, message: clip(String(thrown)) }
  }
  const { code, status, statusCode, message, cause } = thrown as Record<string, unknown>
  const recorded: RecordedError = {
    type: typeName(thrown),
    message: clip(typeof message === 'string' ? message : ''),
  }
  if (typeof code === 'string' || typeof code === 'number') recorded.code = clip(String(code))
  const http = typeof status === 'number' ? status : statusCode
  if (typeof http === 'number' && Number.isInteger(http)) recorded.status = http
  if (cause !== undefined && cause !== null && depth < MAX_CAUSES)
    recorded.cause = recordedError(cause, depth + 1)
  return recorded
}

/** The class says more than `name`, which SDKs often leave at `Error`. */
function typeName(thrown: object): string {
  const { name } = thrown as { name?: unknown }
  if (typeof name === 'string' && name !== 'Error' && name !== '') return clip(name)
  const className = (thrown as { constructor?: { name?: unknown } }).constructor?.name
  return typeof className === 'string' && className !== '' ? clip(className) : 'Error'
}

/** A message as it is recorded: masked, 1 KB of UTF-8 at most. */
export function clip(text: string): string {
  const masked = maskText(text.length > 8192 ? text.slice(0, 8192) : text).toWellFormed()
  if (Buffer.byteLength(masked) <= MAX_MESSAGE_BYTES) return masked
  let end = MAX_MESSAGE_BYTES
  while (Buffer.byteLength(masked.slice(0, end)) > MAX_MESSAGE_BYTES - 3) end -= 16
  return `${masked.slice(0, end).toWellFormed()}…`
}

/** Names under which clients report that the caller stopped them; a timeout is not among them, it is an error. */
const ABORTS = [
  'AbortError',
  'APIUserAbortError',
  'CanceledError',
  'ResponseAborted',
  'RequestAbortedError',
]

/**
 * How something that threw has ended: `aborted` when the caller stopped it, `partial` when part of the answer had
 * already come, else `error`.
 */
export function failedStatus(
  thrown: unknown,
  signal: AbortSignal | undefined,
  begun: boolean,
): Status {
  const { type } = recordedError(thrown)
  const timedOut = type === 'TimeoutError' || nameOf(signal?.reason) === 'TimeoutError'
  if (!timedOut && (ABORTS.includes(type) || signal?.aborted === true)) return 'aborted'
  return begun ? 'partial' : 'error'
}

function nameOf(value: unknown): unknown {
  return typeof value === 'object' && value !== null ? read(value, 'name') : undefined
}
