import type { LlmCall } from '@recount/record'
import type { Facts, Seen } from './facts.ts'
import type { Proof, Verdict } from './verdict.ts'

/** What is different in the calls of a trace from those of one that went well. */
export function blameChanges(facts: Facts, sibling: Facts): Verdict[] {
  const taken = new Set<Seen<LlmCall>>()
  return facts.calls.flatMap((call) => {
    const twin = twinOf(call, sibling.calls, taken)
    if (twin === undefined) return []
    taken.add(twin)
    const proof = differences(call, twin)
    const [first] = proof
    if (first === undefined) return []
    return {
      part: 'regression' as const,
      span_id: call.span_id,
      summary: `Since the last good answer ${proof.map(({ field }) => NAMES[field] ?? field).join(' and ')} changed.`,
      confidence: 0.75,
      proof,
      advice: 'Run the call again with what was there before (replay), and compare the answers.',
    }
  })
}

/** The call of the same prompt, step and operation that no other call has taken yet. */
function twinOf(
  { record }: Seen<LlmCall>,
  calls: readonly Seen<LlmCall>[],
  taken: ReadonlySet<Seen<LlmCall>>,
): Seen<LlmCall> | undefined {
  return calls.find(
    (other) =>
      !taken.has(other) &&
      other.record.prompt?.name === record.prompt?.name &&
      other.record.step === record.step &&
      other.record.operation === record.operation,
  )
}

const NAMES: Readonly<Record<string, string>> = {
  'prompt.version': 'the prompt',
  'prompt.digest': 'the text of the prompt',
  response_model: 'the model that answers',
  model: 'the model that is asked',
  params: 'parameters',
  release: 'the release',
}

function differences(now: Seen<LlmCall>, before: Seen<LlmCall>): Proof[] {
  const [a, b] = [comparables(before.record), comparables(now.record)]
  const changed = Object.keys(NAMES).filter(
    (field) => a[field] !== undefined && b[field] !== undefined && a[field] !== b[field],
  )
  // A new version has a new digest, and a model that is asked answers: the first says it.
  const shown = changed.filter(
    (field) =>
      !(field === 'prompt.digest' && changed.includes('prompt.version')) &&
      !(field === 'model' && changed.includes('response_model')),
  )
  // A release alone explains nothing.
  if (shown.every((field) => field === 'release')) return []
  return shown.map((field) => ({
    span_id: now.span_id,
    event: 'llm_call',
    field,
    says: `${a[field]} → ${b[field]}`,
  }))
}

function comparables(call: LlmCall): Record<string, string | undefined> {
  const { prompt, response_model, model, params, release } = call
  return {
    'prompt.version': prompt?.version === undefined ? undefined : String(prompt.version),
    'prompt.digest': prompt?.digest,
    response_model,
    model,
    params: params === undefined ? undefined : JSON.stringify(sorted(params)),
    release,
  }
}

function sorted(params: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(params).sort(([a], [b]) => (a < b ? -1 : 1)))
}
