import { AuditError } from '../errors.ts'
import { certificatesIn } from '../stamp-log.ts'
import { parseVerifierKey } from '../verifier-key.ts'
import type { OutsideTrust } from './outside-anchors.ts'
import { keyLines } from './trusted-keys.ts'

/** What to verify, and whom to trust. */
export interface VerifyAuditOptions {
  /** The log's folder, or a bundle that `export` made. */
  readonly dir: string
  /** Public keys to trust, as lines `name+id+base64`, or one as PEM. Default: what lies beside the log, and the report says `trust: self`. */
  readonly publicKey?: string
  /** File in which the verifier remembers the log. Made on first use, moved forward after each intact result. Keep it where the log's writer cannot reach it. */
  readonly anchor?: string
  /** Verify only what is new since the anchor; what was verified earlier is not read again. Default false. */
  readonly incremental?: boolean
  /** Public keys of witnesses to trust, each a line or a text of lines. */
  readonly witnesses?: readonly string[]
  /** Certificates (PEM) of time-stamp authorities to trust, or of those above them. */
  readonly timestampAuthorities?: readonly string[]
  /** Whether to read the encrypted content and hold it against its hashes. Default true. */
  readonly content?: boolean
  /** Told how many bytes of how many have been read. */
  readonly onProgress?: (bytes: number, total: number) => void
}

/** Whom the caller trusts beside the log's own key. Throws `AUDIT_KEY_INVALID`. */
export function outsideTrust({
  witnesses = [],
  timestampAuthorities = [],
}: VerifyAuditOptions): OutsideTrust {
  return {
    witnesses: witnesses.flatMap(keyLines).map(parseVerifierKey),
    authorities: timestampAuthorities.flatMap(certificatesIn),
  }
}

/** Throws `AUDIT_OPTION_INVALID`. */
export function checkVerifyOptions({
  dir,
  publicKey,
  anchor,
  incremental,
}: VerifyAuditOptions): void {
  if (typeof dir !== 'string' || dir === '') throw optionInvalid('dir', 'the path of a folder')
  if (publicKey !== undefined && typeof publicKey !== 'string')
    throw optionInvalid('publicKey', 'public keys as text (not a path)')
  if (anchor !== undefined && (typeof anchor !== 'string' || anchor === ''))
    throw optionInvalid('anchor', 'the path of a file')
  if (incremental && anchor === undefined) throw optionInvalid('incremental', 'used with `anchor`')
}

function optionInvalid(name: string, expected: string): AuditError {
  return new AuditError('AUDIT_OPTION_INVALID', `Expected \`${name}\` to be ${expected}`)
}
