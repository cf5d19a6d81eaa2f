import { constants, deflateRawSync, inflateRawSync } from 'node:zlib'
import type { Value } from './connection.ts'

/** Shorter ones do not become smaller by more than it costs. */
const SHORTEST = 300
/** Small tables, since texts are short and each needs its own. */
const HOW = { level: constants.Z_BEST_SPEED, memLevel: 5, windowBits: 12 }
const LARGE = 65_536

/** A text as it is kept in the database: deflated where that makes it smaller. */
export function packedText(text: string): Value {
  if (text.length < SHORTEST) return text
  const bytes = Buffer.from(text)
  const packed = deflateRawSync(bytes, bytes.length > LARGE ? {} : HOW)
  return packed.length < bytes.length * 0.9 ? packed : text
}

/** The text that was kept. */
export function unpackedText(kept: unknown): string {
  return typeof kept === 'string' ? kept : inflateRawSync(kept as Uint8Array).toString()
}
