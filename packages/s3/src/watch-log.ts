import { setTimeout as wait } from 'node:timers/promises'
import { AuditError } from '@recount/audit'
import type { AuditShipper, Shipped } from './audit-shipper.ts'
import { S3Error } from './errors.ts'

/** How shipping goes. */
export interface ShippingHealth {
  /** ISO 8601. */
  readonly time: string
  readonly state: 'ok' | 'failing'
  /** Entries that are in the store. */
  readonly size: number
  /** Entries that are signed here and not there yet. */
  readonly behind: number
  /** Seconds since everything that was signed was there. */
  readonly lag_s: number
  /** Passes that failed since the last good one. */
  readonly failures: number
  readonly error: { readonly code: string | null; readonly message: string } | null
}

/** How a log is watched. */
export interface WatchOptions {
  /** Milliseconds between passes. Default 10,000. */
  readonly every?: number
  /** Ends the watching after the pass under way. */
  readonly signal?: AbortSignal
  /** Told after each pass. */
  readonly onHealth?: (health: ShippingHealth) => void
}

/** What no further attempt changes. */
const FATAL = new Set([
  'AUDIT_FORK',
  'AUDIT_TRUNCATED',
  'S3_CLOSED',
  'S3_FENCED',
  'S3_LOCK_MISSING',
  'S3_LOG_MISMATCH',
])

/** Ships again and again until it is told to end. What may pass (networks, permissions) is tried again with the next pass; throws what does not: `AUDIT_FORK`, `AUDIT_TRUNCATED`, `S3_FENCED`, `S3_LOCK_MISSING`. */
export async function watchLog(shipper: AuditShipper, options: WatchOptions = {}): Promise<void> {
  const { every = 10_000, signal, onHealth = () => {} } = options
  let last: Shipped = { size: 0, behind: 0, streams: [] }
  let complete = Date.now()
  let failures = 0
  while (!signal?.aborted) {
    const started = Date.now()
    let error: ShippingHealth['error'] = null
    try {
      last = await shipper.ship()
      failures = 0
      if (last.behind === 0) complete = started
    } catch (thrown) {
      error = said(thrown)
      failures += 1
      last = await shipper.standing().catch(() => last)
    }
    const { size, behind } = last
    const isLate = behind > 0 || failures > 0
    onHealth({
      time: new Date().toISOString(),
      state: error === null ? 'ok' : 'failing',
      size,
      behind,
      lag_s: isLate ? Math.round((Date.now() - complete) / 1000) : 0,
      failures,
      error,
    })
    await wait(every, undefined, signal && { signal }).catch(() => undefined)
  }
}

/** Throws what is fatal. */
function said(error: unknown): NonNullable<ShippingHealth['error']> {
  if (!(error instanceof Error)) throw error
  const isKnown = error instanceof S3Error || error instanceof AuditError
  if (isKnown && FATAL.has(error.code)) throw error
  const code = (error as { code?: unknown }).code
  return { code: typeof code === 'string' ? code : null, message: error.message }
}
