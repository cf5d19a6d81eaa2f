/** Codes under which this package warns through `process.emitWarning`; all are explained in docs/errors.md. */
export const CAPTURE_WARNING_CODES = [
  'CAPTURE_BASE_URL_IGNORED',
  'CAPTURE_MEMORY_FULL',
  'CAPTURE_RECORDING_FAILED',
] as const

/** One of `CAPTURE_WARNING_CODES`. */
export type CaptureWarningCode = (typeof CAPTURE_WARNING_CODES)[number]

const warned = new Set<string>()
/** More different messages than this are not said. */
const MAX_WARNED = 100

/** Warns once a process for each code and message. */
export function warnOnce(code: CaptureWarningCode, message: string): void {
  const seen = `${code} ${message}`
  if (warned.has(seen) || warned.size >= MAX_WARNED) return
  warned.add(seen)
  process.emitWarning(message, { type: 'RecountWarning', code })
}
