export type { AuditLog } from './audit-log.ts'
export type { Appended } from './batch.ts'
export {
  type Checkpoint,
  parseCheckpoint,
  type SignedCheckpoint,
  signCheckpoint,
} from './checkpoint.ts'
export type { SignedState } from './checkpoints.ts'
export type { OpenedContent } from './content-store.ts'
export type {
  AuditDetails,
  CompletionDetails,
  ConfigChangeDetails,
  ContentFilterDetails,
  DataAccessDetails,
  HumanReviewDetails,
  ModerationDetails,
  QueryDetails,
  ToolCallDetails,
} from './details.ts'
export type { DiskStages } from './disk-space.ts'
export type { AuditEntry, ContentCommitment, StoredDataItem } from './entry.ts'
export type { Erasure, ErasureRequest } from './erasure.ts'
export { AUDIT_ERROR_CODES, AuditError, type AuditErrorCode, type EventFinding } from './errors.ts'
export {
  AUDIT_ACTIONS,
  AUDIT_OUTCOMES,
  type AuditActor,
  type AuditDataItem,
  type AuditEvent,
  type AuditTarget,
} from './event.ts'
export {
  completionEvent,
  configChangeEvent,
  contentFilterEvent,
  dataAccessEvent,
  type EventContext,
  humanReviewEvent,
  moderationEvent,
  queryEvent,
  toolCallEvent,
} from './event-builders.ts'
export type { SaidFilter } from './export/bundle-manifest.ts'
export type { ExportedBundle } from './export/export-bundle.ts'
export {
  EXPORT_FORMATS,
  type ExportFilter,
  type ExportFormat,
  type ExportRequest,
} from './export/export-request.ts'
export {
  RETENTION_PRESET_IDS,
  RETENTION_PRESETS,
  type RetentionPreset,
  type RetentionPresetId,
} from './export/retention-presets.ts'
export type { Hold } from './holds.ts'
export type { KeyChange, KeyRevocation } from './key-change.ts'
export { type Lock, takeLock } from './lock.ts'
export { type LogFile, readLogFile } from './log-file.ts'
export { growTree, treeAt } from './log-tree.ts'
export { Frontier, type TreeState } from './merkle.ts'
export { openAudit } from './open-audit.ts'
export type { AuditOptions, Durability, Shipment } from './options.ts'
export { type EntryProof, proveEntry } from './prove-entry.ts'
export type { Pruned, PruneRequest } from './prune.ts'
export { type ReadEntry, readEntries } from './read-entries.ts'
export { generateSigningKey, parseSigningKey, remoteSigner, type Signer } from './signer.ts'
export {
  requestTimestamp,
  type StampRequest,
  type StoredStamp,
  storeTimestamp,
} from './stamp-log.ts'
export type { StreamState, StreamsRequest } from './streams.ts'
export type { TimestampInfo } from './timestamp.ts'
export type { Timestamp } from './timestamp-trust.ts'
export { parseTlogProof, type TlogProof, verifyTlogProof } from './tlog-proof.ts'
export { parseVerifierKey, type VerifierKey } from './verifier-key.ts'
export { AUDIT_FINDING_CODES, type AuditFinding, type AuditFindingCode } from './verify/findings.ts'
export {
  type LogFolder,
  type LogPart,
  readLogFolder,
  readStreamNames,
} from './verify/log-folder.ts'
export type {
  AuditClaims,
  AuditReport,
  AuditResult,
  AuditStreamReport,
  BundleReport,
} from './verify/report.ts'
export { parseTrustedKeys } from './verify/trusted-keys.ts'
export { verifyAudit } from './verify/verify-audit.ts'
export type { VerifyAuditOptions } from './verify/verify-options.ts'
export { AUDIT_WARNING_CODES, type AuditWarningCode } from './warnings.ts'
export { witnessServer } from './witness/serve-witness.ts'
export { type Cosigned, type SubmitOptions, submitCheckpoint } from './witness/submit-checkpoint.ts'
export {
  openWitness,
  type Witness,
  type WitnessAnswer,
  type WitnessOptions,
} from './witness/witness.ts'
