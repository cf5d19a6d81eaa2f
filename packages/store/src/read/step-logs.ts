import type { Content } from '@recount/record'
import type { SeenMessage, StepLog, StoredTrace } from '../store.ts'
import { searchableText } from '../text/searchable-text.ts'
import { spanFacts } from './span-summary.ts'

/** The model calls of a workflow, or of one of its steps, with their content, in the order in which they began. */
export function stepLogs(
  traces: readonly StoredTrace[],
  { workflow, step }: { workflow: string; step?: string },
): StepLog[] {
  return traces
    .flatMap((trace) => callsOf(trace))
    .filter(({ call }) => call.workflow === workflow && (step === undefined || call.step === step))
    .sort((a, b) => (a.call.start_time ?? 0) - (b.call.start_time ?? 0))
}

/** The last attempt of a step: by the step's attempt, then by time. */
export function latestLog(logs: readonly StepLog[]): StepLog | undefined {
  return logs.reduce<StepLog | undefined>(
    (last, log) => (last === undefined || isLater(log, last) ? log : last),
    undefined,
  )
}

/** The messages of a call, the system prompt first, as the model saw them. */
export function windowOf(log: StepLog | undefined): readonly unknown[] | undefined {
  if (log === undefined) return undefined
  const system = partOf(log, 'system')
  const input = partOf(log, 'input')
  if (system === undefined && input === undefined) return undefined
  return [...systemMessages(system), ...listOf(input)]
}

/** The same with the answer, as texts, with estimated tokens. */
export function conversationOf(log: StepLog | undefined): SeenMessage[] | undefined {
  const window = windowOf(log)
  if (log === undefined || window === undefined) return undefined
  return [...window, ...listOf(partOf(log, 'output'))].map((message) => {
    const content = searchableText(message)
    const { role = 'assistant' } = message as { role?: string }
    return { role, content, token_estimate: estimatedTokens(content) }
  })
}

/** Four letters a token; of scripts without an alphabet one letter is more than one half. */
function estimatedTokens(text: string): number {
  const dense = text.match(/[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Hangul}]/gu)?.length ?? 0
  return Math.ceil((text.length - dense) / 4 + dense * 0.8)
}

function callsOf({ records }: StoredTrace): StepLog[] {
  const contents = new Map<string, Content[]>()
  for (const record of records)
    if (record.event === 'content')
      contents.set(record.span_id, [...(contents.get(record.span_id) ?? []), record])
  const calls = new Map<string, StepLog>()
  for (const record of records) {
    if (record.event !== 'llm_call' && record.event !== 'llm_call_started') continue
    const facts = spanFacts(record)
    if (facts === undefined || (record.event !== 'llm_call' && calls.has(facts.span_id))) continue
    const { rank: _, ...call } = facts
    calls.set(call.span_id, { call, content: contents.get(call.span_id) ?? [] })
  }
  return [...calls.values()]
}

function isLater({ call: a }: StepLog, { call: b }: StepLog): boolean {
  const attempts = (a.step_attempt ?? 1) - (b.step_attempt ?? 1)
  return attempts === 0 ? (a.start_time ?? 0) >= (b.start_time ?? 0) : attempts > 0
}

function partOf({ content }: StepLog, part: Content['part']): unknown {
  return content.find((line) => line.part === part)?.content
}

/** A system prompt is kept as a text, or as the parts of a message. */
function systemMessages(system: unknown): unknown[] {
  return listOf(system).map((item) =>
    typeof item === 'object' && item !== null && 'role' in item
      ? item
      : {
          role: 'system',
          parts: [typeof item === 'string' ? { type: 'text', content: item } : item],
        },
  )
}

function listOf(value: unknown): unknown[] {
  if (value === undefined || value === null) return []
  return Array.isArray(value) ? value : [value]
}
