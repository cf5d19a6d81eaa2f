import type { RecordedError, Status } from '@recount/record'
import { maskText } from '@recount/redact'
import { maskedForCut } from './cut.ts'
import { read } from './fields.ts'
import { withoutQuotes } from './quotes.ts'

const MAX_MESSAGE_BYTES = 1024
const MAX_CAUSES = 5
/** Of longer messages no more is looked at. */
const MAX_READ = 8192

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
    return { type: typeof thrown, message: clip(withoutReply(typeof thrown, String(thrown))) }
  }
  const { code, status, statusCode, message, cause } = thrown as Record<string, unknown>
  const type = typeName(thrown)
  const recorded: RecordedError = {
    type,
    message: clip(typeof message === 'string' ? withoutReply(type, message) : ''),
  }
  if (typeof code === 'string' || typeof code === 'number') recorded.code = clip(String(code))
  const http = typeof status === 'number' ? status : statusCode
  if (typeof http === 'number' && Number.isInteger(http)) recorded.status = http
  if (cause !== undefined && cause !== null && depth < MAX_CAUSES)
    recorded.cause = recordedError(cause, depth + 1)
  return recorded
}

/** What an error says of itself, with what it quotes, as it is recorded where content is open. */
export function messageOf(thrown: unknown): string {
  const message = typeof thrown === 'object' && thrown !== null ? read(thrown, 'message') : thrown
  return typeof message === 'string' ? clip(message) : recordedError(thrown).message
}

/** Classes whose message quotes what could not be parsed: JSON.parse's, and those of libraries that parse replies. */
const PARSING = /SyntaxError|JSONParseError|TypeValidationError|OutputParserException|ZodError/
/** The words of JSON.parse, which are passed on in messages of other classes. */
const PARSING_WORDS = /is not valid JSON|\bin JSON\b|\bJSON input\b/
const NAMED = /\b(Text|Value): .*/s

/** A message of a failed parse without what it quotes: that is what the model said. */
function withoutReply(type: string, message: string): string {
  const said = message.slice(0, MAX_READ)
  if (!PARSING.test(type) && !PARSING_WORDS.test(said)) return said
  return withoutQuotes(said.replace(NAMED, '$1: [Content]'))
}

/** The class says more than `name`, which SDKs often leave at `Error`. */
function typeName(thrown: object): string {
  const { name } = thrown as { name?: unknown }
  if (typeof name === 'string' && name !== 'Error' && name !== '') return clip(name)
  const className = (thrown as { constructor?: { name?: unknown } }).constructor?.name
  return typeof className === 'string' && className !== '' ? clip(className) : 'Error'
}

/** A message as it is recorded: credentials masked, 1 KB of UTF-8 at most. The door looks for the rest. */
export function clip(text: string): string {
  const whole = maskText(text.slice(0, MAX_READ)).toWellFormed()
  if (Buffer.byteLength(whole) <= MAX_MESSAGE_BYTES) return whole
  const masked = maskedForCut(whole)
  let end = MAX_MESSAGE_BYTES
  if (Buffer.byteLength(masked) <= MAX_MESSAGE_BYTES) return masked
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
