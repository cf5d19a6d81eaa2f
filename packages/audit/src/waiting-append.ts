import type { Appended } from './batch.ts'
import type { AuditError } from './errors.ts'
import type { LineParts } from './line.ts'

/** What is told with an append. */
export interface AppendOptions {
  /** Whether the action must not go ahead without its entry. */
  readonly isCritical: boolean
  /** Makes durable what the entry refers to; resolves before the entry is written. */
  readonly before?: (() => Promise<void>) | undefined
  /** Whether nothing is written behind it before whoever waits for it has gone on: he can sign a tree that ends with it. */
  readonly isLast?: boolean
}

/** An append that nobody has answered yet. */
export interface Waiting extends AppendOptions {
  readonly parts: LineParts
  readonly deadline: number
  readonly isSystem: boolean
  isSettled: boolean
  readonly resolve: (appended: Appended) => void
  readonly reject: (error: AuditError) => void
}

/** Answers an append, unless that was done already. */
export function settle(waiting: Waiting, appended: Appended): void {
  if (waiting.isSettled) return
  waiting.isSettled = true
  waiting.resolve(appended)
}
