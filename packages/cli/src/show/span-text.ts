import type { AnyRecord, RecordedError, SpanNode, Validation } from '@recount/record'
import { countText, dollarsText, durationText } from '../numbers-text.ts'
import type { Style } from '../terminal.ts'

/** A span in words. All texts are as they stand in the log: make them plain before printing. */
export interface SpanText {
  readonly label: string
  /** One word, which says what the colour says. */
  readonly status: string
  readonly style: Style
  readonly duration_ms: number | undefined
  /** Lines below the row. */
  readonly notes: readonly Note[]
}

/** A line below a row. */
export interface Note {
  readonly text: string
  readonly style?: Style
}

/** Puts a span into words; `verdicts` are its validation lines, `parent` is what it stands in. */
export function spanText(
  node: SpanNode,
  verdicts: readonly Validation[],
  parent?: SpanNode,
): SpanText {
  const record = node.end ?? node.start
  if (record === undefined) {
    const label = `span ${node.span_id.slice(0, 8)}`
    const note: Note = { text: 'its own lines are not in these files', style: 'yellow' }
    return { label, status: 'unknown', style: 'yellow', duration_ms: undefined, notes: [note] }
  }
  const { status, style } = statusOf(node, verdicts)
  return {
    label: labelOf(record),
    status,
    style,
    duration_ms: 'duration_ms' in record ? record.duration_ms : undefined,
    notes: [
      ...interruption(node, parent),
      ...(parent === undefined ? placeNotes(record) : []),
      ...requestNotes(record),
      ...notesOf(record, verdicts),
      ...inference(record),
      ...('error' in record ? errorNotes(record.error, style) : []),
      ...diagnosisNotes(record),
    ],
  }
}

function labelOf(record: AnyRecord): string {
  switch (record.event) {
    case 'llm_call':
    case 'llm_call_started':
      return `llm ${record.model}`
    case 'tool_call':
    case 'tool_call_started':
      return `tool ${record.tool}`
    case 'retrieval':
      return `retrieval ${record.source}`
    case 'step':
    case 'step_started':
      return record.step === undefined
        ? (record.workflow ?? record.span_name ?? 'trace')
        : `step ${record.step}`
    case 'final_response':
      return 'final answer'
    default:
      return record.event
  }
}

const STYLES: Readonly<Record<string, Style>> = {
  ok: 'green',
  error: 'red',
  partial: 'yellow',
  aborted: 'yellow',
  dropped: 'yellow',
}

function statusOf(
  { end, start }: SpanNode,
  verdicts: readonly Validation[],
): { status: string; style: Style } {
  if (end === undefined && start !== undefined) return { status: 'interrupted', style: 'magenta' }
  if (verdicts.length > 0) {
    const passed = verdicts.every((verdict) => verdict.passed)
    return passed ? { status: 'passed', style: 'green' } : { status: 'failed', style: 'red' }
  }
  if (end?.event === 'final_response')
    return { status: end.disposition, style: STYLES[end.disposition] ?? 'green' }
  const status = end !== undefined && 'status' in end ? end.status : ''
  return { status, style: STYLES[status] ?? 'dim' }
}

function interruption({ start, end }: SpanNode, parent: SpanNode | undefined): Note[] {
  if (end !== undefined || start === undefined) return []
  const isCall = start.event === 'llm_call_started'
  if (isCall && parent?.end !== undefined) {
    const text =
      'it has no end: nobody read its answer to the end, though what is around it is over'
    return [{ text, style: 'magenta' }]
  }
  const unread = isCall ? ', or nobody read its answer' : ''
  const text = `it began and has no end: the process died, or it is still under way${unread}`
  return [{ text, style: 'magenta' }]
}

/** Where a call stands that no step is recorded around: as `workflow patents · step assess · job 17`. */
function placeNotes({ event, workflow, step, step_attempt, metadata }: AnyRecord): Note[] {
  if (event.startsWith('step')) return []
  const place = { workflow, step, attempt: step_attempt, job: metadata?.job_id }
  const words = Object.entries(place).flatMap(([name, value]) =>
    value === undefined || value === null ? [] : `${name} ${value}`,
  )
  return words.length === 0 ? [] : [{ text: joined(words) }]
}

function inference(record: AnyRecord): Note[] {
  if (!('inferred' in record) || record.inferred !== true) return []
  return [{ text: 'its result stood in the next request: when it ran is not known' }]
}

/** Of the trace of an HTTP request: method, route and status, as `GET /orders/:id 200`. */
function requestNotes({ event, step, metadata = {} }: AnyRecord): Note[] {
  const { method, route, status } = metadata
  if (event !== 'step' || step !== undefined || typeof method !== 'string') return []
  const known = [route, status].filter((value) => value !== undefined && value !== null)
  return known.length === 0 ? [] : [{ text: [method, ...known].join(' ') }]
}

function notesOf(record: AnyRecord, verdicts: readonly Validation[]): Note[] {
  if (verdicts.length > 0) return verdicts.map(verdictNote)
  if (record.event === 'llm_call' || record.event === 'llm_call_started') return callNotes(record)
  if (record.event === 'retrieval') {
    const found = record.chunks.slice(0, 5).map(({ source_id = '?', score }) => {
      return score === undefined ? source_id : `${source_id} ${score}`
    })
    const more = record.chunks.length > 5 ? [`${record.chunks.length - 5} more`] : []
    return [{ text: found.length === 0 ? 'nothing found' : [...found, ...more].join(' · ') }]
  }
  if (record.event === 'final_response') {
    const { total, retrieval, llm, tools, ttft } = record.latency_ms
    const parts = [`after ${durationText(total)}`, `models ${durationText(llm)}`]
    if (tools > 0) parts.push(`tools ${durationText(tools)}`)
    if (retrieval > 0) parts.push(`retrieval ${durationText(retrieval)}`)
    if (ttft !== null) parts.push(`first token ${durationText(ttft)}`)
    return [{ text: parts.join(' · ') }]
  }
  return []
}

function callNotes(record: Extract<AnyRecord, { provider: string }>): Note[] {
  const notes = [joined(subjectWords(record))]
  if (record.event === 'llm_call') notes.unshift(joined(outcomeWords(record)))
  return notes.filter((text) => text !== '').map((text) => ({ text }))
}

function outcomeWords(record: Extract<AnyRecord, { event: 'llm_call' }>): string[] {
  const { input_tokens, output_tokens, cache_read_tokens, ttft_ms, cost_usd } = record
  const words: string[] = []
  if (typeof input_tokens === 'number' || typeof output_tokens === 'number') {
    const cached = cache_read_tokens ? ` (${countText(cache_read_tokens)} cached)` : ''
    words.push(`${tokens(input_tokens)}${cached} → ${tokens(output_tokens)} tokens`)
  }
  if (typeof ttft_ms === 'number') words.push(`first token ${durationText(ttft_ms)}`)
  if (typeof cost_usd === 'number') words.push(dollarsText(cost_usd))
  if (record.finish_reason) words.push(`finish ${record.finish_reason}`)
  if (record.tools?.called?.length) words.push(`asked for ${record.tools.called.join(', ')}`)
  if (record.call_duration_ms !== undefined)
    words.push(`${durationText(record.call_duration_ms)} with all attempts`)
  return words
}

function subjectWords(record: Extract<AnyRecord, { provider: string }>): string[] {
  const {
    provider,
    operation,
    prompt,
    attempt = 1,
    retry_of,
    fallback_of,
    held_state,
    continues,
  } = record
  const words = [operation === 'chat' ? provider : `${provider} ${operation}`]
  if (record.event === 'llm_call' && (record.response_model ?? record.model) !== record.model)
    words.push(`answered by ${record.response_model}`)
  if (prompt !== undefined) {
    const version = prompt.version === undefined ? '' : ` v${prompt.version}`
    words.push(`prompt ${prompt.name}${version}`)
  }
  if (attempt > 1 || retry_of !== undefined) {
    const repeats = retry_of === undefined ? '' : `, retry of ${retry_of.slice(0, 8)}`
    words.push(`attempt ${attempt}${repeats}`)
  }
  if (held_state !== undefined) {
    const from = continues === undefined ? '' : `, goes on from ${continues.slice(0, 8)}`
    words.push(`not all in this request (${Object.keys(held_state).join(', ')})${from}`)
  }
  if (fallback_of !== undefined) words.push(`fallback for ${fallback_of.slice(0, 8)}`)
  return words
}

function verdictNote({ passed, rule, path, message }: Validation): Note {
  if (passed) return { text: 'all rules hold' }
  const place = path ? ` at ${path}` : ''
  return { text: `rule ${rule ?? '?'}${place}${message ? `: ${message}` : ''}`, style: 'red' }
}

function errorNotes(error: RecordedError | undefined, style: Style): Note[] {
  if (error === undefined) return []
  const { type, status, code, message, cause } = error
  const head = [type, status, code].filter((part) => part !== undefined && part !== null).join(' ')
  return [{ text: `${head}: ${message}`, style }, ...errorNotes(cause, style)]
}

function diagnosisNotes(record: AnyRecord): Note[] {
  if (!('diagnosis' in record) || record.diagnosis === undefined) return []
  const { category, retryable, suggestions = [] } = record.diagnosis
  // That it is no model's error says nothing new about a tool.
  if (retryable === 'unknown') return []
  const head = `diagnosis ${category}, retry: ${retryable.replaceAll('_', ' ')}`
  return [{ text: joined([head, ...suggestions.slice(0, 1)]) }]
}

function tokens(count: number | null | undefined): string {
  return typeof count === 'number' ? countText(count) : '?'
}

function joined(words: readonly string[]): string {
  return words.join(' · ')
}
