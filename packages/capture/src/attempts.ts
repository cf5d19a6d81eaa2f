import { createHash, randomUUID } from 'node:crypto'
import { BoundedMap } from './bounded-map.ts'
import { safely } from './safely.ts'

/** A request as far as it tells whether it repeats or replaces an earlier one. */
export interface AttemptedRequest {
  /** Where it is made: the current span as a `traceparent`; undefined outside of any. */
  readonly place: string | undefined
  readonly provider: string
  readonly model: string
  /** What goes over the wire. */
  readonly text: string
  /** What the model is asked, whoever is asked. */
  readonly input: unknown
  /** How many attempts the client says it has made before this one. */
  readonly before: number | undefined
}

/** What an attempt has to do with the ones before it. */
export interface AttemptLinks {
  readonly attempt: number
  readonly retry_of?: string
  readonly fallback_of?: string
  /** The trace of the attempt before, where no span is around them. */
  readonly trace_id?: string
  /** Monotonic time at which the first attempt began; undefined for first attempts. */
  readonly began?: number
}

interface FailedAttempt {
  /** Digest of provider and model: names come from outside, and may be of any length. */
  readonly asked: string
  readonly digest: string
  readonly input: string
  readonly attempt: number
  readonly span_id: string
  readonly trace_id: string
  readonly began: number
}

/** Failed attempts that are remembered of one place. */
const MAX_FAILED = 50
/** Outside of any span all requests have this place. */
const NOWHERE = ''

/** What one attempt holds: digests, ids and numbers. */
const ATTEMPT_BYTES = 600

const failedAttempts = new BoundedMap<FailedAttempt[]>({
  what: 'failed attempts',
  entries: 1000,
  bytes: 33_554_432,
})

/**
 * Links a request to the failed one that it repeats (same place, same wire text) or replaces (same place, same input,
 * another model or provider). Outside of any span only the client's own count tells a retry.
 */
export function linksOf(request: AttemptedRequest): AttemptLinks {
  const failed = failedAttempts.get(request.place ?? NOWHERE)
  const attempt = (request.before ?? 0) + 1
  if (failed === undefined || (request.place === undefined && !request.before)) return { attempt }
  const who = digestOf([request.provider, request.model])
  const digest = digestOf(request.text)
  const repeated = failed.findLast(
    (earlier) => isRepeated(earlier, request, who) && earlier.digest === digest,
  )
  if (repeated !== undefined) {
    forget(failed, repeated)
    const { span_id, trace_id, began } = repeated
    return { attempt: repeated.attempt + 1, retry_of: span_id, trace_id, began }
  }
  const input = request.place === undefined ? undefined : digestOf(spoken(request.input))
  const replaced = failed.findLast((earlier) => earlier.input === input && earlier.asked !== who)
  if (replaced === undefined || request.before) return { attempt }
  forget(failed, replaced)
  return { attempt, fallback_of: replaced.span_id }
}

/** Remembers a failed attempt, so that the next one can name it. */
export function rememberFailure(
  { place = NOWHERE, provider, model, text, input }: AttemptedRequest,
  { attempt, span_id, trace_id, began }: Omit<FailedAttempt, 'asked' | 'digest' | 'input'>,
): void {
  const failed = failedAttempts.get(place) ?? []
  const asked = digestOf([provider, model])
  const digests = { asked, digest: digestOf(text), input: digestOf(spoken(input)) }
  failed.push({ ...digests, attempt, span_id, trace_id, began })
  if (failed.length > MAX_FAILED) failed.shift()
  failedAttempts.set(place, failed, ATTEMPT_BYTES * failed.length)
}

function isRepeated(
  { asked, attempt }: FailedAttempt,
  { before }: AttemptedRequest,
  who: string,
): boolean {
  return asked === who && (!before || before === attempt)
}

function forget(failed: FailedAttempt[], attempt: FailedAttempt): void {
  failed.splice(failed.indexOf(attempt), 1)
}

/** What was said, whoever is asked: some providers take the system's words among the messages, some apart. */
function spoken(input: unknown): unknown {
  if (!Array.isArray(input)) return input
  return input.filter((message) => !SYSTEM.has(message?.role))
}

const SYSTEM: ReadonlySet<unknown> = new Set(['system', 'developer'])

function digestOf(value: unknown): string {
  const text = typeof value === 'string' ? value : textOf(value)
  return createHash('sha256').update(text).digest('base64')
}

/** What cannot be told is like nothing else. */
function textOf(value: unknown): string {
  return safely(() => JSON.stringify(value) ?? '') ?? randomUUID()
}
