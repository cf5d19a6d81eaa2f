import type { FinishReason, Status } from '@recount/record'

/** What is known of a record when the policy decides. What is not known is left out or null, and matches nothing. */
export interface Facts {
  /** The record's event, such as `llm_call`. */
  readonly event: string
  /** Sampling goes by it. */
  readonly trace_id?: string | undefined
  readonly provider?: string | undefined
  readonly model?: string | undefined
  readonly tenant?: string | undefined
  readonly user?: string | undefined
  readonly step?: string | undefined
  /** The prompt's name. */
  readonly prompt?: string | undefined
  readonly environment?: string | undefined
  readonly consent?: readonly string[] | undefined
  readonly attempt?: number | undefined
  readonly status?: Status | undefined
  readonly finish_reason?: FinishReason | null | undefined
  readonly duration_ms?: number | undefined
  readonly ttft_ms?: number | null | undefined
  readonly input_tokens?: number | null | undefined
  readonly output_tokens?: number | null | undefined
  /** Share of the context window that was used. */
  readonly context_share?: number | undefined
  readonly cost_usd?: number | null | undefined
  /** Whether the call was slow, as `createSlowCalls` says. */
  readonly slow?: boolean | undefined
  /** pino's number of the level that the record earned, as `earnedLevel` says. */
  readonly level?: number | undefined
}

/** The facts of a line of a log; the line may also give facts under their own names. Never throws. */
export function factsOf(line: Readonly<Record<string, unknown>>): Facts {
  const facts: Record<string, unknown> = { event: typeof line.event === 'string' ? line.event : '' }
  for (const [fact, type, ...keys] of SOURCES) {
    const found = keys.map((key) => at(line, key)).find((value) => typeof value === type)
    if (found !== undefined) facts[fact] = found
  }
  if (Array.isArray(line.consent))
    facts.consent = line.consent.filter((purpose) => typeof purpose === 'string')
  return facts as unknown as Facts
}

const SOURCES: readonly (readonly [keyof Facts, 'string' | 'number' | 'boolean', ...string[]])[] = [
  ['trace_id', 'string', 'trace_id'],
  ['provider', 'string', 'provider'],
  ['model', 'string', 'model'],
  ['tenant', 'string', 'tenant_id', 'tenant'],
  ['user', 'string', 'user_id', 'user'],
  ['step', 'string', 'step'],
  ['prompt', 'string', 'prompt.name', 'prompt'],
  ['environment', 'string', 'environment'],
  ['attempt', 'number', 'attempt'],
  ['status', 'string', 'status'],
  ['finish_reason', 'string', 'finish_reason'],
  ['duration_ms', 'number', 'duration_ms'],
  ['ttft_ms', 'number', 'ttft_ms'],
  ['input_tokens', 'number', 'input_tokens'],
  ['output_tokens', 'number', 'output_tokens'],
  ['context_share', 'number', 'context_window.used', 'context_share'],
  ['cost_usd', 'number', 'cost_usd'],
  ['slow', 'boolean', 'slow'],
  ['level', 'number', 'level'],
]

function at(line: Readonly<Record<string, unknown>>, path: string): unknown {
  const [first = '', second] = path.split('.')
  const value = line[first]
  if (second === undefined || typeof value !== 'object' || value === null) {
    return second === undefined ? value : undefined
  }
  return (value as Record<string, unknown>)[second]
}
