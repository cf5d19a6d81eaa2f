import { random } from './fixtures.ts'

const MODELS = ['large', 'small', 'Grüße 漢字', 'with "quotes" \\', '', 'x'.repeat(230)]
const STATUSES = ['ok', 'ok', 'ok', 'ok', 'ok', 'ok', 'error', 'partial', 'aborted']
const PROMPTS = [{ name: 'triage', version: '1' }, { name: 'triage', version: '2' }, { name: 'é' }]

type Row = Readonly<Record<string, unknown>>

/** Lines of our own log, of all kinds and with much that is unusual, the same for the same seed. */
export function ownLog(count: number, seed: number): string[] {
  const next = random(seed)
  const pick = <Value>(values: readonly Value[]): Value =>
    values[Math.floor(next() * values.length)] as Value
  const maybe = (share: number, row: () => Row): Row => (next() < share ? row() : {})
  const lines: string[] = []
  let failed = 'none'
  for (let i = 0; lines.length < count; i++) {
    const ids = { trace_id: `trace-${i >> 2}`, span_id: i.toString(16).padStart(16, '0') }
    const time = 1_790_000_000_000 + Math.floor(next() * 1e4) + i * 900
    const common = { level: pick([20, 30, 30, 30, 50]), time, pid: 4, recount: 1, ...ids }
    const status = pick(STATUSES)
    const named = { provider: 'acme', model: pick(MODELS), user_id: `u${Math.floor(next() * 40)}` }
    const start = { ...common, event: 'llm_call_started', ...named }
    const call = {
      ...{ ...common, ...maybe(0.3, () => ({ tags: pick([['a'], ['a', 'b'], []]) })) },
      ...maybe(0.2, () => ({ metadata: { tier: pick(['free', 'paid', 3, null]), n: i } })),
      ...{ event: 'llm_call', ...named, status, start_time: time - 0.125, duration_ms: 0 },
      duration_ms: pick([Math.round(next() * 1e6) / 1000, next() * 1000, 0, null, 12]),
      ...maybe(0.5, () => ({ prompt: pick(PROMPTS) })),
      ...maybe(0.5, () => ({ ttft_ms: Math.round(next() * 1e5) / 1000 })),
      ...maybe(0.8, () => ({ input_tokens: pick([i, 0, null, 1e16]), output_tokens: i % 900 })),
      ...maybe(0.3, () => ({ cache_read_tokens: i % 7 })),
      ...maybe(0.7, () => ({ cost_usd: pick([Math.round(next() * 1e9) / 1e9, 1e-7, 12.5, null]) })),
      ...maybe(0.1, () => ({ response_model: 'dated' })),
      ...maybe(0.5, () => ({ finish_reason: pick(['stop', 'length', null]) })),
      ...maybe(0.05, () => ({ retry_of: failed, attempt: 2, call_duration_ms: 5000 + i })),
      ...maybe(0.5, () => ({ message_id: `m${i}` })),
      ...(status === 'error' || status === 'partial'
        ? {
            error: { type: pick(['RateLimitError', 'E"\n', undefined]), code: 'c', status: 429 },
            ...maybe(0.5, () => ({ diagnosis: { category: pick(['rate_limit', 'network']) } })),
          }
        : {}),
    }
    if (status === 'error') failed = ids.span_id
    if (next() < 0.6) lines.push(JSON.stringify(start))
    if (next() < 0.97) lines.push(odd(JSON.stringify(call), next))
    if (next() < 0.2) lines.push(JSON.stringify(other(common, i, pick)))
  }
  return lines
}

/** Another event of ours, or a line of somebody else. */
function other(common: Row, i: number, pick: <Value>(values: readonly Value[]) => Value): Row {
  const content = [{ role: 'user', content: 'text "quoted" '.repeat(60) }]
  const { level, time } = common
  return pick<Row>([
    { ...common, event: 'content', part: 'input', bytes: 1, content },
    { ...common, event: 'step', status: 'ok', duration_ms: 5 },
    { ...common, event: 'validation', passed: i % 3 > 0, rule: 'short' },
    { ...common, event: 'user_action', action: 'edited', message_id: `m${i - 2}` },
    { ...common, event: 'evaluation', name: 'tone', score: 0.5 },
    { level, time, msg: 'an ordinary line', pid: 4 },
    { ...common, recount: 2, event: 'llm_call' },
  ])
}

/** Some lines are written in another way, or broken. */
function odd(line: string, next: () => number): string {
  const kind = Math.floor(next() * 60)
  if (kind === 0) return `${line}\r`
  if (kind === 1) return line.replaceAll(',"', ' , "').replaceAll('":', '" : ')
  if (kind === 2) return line.replace('"model"', '"mod\\u0065l"')
  if (kind === 3) return line.slice(0, Math.floor(next() * line.length))
  if (kind === 4) return line.replace('}', ',"status":"ok","model":"last"}')
  if (kind === 5) return line.replace('"span_id":"', '"span_id":"\\u0041')
  return line
}
