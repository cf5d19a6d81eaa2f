import type { AnyRecord } from './events.ts'

/** Where records go: a store, an exporter, a test. `write` must not throw and must not block. */
export interface Sink {
  write(record: AnyRecord): void
}

/** What an audit log takes; the fields are those of `recount audit append`. */
export interface AuditEvent {
  /** `query`, `completion`, `data_access`, … or `app.*`. */
  action: string
  /** Who did it. */
  actor: { type: string; id: string }
  /** Whose data it is. */
  subject?: string
  /** The customer. */
  tenant?: string
  /** What it was done to. */
  target: { type: string; id: string }
  /** How it ended. */
  outcome: string
  /** `trace_id` and `span_id` of the call. */
  trace?: { trace_id: string; span_id?: string }
  /** Integers and strings about the model call. */
  llm?: { [key: string]: string | number | null }
  /** Why. */
  reason?: string
}

/** An audit log as the rest of the application sees it: resolves once the entry is durable, or rejects. */
export interface AuditSink {
  append(event: AuditEvent): Promise<{ seq: number }>
}
