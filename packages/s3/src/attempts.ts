import { setTimeout as wait } from 'node:timers/promises'
import { S3Error } from './errors.ts'
import { fateOf } from './request-fate.ts'

/** How often something is tried, and how long is waited in between. */
export interface AttemptPolicy {
  readonly attempts: number
  /** Milliseconds before the second attempt, at most. */
  readonly backoff: number
  /** Ends the waiting, and with it the attempts. */
  readonly signal?: AbortSignal | undefined
}

const MOST_WAIT_MS = 20_000

/** Tries until it works, or fails in a way that another attempt would not change. Waits a random time in between, so that many do not come back together. Throws `S3_UNREACHABLE`, `S3_REFUSED`, or what is no answer of a store. */
export async function persist<T>(
  what: string,
  { attempts, backoff, signal }: AttemptPolicy,
  task: () => Promise<T>,
): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      signal?.throwIfAborted()
      return await task()
    } catch (error) {
      const fate = fateOf(error)
      if (fate === 'foreign') throw error
      if (fate !== 'again') throw refused(what, error as Error)
      if (attempt >= attempts) throw unreachable(what, attempts, error as Error)
      const most = Math.min(MOST_WAIT_MS, backoff * 2 ** (attempt - 1))
      await wait(Math.random() * most, undefined, { signal })
    }
  }
}

function refused(what: string, cause: Error): S3Error {
  return new S3Error('S3_REFUSED', `${what}: the store refuses: ${textOf(cause)}`, { cause })
}

function unreachable(what: string, attempts: number, cause: Error): S3Error {
  const message = `${what}: given up after ${attempts} attempts: ${textOf(cause)}`
  return new S3Error('S3_UNREACHABLE', message, { cause })
}

function textOf({ name, message }: Error): string {
  return message === '' || message === name ? name : `${name}: ${message}`
}
