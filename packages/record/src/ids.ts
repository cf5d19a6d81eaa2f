import { randomFillSync } from 'node:crypto'

const pool = Buffer.alloc(8192)
let hex = ''
let used = 0

/** Takes random hex digits from a pool, because asking the system once a call is slow. */
function randomHex(digits: number): string {
  if (used + digits > hex.length) {
    hex = randomFillSync(pool).toString('hex')
    used = 0
  }
  const taken = hex.slice(used, used + digits)
  used += digits
  return taken
}

/** A new random W3C trace id: 32 hex digits, never all zero. */
export function newTraceId(): string {
  const id = randomHex(32)
  return isTraceId(id) ? id : newTraceId()
}

/** A new random W3C span id: 16 hex digits, never all zero. */
export function newSpanId(): string {
  const id = randomHex(16)
  return isSpanId(id) ? id : newSpanId()
}

const TRACE_ID = /^(?!0{32})[0-9a-f]{32}$/
const SPAN_ID = /^(?!0{16})[0-9a-f]{16}$/

/** Whether a value is a W3C trace id (lower case, not all zero). */
export function isTraceId(value: unknown): value is string {
  return typeof value === 'string' && TRACE_ID.test(value)
}

/** Whether a value is a W3C span id (lower case, not all zero). */
export function isSpanId(value: unknown): value is string {
  return typeof value === 'string' && SPAN_ID.test(value)
}

let lastMs = 0
let counter = 0

/**
 * A UUID version 7 (RFC 9562, 5.7): sorts by creation time, also within a millisecond of one
 * process (method 1: a 12-bit counter after the timestamp; a full counter borrows the next one).
 */
export function uuidv7(now: number = Date.now()): string {
  if (now > lastMs) {
    lastMs = now
    counter = Number.parseInt(randomHex(3), 16) >> 1
  } else if (++counter > 0xfff) {
    lastMs += 1
    counter = 0
  }
  const ms = lastMs.toString(16).padStart(12, '0')
  const count = counter.toString(16).padStart(3, '0')
  const variant = ((Number.parseInt(randomHex(1), 16) & 0x3) | 0x8).toString(16)
  return `${ms.slice(0, 8)}-${ms.slice(8)}-7${count}-${variant}${randomHex(3)}-${randomHex(12)}`
}
