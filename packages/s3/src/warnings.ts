/** Codes of warnings (`process.emitWarning`); all are explained in docs/errors.md. */
export const S3_WARNING_CODES = [
  'S3_LINE_REFUSED',
  'S3_LOCK_LEFT_OUT',
  'S3_SHIPPING_FAILED',
] as const

/** One of `S3_WARNING_CODES`. */
export type S3WarningCode = (typeof S3_WARNING_CODES)[number]

/** Says something to whoever runs the process. */
export function warn(code: S3WarningCode, message: string): void {
  process.emitWarning(message, { type: 'S3Warning', code })
}
