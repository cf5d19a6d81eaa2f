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
  const message = `${what}: the store refuses: ${textOf(cause)}`
  const hint = HINTS.find(([form]) => form.test(cause.name))?.[1]
  return new S3Error('S3_REFUSED', hint === undefined ? message : `${message}; ${hint}`, { cause })
}

function unreachable(what: string, attempts: number, cause: Error): S3Error {
  const tried = attempts === 1 ? 'one attempt' : `${attempts} attempts`
  const message = `${what}: given up after ${tried}: ${textOf(cause)}`
  return new S3Error('S3_UNREACHABLE', message, { cause })
}

/** What to do about a refusal, by the name of the error. */
const HINTS: readonly (readonly [RegExp, string])[] = [
  [/^NoSuchBucket$/, 'make the bucket, or name another'],
  [
    /^(?:InvalidAccessKeyId|SignatureDoesNotMatch|ExpiredToken|InvalidToken|CredentialsProviderError)$/,
    'check the credentials: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, the profile, or the role',
  ],
  [/^(?:AccessDenied|Forbidden|403)$/, 'these credentials need the rights of docs/s3'],
  [/^(?:PermanentRedirect|AuthorizationHeaderMalformed|301)$/, 'give the region of the bucket'],
]

/** The error's name, what it says on one line, and the status where there was an answer. */
function textOf(error: Error): string {
  const { httpStatusCode } = (error as { $metadata?: { httpStatusCode?: number } }).$metadata ?? {}
  const said = [error.name, error.message.split('\n', 1)[0] ?? '']
  const words = [...new Set(said)].filter((word) => !NOTHING.has(word))
  if (httpStatusCode !== undefined) words.push(`HTTP ${httpStatusCode}`)
  return words.length === 0 ? 'no answer' : words.join(': ')
}

/** Words of the SDK for an answer that says nothing of its own. */
const NOTHING = new Set(['', 'Error', 'Unknown', 'UnknownError'])
