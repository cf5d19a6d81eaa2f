import type { RedactWarningCode } from './errors.ts'

const said = new Set<string>()

/** A warning of the process, once for each message. */
export function warnOnce(code: RedactWarningCode, message: string): void {
  if (said.has(message) || said.size > 1000) return
  said.add(message)
  process.emitWarning(message, { code })
}
