import type { Logger } from '../create-logger.ts'
import { read } from '../fields.ts'
import { logger as readyLogger } from '../ready.ts'
import { safely } from '../recording.ts'
import { type Incoming, readIncoming } from '../trace-context.ts'
import { type Arrival, openIncoming } from './open-incoming.ts'
import { readSettings, type TraceOptions } from './settings.ts'

/** What a queue's job has, as far as tracing needs it; those of BullMQ have it. */
export interface TracedJob {
  readonly id?: string | undefined
  readonly name: string
  readonly queueName?: string
  readonly data?: unknown
  /** Attempts that have ended. */
  readonly attemptsMade?: number
}

/**
 * Traces the jobs of a queue: `new Worker('emails', traceMiddleware()(processor))`. Each attempt is a span of its own in
 * the trace that `withTrace` put into the job's data. What the processor returns and throws is passed on. Throws
 * `LOGGER_OPTION_INVALID`.
 */
export function traceMiddleware<Job extends TracedJob = TracedJob>(
  options: TraceOptions<Job> = {},
): <J extends Job, Rest extends unknown[], Result>(
  processor: (job: J, ...rest: Rest) => Promise<Result> | Result,
) => (job: J, ...rest: Rest) => Promise<Result> {
  const settings = readSettings(options)
  return (processor) =>
    async (job, ...rest) => {
      const trace = openIncoming(settings, job, () => arrivalOf(job))
      if (trace === undefined) return await processor(job, ...rest)
      try {
        const result = await trace.run(() => processor(job, ...rest))
        safely(() => trace.end('ok'))
        return result
      } catch (error) {
        safely(() => (isPostponed(error) ? trace.end('aborted') : trace.end(undefined, error)))
        throw error
      }
    }
}

/**
 * For the producer: a copy of a job's data with the `traceparent` of the running code, so that the job continues its trace.
 * Outside a trace, or when the data is no plain object, the data as it is.
 */
export function withTrace<Data>(
  data: Data,
  logger: Pick<Logger, 'traceparent'> = readyLogger,
): Data {
  const traceparent = safely(() => logger.traceparent())
  if (traceparent === undefined || typeof data !== 'object' || data === null || Array.isArray(data))
    return data
  return { ...data, traceparent }
}

function arrivalOf(job: TracedJob): Arrival {
  const { id, name, queueName, attemptsMade } = job
  const bindings = {
    metadata: {
      ...(queueName !== undefined && { queue: queueName }),
      ...(id !== undefined && { job_id: id }),
    },
    ...(attemptsMade !== undefined && { step_attempt: attemptsMade + 1 }),
  }
  return { name, bindings, incoming: () => incomingOf(job) }
}

function incomingOf({ data }: TracedJob): Incoming {
  const traceparent =
    typeof data === 'object' && data !== null ? read(data, 'traceparent') : undefined
  return readIncoming((name) =>
    name === 'traceparent' ? (traceparent as string | undefined) : undefined,
  )
}

/** With these BullMQ is told that the job goes on later: neither an end nor a failure. */
const POSTPONED = ['DelayedError', 'WaitingError', 'WaitingChildrenError']

function isPostponed(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  return POSTPONED.includes(error.name) || error.message === 'bullmq:rateLimitExceeded'
}
