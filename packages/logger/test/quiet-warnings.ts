/** A warning of the process. */
export interface Warning extends Error {
  readonly code?: string
}

/** Takes the warnings of this process instead of printing them; the list grows as they come. */
export function takeWarnings(): readonly Warning[] {
  const warnings: Warning[] = []
  process.removeAllListeners('warning')
  process.on('warning', (warning) => void warnings.push(warning))
  return warnings
}
