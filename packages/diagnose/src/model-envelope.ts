import { read } from './safe-read.ts'

/** How sure the shape of an object makes it that an API of models tells of an error: only theirs has it, or theirs and few others’. */
export type Envelope = 'own' | 'shared'

/** What the shape of an object says of who made it; undefined where it says nothing. */
export function envelopeShape(object: object): Envelope | undefined {
  const message = read(object, 'message')
  if (message === undefined) return isAnthropic(object) ? 'own' : undefined
  if (typeof message !== 'string') return undefined
  if (read(object, 'object') === 'error') return 'own'
  if (isOpenAi(object)) return 'own'
  return isGoogle(object) ? 'shared' : undefined
}

/** `{ type: 'error', error: { type: 'overloaded_error', message } }`. */
function isAnthropic(object: object): boolean {
  if (read(object, 'type') !== 'error') return false
  const error = read(object, 'error')
  return typeof read(error, 'type') === 'string' && typeof read(error, 'message') === 'string'
}

/** `{ message, type, param, code }`, all of them there; Stripe’s is like it, and links to its own pages. */
function isOpenAi(object: object): boolean {
  return (
    read(object, 'param') !== undefined &&
    read(object, 'code') !== undefined &&
    read(object, 'type') !== undefined &&
    STRIPE.every((key) => read(object, key) === undefined)
  )
}

const STRIPE = ['doc_url', 'request_log_url', 'decline_code', 'charge', 'payment_intent'] as const

/** `{ code, message, status }` with a name of gRPC; older APIs of Google give a list of `errors`, too. */
function isGoogle(object: object): boolean {
  const status = read(object, 'status')
  return (
    typeof status === 'string' &&
    GRPC.has(status) &&
    typeof read(object, 'code') === 'number' &&
    read(object, 'errors') === undefined
  )
}

const GRPC: ReadonlySet<string> = new Set([
  'INVALID_ARGUMENT',
  'FAILED_PRECONDITION',
  'OUT_OF_RANGE',
  'UNAUTHENTICATED',
  'PERMISSION_DENIED',
  'NOT_FOUND',
  'ABORTED',
  'ALREADY_EXISTS',
  'RESOURCE_EXHAUSTED',
  'CANCELLED',
  'DATA_LOSS',
  'UNKNOWN',
  'INTERNAL',
  'NOT_IMPLEMENTED',
  'UNIMPLEMENTED',
  'UNAVAILABLE',
  'DEADLINE_EXCEEDED',
])
