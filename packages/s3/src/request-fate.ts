import { AuditError } from '@recount/audit'
import { S3Error } from './errors.ts'

/** What an error means for a request: it is tried again, its condition did not hold, nothing is there, it is refused; or the error is no answer of a store. */
export type Fate = 'again' | 'condition' | 'missing' | 'refused' | 'foreign'

/** Answers with a status of their own for every other error that still pass when tried again. */
const PASSING = new Set([
  'BadDigest',
  'IncompleteBody',
  'InvalidDigest',
  'OperationAborted',
  'ConditionalRequestConflict',
  'RequestTimeout',
  'RequestTimeTooSkewed',
  'SlowDown',
  'XAmzContentChecksumMismatch',
  'XAmzContentSHA256Mismatch',
])

/** Nothing of these comes from a store or the way to it. */
const FOREIGN = new Set(['AbortError', 'RangeError', 'ReferenceError', 'SyntaxError', 'TypeError'])

/** What an error means. */
export function fateOf(error: unknown): Fate {
  if (error instanceof S3Error || error instanceof AuditError) return 'foreign'
  const { name = '', $metadata } = error as {
    name?: string
    $metadata?: { httpStatusCode?: number }
  }
  const status = $metadata?.httpStatusCode
  if (PASSING.has(name)) return 'again'
  if (status === undefined) return withoutAnswer(name)
  if (status === 412) return 'condition'
  if (status === 404 && name !== 'NoSuchBucket') return 'missing'
  if (status === 408 || status === 409 || status === 429) return 'again'
  return status >= 500 && status !== 501 ? 'again' : 'refused'
}

/** No answer came: the network, or the credentials. */
function withoutAnswer(name: string): Fate {
  if (FOREIGN.has(name)) return 'foreign'
  return name === 'CredentialsProviderError' ? 'refused' : 'again'
}
