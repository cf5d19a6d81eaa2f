import { AuditError } from './errors.ts'

/** One value in DER (X.690). */
export interface DerValue {
  readonly tag: number
  /** What is in it. */
  readonly content: Buffer
  /** With tag and length. */
  readonly whole: Buffer
}

/** Tags that are used here. */
export const TAG = {
  boolean: 0x01,
  integer: 0x02,
  octets: 0x04,
  null: 0x05,
  oid: 0x06,
  time: 0x18,
  sequence: 0x30,
  set: 0x31,
  /** The first context-specific tag, constructed; the n-th is n more. */
  context: 0xa0,
} as const

/** A value from its parts. */
export function encodeDer(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(parts)
  return Buffer.concat([Buffer.of(tag), encodeLength(content.length), content])
}

/** A whole number from 0 up. */
export function encodeInteger(bytes: Uint8Array): Buffer {
  const start = bytes.findIndex((byte) => byte !== 0)
  const digits = start < 0 ? Buffer.of(0) : Buffer.from(bytes.subarray(start))
  // A first bit of 1 would make it negative.
  return encodeDer(TAG.integer, Buffer.alloc((digits[0] ?? 0) > 0x7f ? 1 : 0), digits)
}

/** An object identifier from its dotted form. */
export function encodeOid(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number)
  return encodeDer(TAG.oid, Buffer.from([first * 40 + second, ...rest].flatMap(base128)))
}

/** The dotted form of an object identifier below 3.0. */
export function oidText({ content }: DerValue): string {
  const numbers: number[] = []
  let number = 0
  for (const byte of content) {
    number = number * 128 + (byte & 0x7f)
    if (byte < 0x80) {
      numbers.push(number)
      number = 0
    }
  }
  const first = numbers.shift() ?? 0
  const root = Math.min(Math.floor(first / 40), 2)
  return [root, first - root * 40, ...numbers].join('.')
}

/** The value at the start of the bytes. Throws `AUDIT_TIMESTAMP_INVALID`. */
export function readDer(bytes: Buffer): DerValue {
  const [tag, first] = bytes
  if (tag === undefined || first === undefined) throw cut()
  const more = first > 0x80 ? first - 0x80 : 0
  // A length in more than 4 bytes, or one that is not known, is none that anything here has.
  if (first === 0x80 || more > 4 || bytes.length < 2 + more) throw cut()
  const length = more === 0 ? first : bytes.readUIntBE(2, more)
  const start = 2 + more
  if (start + length > bytes.length) throw cut()
  return {
    tag,
    content: bytes.subarray(start, start + length),
    whole: bytes.subarray(0, start + length),
  }
}

/** The values in a value. Throws `AUDIT_TIMESTAMP_INVALID`. */
export function valuesIn({ content }: DerValue): DerValue[] {
  const values: DerValue[] = []
  for (let at = 0; at < content.length; ) {
    const value = readDer(content.subarray(at))
    values.push(value)
    at += value.whole.length
  }
  return values
}

function encodeLength(length: number): Buffer {
  if (length < 0x80) return Buffer.of(length)
  const hex = length.toString(16)
  const bytes = Buffer.from(hex.padStart(hex.length + (hex.length % 2), '0'), 'hex')
  return Buffer.concat([Buffer.of(0x80 + bytes.length), bytes])
}

function base128(number: number): number[] {
  const bytes = [number % 128]
  for (let rest = Math.floor(number / 128); rest > 0; rest = Math.floor(rest / 128))
    bytes.unshift((rest % 128) + 128)
  return bytes
}

function cut(): AuditError {
  return new AuditError('AUDIT_TIMESTAMP_INVALID', 'Expected DER; what is there is cut or no DER')
}
