import { randomBytes } from 'node:crypto'
import {
  type DerValue,
  encodeDer,
  encodeInteger,
  encodeOid,
  oidText,
  readDer,
  TAG,
  valuesIn,
} from './der.ts'
import { AuditError } from './errors.ts'

/** What a time-stamp authority says: these bytes existed at this time (RFC 3161 TSTInfo). */
export interface TimestampInfo {
  /** Hash of the bytes, SHA-256. */
  readonly digest: Buffer
  /** Milliseconds since 1970. */
  readonly time: number
  /** The authority's number of this time stamp, in hex. */
  readonly serial: string
  /** What the request had, in hex, so that an old answer is no answer. */
  readonly nonce: string | null
}

/** An answer's parts. */
export interface TimestampToken {
  readonly info: TimestampInfo
  /** The signed content as it is. */
  readonly content: Buffer
  readonly certificates: readonly Buffer[]
  readonly signer: DerValue
}

const OID = {
  sha256: '2.16.840.1.101.3.4.2.1',
  signedData: '1.2.840.113549.1.7.2',
  timestampInfo: '1.2.840.113549.1.9.16.1.4',
} as const

/** A request for a time stamp over a SHA-256 hash, to be sent to an authority as `application/timestamp-query`. */
export function timestampRequest(digest: Uint8Array, nonce: Uint8Array = randomBytes(8)): Buffer {
  return encodeDer(
    TAG.sequence,
    encodeInteger(Buffer.of(1)),
    encodeDer(
      TAG.sequence,
      encodeDer(TAG.sequence, encodeOid(OID.sha256), encodeDer(TAG.null)),
      encodeDer(TAG.octets, digest),
    ),
    encodeInteger(nonce),
    // With its certificates: an answer is to be verified years later.
    encodeDer(TAG.boolean, Buffer.of(0xff)),
  )
}

/** An authority's answer, or the token in it. Nothing is verified. Throws `AUDIT_TIMESTAMP_INVALID`. */
export function parseTimestamp(answer: Buffer): TimestampToken {
  const outer = valuesIn(readDer(answer))
  const contentInfo = outer[0]?.tag === TAG.oid ? outer : valuesIn(granted(outer))
  const [type, wrapped] = contentInfo
  if (type === undefined || wrapped === undefined || oidText(type) !== OID.signedData)
    throw timestampInvalid('signed data (CMS)')
  const parts = valuesIn(readDer(wrapped.content))
  const [contentType, wrappedContent] = valuesIn(sequence(parts[2], 'content'))
  if (contentType === undefined || oidText(contentType) !== OID.timestampInfo)
    throw timestampInvalid('a time stamp as its content')
  const content = readDer(wrappedContent?.content ?? Buffer.alloc(0)).content
  const certificates = parts.find(({ tag }, at) => at > 2 && tag === TAG.context)
  const signers = valuesIn(sequence(parts.at(-1), 'signers'))
  const [signer] = signers
  if (signer === undefined || signers.length > 1) throw timestampInvalid('one signer')
  return {
    info: parseInfo(content),
    content,
    certificates:
      certificates === undefined ? [] : valuesIn(certificates).map(({ whole }) => whole),
    signer,
  }
}

/** What says that something about a time stamp is wrong. */
export function timestampInvalid(expected: string): AuditError {
  return new AuditError(
    'AUDIT_TIMESTAMP_INVALID',
    `Expected a time-stamp answer to have ${expected}`,
  )
}

/** The token of an answer that grants one. */
function granted([info, token]: readonly DerValue[]): DerValue {
  const status = info === undefined ? undefined : valuesIn(info)[0]
  const code = status?.content[0]
  if (token === undefined || status?.tag !== TAG.integer || (code !== 0 && code !== 1))
    throw timestampInvalid(`a time stamp; the authority refused (status ${code ?? 'none'})`)
  return token
}

function parseInfo(content: Buffer): TimestampInfo {
  const values = valuesIn(readDer(content))
  const [, , imprint, serial, time] = values
  const [algorithm, digest] = valuesIn(sequence(imprint, 'an imprint'))
  const [hash] = valuesIn(sequence(algorithm, 'a hash'))
  if (hash === undefined || oidText(hash) !== OID.sha256) throw timestampInvalid('a SHA-256 hash')
  if (digest?.tag !== TAG.octets || serial?.tag !== TAG.integer || time?.tag !== TAG.time)
    throw timestampInvalid('hash, number and time')
  const nonce = values.find(({ tag }, at) => at > 4 && tag === TAG.integer)
  return {
    digest: digest.content,
    time: parseTime(time.content.toString('latin1')),
    serial: serial.content.toString('hex'),
    nonce: nonce === undefined ? null : nonce.content.toString('hex'),
  }
}

/** GeneralizedTime as RFC 3161 2.4.2 wants it: in UTC, with seconds. */
function parseTime(text: string): number {
  const parts = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\.\d{1,9})?Z$/.exec(text)
  if (parts === null) throw timestampInvalid('a time in UTC')
  const [, year, month, day, hour, minute, second, fraction = ''] = parts
  const time = Date.parse(
    `${year}-${month}-${day}T${hour}:${minute}:${second}${fraction.slice(0, 4)}Z`,
  )
  if (Number.isNaN(time)) throw timestampInvalid('a time that exists')
  return time
}

function sequence(value: DerValue | undefined, what: string): DerValue {
  if (value?.tag !== TAG.sequence && value?.tag !== TAG.set) throw timestampInvalid(what)
  return value
}
