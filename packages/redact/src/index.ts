export { isCredentialKey, MASK, maskText } from './credentials.ts'
export type { Finding } from './detect/finding.ts'
export { LOCALES, type Locale } from './detect/national-ids.ts'
export {
  REDACT_ERROR_CODES,
  REDACT_WARNING_CODES,
  RedactError,
  type RedactErrorCode,
  type RedactWarningCode,
} from './errors.ts'
export { type FileVaultOptions, fileVault, vaultToken } from './file-vault.ts'
export type { Detector, Span, UserPattern } from './finder.ts'
export { ephemeralKey, type Key, keyedDigest, loadKeyFile } from './key.ts'
export { derivedKeys, fileKeys, type KeyProvider } from './key-provider.ts'
export type { RedactorOptions } from './options.ts'
export { type Plain, toPlain } from './plain.ts'
export {
  type About,
  createRedactor,
  type Redacted,
  type RedactedText,
  type RedactionNote,
  type Redactor,
} from './redactor.ts'
export type { Treatment } from './treatment.ts'
export type { Actor, Vault, VaultAudit, VaultAuditEvent } from './vault.ts'
