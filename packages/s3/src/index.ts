export { type AuditShipper, openShipper, type Shipped } from './audit-shipper.ts'
export { S3_ERROR_CODES, S3Error, type S3ErrorCode } from './errors.ts'
export type { LockState } from './lock-state.ts'
export { type LogFile, lookAtLogFile } from './log-files.ts'
export type { ConnectOptions, LockOptions, ShipperOptions } from './options.ts'
export type { StoreAbilities } from './probe.ts'
export { type RestoreS3Options, restoreS3 } from './restore-s3.ts'
export { type FailedFile, type ShipLogsOptions, type ShippedLogs, shipLogs } from './ship-logs.ts'
export { STORE_FINDING_CODES, type StoreFinding, type StoreFindingCode } from './store-findings.ts'
export { default, type TransportOptions } from './transport.ts'
export {
  type S3AuditReport,
  type StoreReport,
  type VerifyS3Options,
  verifyS3,
} from './verify-s3.ts'
export { S3_WARNING_CODES, type S3WarningCode } from './warnings.ts'
export { type ShippingHealth, type WatchOptions, watchLog } from './watch-log.ts'
