/** 16^13: so many values fit into a number exactly. */
const RANGE = 16 ** 13
const DIGITS = 13

/**
 * Whether a trace is in a share of all, the same in every process. As OpenTelemetry's consistent sampling, it goes by the
 * last digits of the trace id, so that a share is part of every larger share. Null without a usable id.
 */
export function inShare(trace_id: string | undefined, share: number): boolean | null {
  const value = randomness(trace_id)
  if (Number.isNaN(value)) return null
  return value >= (1 - share) * RANGE
}

/** The same, chosen anew for each seed: what one condition picks says nothing about what another one does. */
export function inSeededShare(
  trace_id: string | undefined,
  share: number,
  seed: number,
): boolean | null {
  const value = randomness(trace_id)
  if (Number.isNaN(value)) return null
  const high = mix(Math.floor(value / 0x1_0000_0000) ^ seed)
  const low = mix((value >>> 0) ^ high)
  return low >= (1 - share) * 0x1_0000_0000
}

/** A seed from a name (FNV-1a). */
export function seedOf(name: string): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < name.length; i++) hash = Math.imul(hash ^ name.charCodeAt(i), 0x01000193)
  return hash >>> 0
}

/** The id that was read last: the rules of one decision ask for the same one. */
let lastId: string | undefined
/** Its value, in a list of numbers because a variable would take a new object for each large number. */
const lastValue = new Float64Array([Number.NaN])

/** The last 52 bits of a trace id; NaN without a usable one. */
function randomness(trace_id: string | undefined): number {
  if (trace_id !== lastId) {
    lastId = trace_id
    lastValue[0] = readRandomness(trace_id)
  }
  return lastValue[0] ?? Number.NaN
}

/** Read without making a string. */
function readRandomness(trace_id: string | undefined): number {
  if (trace_id === undefined || trace_id.length < DIGITS) return Number.NaN
  let value = 0
  for (let i = trace_id.length - DIGITS; i < trace_id.length; i++) {
    const digit = hexDigit(trace_id.charCodeAt(i))
    if (digit < 0) return Number.NaN
    value = value * 16 + digit
  }
  return value
}

function hexDigit(code: number): number {
  if (code >= 48 && code <= 57) return code - 48
  if (code >= 97 && code <= 102) return code - 87
  return code >= 65 && code <= 70 ? code - 55 : -1
}

/** The finalizer of MurmurHash3. */
function mix(value: number): number {
  let hash = value
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}
