import type { AnyRecord, Content, ContentPart, LlmCall, UserActionName } from '@recount/record'
import { beganOf } from '../records/slot.ts'
import type { StoredTrace } from '../store.ts'
import { type CallVerdicts, verdictsOf } from './call-verdicts.ts'
import { messagesOf, type PartedMessage, seenMessages } from './seen-messages.ts'

/** A judgement of a call. */
export interface EvalScore {
  readonly name: string
  readonly score: number | null
  readonly label: string | null
  readonly evaluator: string
  readonly explanation: string | null
}

/** A model call as an example for evals: what it saw, what it said, and what it should have said. */
export interface EvalExample {
  /** The span; the same call has the same id in every export. */
  readonly id: string
  readonly trace_id: string
  /** When it began, ISO 8601. */
  readonly time: string | null
  readonly provider: string | null
  readonly model: string | null
  readonly response_model: string | null
  readonly prompt: { readonly name: string; readonly version: string | null } | null
  readonly release: string | null
  readonly environment: string | null
  readonly workflow: string | null
  readonly step: string | null
  readonly status: string
  readonly finish_reason: string | null
  readonly params: Readonly<Record<string, unknown>>
  /** The messages as the model saw them, the system prompt among them. */
  readonly input: readonly PartedMessage[]
  /** Tools that were offered, as they were sent; null without any. */
  readonly tools: unknown
  /** What it said; null where nothing was kept. */
  readonly output: unknown
  /** What it should have said: what a user made of it, or its own answer where a user accepted it; else null. */
  readonly expected: unknown
  readonly expected_from: 'edit' | 'accepted' | 'output' | null
  /** Whether a user tried again or gave up, so that `output` is what should not be said. */
  readonly rejected: boolean
  /** What a user did with it last, ratings aside. */
  readonly action: UserActionName | null
  readonly rating: number | null
  readonly comment: string | null
  readonly scores: readonly EvalScore[]
  readonly tags: readonly string[]
  readonly metadata: Readonly<Record<string, unknown>>
  /** Whether the middle of long texts was cut out when they were recorded. */
  readonly truncated: boolean
}

/** What examples are made of. */
export interface ExampleOptions {
  /** Takes what was said where nobody said what should have been. */
  readonly expectOutput: boolean
}

/** Why a call is no example: another attempt repeats it, it made vectors, nothing was kept of what it was asked. */
export type NoExample = 'repeated' | 'embeddings' | 'no content'

/** The calls in a trace by span, as examples or why they are none. */
export function examplesOf(
  trace: StoredTrace,
  options: ExampleOptions,
): Map<string, EvalExample | NoExample> {
  const { records } = trace
  const calls = records.filter((record) => record.event === 'llm_call')
  const repeated = new Set(calls.map(({ retry_of }) => retry_of))
  const verdicts = verdictsOf(records)
  const contents = contentsOf(records)
  const examples = new Map<string, EvalExample | NoExample>()
  for (const call of calls) {
    const parts = contents.get(call.span_id) ?? []
    const example = exampleOf(call, parts, verdicts.get(call.span_id), options)
    const whyNot = repeated.has(call.span_id)
      ? 'repeated'
      : call.operation === 'embeddings'
        ? 'embeddings'
        : 'no content'
    examples.set(call.span_id, whyNot === 'no content' ? (example ?? whyNot) : whyNot)
  }
  return examples
}

function contentsOf(records: readonly AnyRecord[]): Map<string, Content[]> {
  const contents = new Map<string, Content[]>()
  for (const record of records)
    if (record.event === 'content')
      contents.set(record.span_id, [...(contents.get(record.span_id) ?? []), record])
  return contents
}

function exampleOf(
  call: LlmCall,
  contents: readonly Content[],
  verdicts: CallVerdicts | undefined,
  options: ExampleOptions,
): EvalExample | undefined {
  const find = (part: ContentPart): unknown => contents.find((line) => line.part === part)?.content
  const input = seenMessages(find('system'), find('input'))
  if (input.length === 0) return undefined
  const output = find('output') ?? null
  return {
    ...factsOf(call),
    input,
    tools: find('tools') ?? null,
    output,
    ...expectation(output, verdicts, options),
    rating: verdicts?.rating ?? null,
    comment: verdicts?.comment ?? null,
    scores: verdicts?.scores ?? [],
    tags: call.tags ?? [],
    metadata: call.metadata ?? {},
    truncated: contents.some(({ truncated }) => truncated === true),
  }
}

type Facts = Pick<
  EvalExample,
  | ('id' | 'trace_id' | 'time' | 'provider' | 'model' | 'response_model' | 'prompt' | 'release')
  | ('environment' | 'workflow' | 'step' | 'status' | 'finish_reason' | 'params')
>

function factsOf(call: LlmCall): Facts {
  const { prompt } = call
  return {
    id: call.span_id,
    trace_id: call.trace_id,
    time: isoTime(beganOf(call)),
    provider: call.provider ?? null,
    model: call.model ?? null,
    response_model: call.response_model ?? null,
    prompt: prompt ? { name: prompt.name, version: textOrNull(prompt.version) } : null,
    release: call.release ?? null,
    environment: call.environment ?? null,
    workflow: call.workflow ?? null,
    step: call.step ?? null,
    status: call.status,
    finish_reason: call.finish_reason ?? null,
    params: call.params ?? {},
  }
}

function expectation(
  output: unknown,
  verdicts: CallVerdicts | undefined,
  { expectOutput }: ExampleOptions,
): Pick<EvalExample, 'expected' | 'expected_from' | 'rejected' | 'action'> {
  const action = verdicts?.action ?? null
  const rejected = action === 'retried' || action === 'abandoned'
  const edit = verdicts?.edit
  if (edit !== undefined) return { expected: edit, expected_from: 'edit', rejected, action }
  const hasOutput = messagesOf(output, 'assistant').length > 0
  if (hasOutput && action === 'accepted')
    return { expected: output, expected_from: 'accepted', rejected, action }
  const isTaken = hasOutput && expectOutput && !rejected && action !== 'edited'
  return isTaken
    ? { expected: output, expected_from: 'output', rejected, action }
    : { expected: null, expected_from: null, rejected, action }
}

/** Times that no calendar has are left at its end. */
function isoTime(ms: number): string | null {
  if (ms === 0) return null
  return new Date(Math.max(-8.64e15, Math.min(8.64e15, ms))).toISOString()
}

function textOrNull(value: unknown): string | null {
  return value === undefined || value === null ? null : String(value)
}
