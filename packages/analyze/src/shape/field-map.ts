import { type Source, TIME_UNITS, type TimeUnit } from '@recount/record/shapes'
import { AnalyzeError } from '../errors.ts'

/** One `--map OURS=THEIRS[:unit]`: where a key of ours is in the user's lines. */
export interface FieldMap {
  /** As it was given. */
  readonly text: string
  readonly ours: string
  readonly source: Source
}

const TIME_KEYS = ['start_time', 'end_time', 'duration_ms', 'call_duration_ms', 'ttft_ms']

/** Dollars in a unit of money; `micros` are millionths. */
const MONEY_UNITS: Readonly<Record<string, number>> = { usd: 1, cents: 0.01, micros: 1e-6 }

/** Keys that can be mapped: the scalar keys of `llm_call` that anything is counted or grouped by. */
const MAPPABLE: readonly string[] = [
  ...TIME_KEYS,
  ...['status', 'error', 'error_type', 'error_category', 'provider', 'operation', 'model'],
  ...['response_model', 'input_tokens', 'output_tokens', 'cache_read_tokens', 'cache_write_tokens'],
  ...['reasoning_tokens', 'cost_usd', 'finish_reason', 'finish_reason_raw', 'span_id', 'retry_of'],
  ...['trace_id', 'parent_span_id', 'fallback_of', 'attempt', 'stream', 'usage_source'],
  ...['cost_source', 'price_version', 'provider_request_id', 'message_id', 'sample_rate'],
  ...['session_id', 'user_id', 'tenant_id', 'request_id', 'workflow', 'step', 'step_attempt'],
  ...['span_name', 'agent', 'service', 'environment', 'release', 'commit'],
  ...['prompt_name', 'prompt_version'],
]

/** Short names people type, and the key each stands for. */
const ALIASES: Readonly<Record<string, string>> = {
  time: 'start_time',
  latency: 'duration_ms',
  latency_ms: 'duration_ms',
  ttft: 'ttft_ms',
  cost: 'cost_usd',
  user: 'user_id',
  tenant: 'tenant_id',
  prompt: 'prompt_name',
}

/** More after a comma: no key of a log has an equals sign there. */
const SEVERAL = /,\s*\w+=/

/** Reads `--map` texts; ANALYZE_OPTION_INVALID says what is wrong with one. */
export function parseMaps(texts: readonly string[]): FieldMap[] {
  return texts.map(parseMap)
}

function parseMap(text: string): FieldMap {
  const at = text.indexOf('=')
  const name = text.slice(0, at).trim()
  const [, path = '', unit] = /^(.*?)(?::(\w+))?$/s.exec(text.slice(at + 1).trim()) ?? []
  if (at < 1 || path === '') throw invalid(text, 'to be OURS=THEIRS or OURS=THEIRS:unit')
  if (SEVERAL.test(path)) {
    const each = text.split(/,\s*/).map((part) => `--map ${part}`)
    throw invalid(text, `to be one OURS=THEIRS; repeat it: ${each.join(' ')}`)
  }
  const ours = Object.hasOwn(ALIASES, name) ? (ALIASES[name] as string) : name
  if (!MAPPABLE.includes(ours)) {
    const names = [...Object.keys(ALIASES), ...MAPPABLE].join(', ')
    throw invalid(text, `to begin with one of ${names}`)
  }
  if (unit === undefined) return { text, ours, source: { path } }
  if (ours === 'cost_usd') {
    if (!Object.hasOwn(MONEY_UNITS, unit))
      throw invalid(text, `to have a unit out of ${Object.keys(MONEY_UNITS).join(', ')}`)
    return { text, ours, source: { path, scale: MONEY_UNITS[unit] as number } }
  }
  if (!(TIME_UNITS as readonly string[]).includes(unit)) {
    throw invalid(text, `to have a unit out of ${TIME_UNITS.join(', ')}`)
  }
  const before = path.slice(path.lastIndexOf(':') + 1)
  if (path.includes(':') && (TIME_UNITS as readonly string[]).includes(before)) {
    throw invalid(text, 'to have one unit')
  }
  if (!TIME_KEYS.includes(ours))
    throw invalid(text, `without a unit, because ${ours} is no time and no money`)
  return { text, ours, source: { path, unit: unit as TimeUnit } }
}

function invalid(text: string, expected: string): AnalyzeError {
  return new AnalyzeError('ANALYZE_OPTION_INVALID', `Expected \`map\` ${expected}, got \`${text}\``)
}
