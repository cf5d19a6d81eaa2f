export { type AuditShipper, openShipper, type Shipped } from './audit-shipper.ts'
export { S3_ERROR_CODES, S3Error, type S3ErrorCode } from './errors.ts'
export type { ConnectOptions, LockOptions, ShipperOptions } from './options.ts'
export type { StoreAbilities } from './probe.ts'
