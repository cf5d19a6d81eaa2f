export {
  type Checkpoint,
  parseCheckpoint,
  type SignedCheckpoint,
  signCheckpoint,
} from './checkpoint.ts'
export { AUDIT_ERROR_CODES, AuditError, type AuditErrorCode } from './errors.ts'
export { generateSigningKey, parseSigningKey, remoteSigner, type Signer } from './signer.ts'
export { parseVerifierKey, type VerifierKey } from './verifier-key.ts'
export { AUDIT_FINDING_CODES, type AuditFinding, type AuditFindingCode } from './verify/findings.ts'
export type { AuditClaims, AuditReport, AuditResult, AuditStreamReport } from './verify/report.ts'
export { type VerifyAuditOptions, verifyAudit } from './verify/verify-audit.ts'
