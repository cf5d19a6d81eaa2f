import { createHash, verify, X509Certificate } from 'node:crypto'
import { type DerValue, oidText, TAG, valuesIn } from './der.ts'
import {
  parseTimestamp,
  type TimestampInfo,
  type TimestampToken,
  timestampInvalid,
} from './timestamp.ts'

/** A time stamp that holds. */
export interface Timestamp extends TimestampInfo {
  /** Who says so: the subject of the signing certificate. */
  readonly authority: string
  /** Whether its certificate leads to one of those that are trusted. */
  readonly trusted: boolean
}

const OID = {
  contentType: '1.2.840.113549.1.9.3',
  messageDigest: '1.2.840.113549.1.9.4',
  signingCertificate: '1.2.840.113549.1.9.16.2.12',
  signingCertificateV2: '1.2.840.113549.1.9.16.2.47',
  timestampInfo: '1.2.840.113549.1.9.16.1.4',
  timestamping: '1.3.6.1.5.5.7.3.8',
} as const

/** SHA-1 signs nothing any more. */
const DIGESTS: Readonly<Record<string, string>> = {
  '2.16.840.1.101.3.4.2.1': 'sha256',
  '2.16.840.1.101.3.4.2.2': 'sha384',
  '2.16.840.1.101.3.4.2.3': 'sha512',
}
const MOST_CERTIFICATES = 16

/** Verifies a time stamp: its signature, that it is about these bytes' SHA-256, and whether its authority is one of the trusted (CA certificates). Throws `AUDIT_TIMESTAMP_INVALID`. */
export function verifyTimestamp(
  answer: Buffer,
  digest: Uint8Array,
  trusted: readonly X509Certificate[] = [],
): Timestamp {
  const token = parseTimestamp(answer)
  const { info } = token
  if (Buffer.compare(info.digest, digest) !== 0)
    throw timestampInvalid('the hash of this checkpoint; it is about something else')
  const certificates = token.certificates.slice(0, MOST_CERTIFICATES).map(readCertificate)
  const pool = [...certificates, ...trusted]
  const signer = verifySignature(token, pool)
  return { ...info, authority: signer.subject, trusted: leadsTo(signer, pool, trusted, info.time) }
}

/** The certificate whose key signed the token. */
function verifySignature(
  { content, signer }: TimestampToken,
  pool: readonly X509Certificate[],
): X509Certificate {
  const values = valuesIn(signer)
  const digest = DIGESTS[algorithmOf(values[2])]
  const at = values.findIndex(({ tag }, index) => index > 2 && tag === TAG.context)
  const attributes = values[at]
  const signature = values.find(({ tag }, index) => index > 2 && tag === TAG.octets)
  if (digest === undefined || attributes === undefined || signature === undefined)
    throw timestampInvalid('signed attributes and a SHA-2 digest')
  const signed = attributesIn(attributes)
  const type = signed.get(OID.contentType)
  if (type === undefined || oidText(type) !== OID.timestampInfo)
    throw timestampInvalid('a signed content type')
  if (!signed.get(OID.messageDigest)?.content.equals(createHash(digest).update(content).digest()))
    throw timestampInvalid('a signed hash that is that of its content')
  // Signed as the SET that it is, not with the tag that it has in the message (RFC 5652 5.4).
  const message = Buffer.concat([Buffer.of(TAG.set), attributes.whole.subarray(1)])
  const found = pool.find(
    (certificate) =>
      isNamed(certificate, signed) &&
      verify(algorithmFor(certificate, digest), message, certificate.publicKey, signature.content),
  )
  if (found === undefined)
    throw timestampInvalid('a signature that holds, and the certificate that it names')
  if (!found.keyUsage?.includes(OID.timestamping))
    throw timestampInvalid('a certificate that is for time stamps')
  return found
}

function attributesIn(attributes: DerValue): Map<string, DerValue> {
  const found = new Map<string, DerValue>()
  for (const attribute of valuesIn(attributes)) {
    const [type, values] = valuesIn(attribute)
    const value = values === undefined ? undefined : valuesIn(values)[0]
    if (type !== undefined && value !== undefined) found.set(oidText(type), value)
  }
  return found
}

/** Whether the signed attributes name this certificate, by its hash (RFC 5816). */
function isNamed(certificate: X509Certificate, signed: ReadonlyMap<string, DerValue>): boolean {
  const second = signed.get(OID.signingCertificateV2)
  const first = signed.get(OID.signingCertificate)
  const attribute = second ?? first
  if (attribute === undefined) return false
  const [list] = valuesIn(attribute)
  const [id] = list === undefined ? [] : valuesIn(list)
  const values = id === undefined ? [] : valuesIn(id)
  const hash = values.find(({ tag }) => tag === TAG.octets)
  const named = values[0]?.tag === TAG.sequence ? DIGESTS[algorithmOf(values[0])] : 'sha256'
  const digest = second === undefined ? 'sha1' : named
  if (hash === undefined || digest === undefined) return false
  return createHash(digest).update(certificate.raw).digest().equals(hash.content)
}

/** Whether issuer after issuer, each valid at that time, ends at a trusted certificate. */
function leadsTo(
  signer: X509Certificate,
  pool: readonly X509Certificate[],
  trusted: readonly X509Certificate[],
  time: number,
): boolean {
  const isTrusted = ({ fingerprint256 }: X509Certificate): boolean =>
    trusted.some((known) => known.fingerprint256 === fingerprint256)
  let certificate: X509Certificate | undefined = signer
  for (let depth = 0; depth < MOST_CERTIFICATES && certificate !== undefined; depth += 1) {
    const current: X509Certificate = certificate
    if (time < Date.parse(current.validFrom) || time > Date.parse(current.validTo)) return false
    if (isTrusted(current)) return true
    certificate = pool.find(
      (issuer) => issuer.ca && current.checkIssued(issuer) && current.verify(issuer.publicKey),
    )
  }
  return false
}

function algorithmOf(value: DerValue | undefined): string {
  const oid = value === undefined ? undefined : valuesIn(value)[0]
  return oid === undefined ? '' : oidText(oid)
}

/** Ed25519 hashes by itself. */
function algorithmFor(certificate: X509Certificate, digest: string): string | null {
  return certificate.publicKey.asymmetricKeyType === 'ed25519' ? null : digest
}

function readCertificate(bytes: Buffer): X509Certificate {
  try {
    return new X509Certificate(bytes)
  } catch (cause) {
    throw Object.assign(timestampInvalid('certificates that can be read'), { cause })
  }
}
