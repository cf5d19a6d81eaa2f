import type { TestContext } from 'node:test'

/** A warning as a process is told of it. */
export type Warned = Error & { readonly code?: string }

/** What the process is warned of from now on. */
export function warningsOf(t: TestContext): readonly Warned[] {
  const warnings: Warned[] = []
  const take = (warning: Error): void => void warnings.push(warning)
  process.on('warning', take)
  t.after(() => process.off('warning', take))
  return warnings
}
