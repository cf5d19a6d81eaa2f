import type { AuditEvent, AuditSink, Status } from '@recount/record'
import { maskedForCut } from './cut.ts'
import type { IncidentLog } from './incidents.ts'
import { recordedError } from './recorded-error.ts'
import { warnOnce } from './warnings.ts'

/** What the logger proves: calls, tools and lookups, as they end. No content. */
export interface AuditJoin {
  /** Appends an event without waiting; a failure is a warning, and a line at level `fatal` until one succeeds. */
  append(event: AuditEvent, log: IncidentLog): void
}

/** Who and what an event of a span is about, with what the policy lets out of it. */
export interface AuditedSpan {
  readonly trace_id: string
  readonly span_id: string
  readonly tenant: string | undefined
  /** The user's id as the policy lets it out. */
  readonly user_id: string | undefined
  readonly service: string | undefined
}

/** What the logger proves by itself. */
export type AuditedAction = 'completion' | 'content_filter' | 'tool_call' | 'data_access'

/** How spans end, in the words of the audit log. */
const OUTCOMES: Readonly<Record<Status, string>> = {
  ok: 'success',
  error: 'failure',
  partial: 'partial',
  aborted: 'aborted',
}

/** Joins a logger to an audit log. */
export function createAuditJoin(audit: AuditSink): AuditJoin {
  let failing = false

  function failed(error: unknown, log: IncidentLog): void {
    const message = maskedForCut(recordedError(error).message)
    warnOnce('LOGGER_AUDIT_FAILED', `An entry is not in the audit log: ${message}`)
    if (failing) return
    failing = true
    log.fatal({ reason: message }, 'the audit log cannot be written')
  }

  return {
    append(event, log) {
      try {
        audit.append(event).then(
          () => {
            failing = false
          },
          (error: unknown) => failed(error, log),
        )
      } catch (error) {
        failed(error, log)
      }
    },
  }
}

/** An event about a span that has ended. */
export function spanEvent(
  { trace_id, span_id, tenant, user_id, service }: AuditedSpan,
  action: AuditedAction,
  target: AuditEvent['target'],
  status: Status,
): AuditEvent {
  const actor =
    user_id === undefined
      ? { type: 'service', id: name(service ?? 'application') }
      : { type: 'user', id: name(user_id) }
  return {
    action,
    actor,
    ...(tenant === undefined ? {} : { tenant: name(tenant) }),
    target: { type: target.type, id: name(target.id) },
    outcome: OUTCOMES[status],
    trace: { trace_id, span_id },
  }
}

/** Numbers and names about a model call: money in whole nano-dollars, what is unknown null. */
export function modelFacts(fields: Readonly<Record<string, unknown>>): AuditEvent['llm'] {
  const facts: { [key: string]: string | number | null } = {}
  for (const key of MODEL_FACTS) {
    const value = fields[key]
    if (typeof value === 'string' || Number.isInteger(value) || value === null)
      facts[key] = value as string | number | null
  }
  const { cost_usd } = fields
  if (typeof cost_usd === 'number') facts.cost_nusd = Math.round(cost_usd * 1e9)
  return facts
}

const MODEL_FACTS = [
  'provider',
  'model',
  'response_model',
  'input_tokens',
  'output_tokens',
  'finish_reason',
  'provider_request_id',
]

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters that an audit log refuses
const CONTROL = /[\u0000-\u001f\u007f]/g

/** Names of an audit log have no control characters and 256 characters at most. */
function name(text: string): string {
  return text.replaceAll(CONTROL, ' ').slice(0, 256).toWellFormed() || 'unknown'
}
