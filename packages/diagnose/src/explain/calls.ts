import type { LlmCall } from '@recount/record'
import type { Facts, Seen } from './facts.ts'
import { brief } from './said.ts'
import type { Verdict } from './verdict.ts'

/** Calls that failed and were not made good, windows that were too small, work that has no end. */
export function blameCalls({ calls, interrupted }: Facts): Verdict[] {
  const replaced = new Set(calls.flatMap(({ record }) => [record.retry_of, record.fallback_of]))
  const failed = calls.filter(({ span_id }) => !replaced.has(span_id))
  return [
    ...failed.flatMap((call) => blameFailure(call) ?? []),
    ...calls.flatMap((call) => blameWindow(call) ?? []),
    ...interrupted.map(({ span_id, event }): Verdict => {
      return {
        part: 'application',
        span_id,
        summary: 'Something began and has no end: the process died, or it is still under way.',
        confidence: 0.7,
        proof: [{ span_id, event, field: 'event', says: `${event} without an end` }],
        advice:
          'Look at what ended the process: a crash, a deployment, a time limit of the platform.',
      }
    }),
  ]
}

/** What a diagnosis of a failed call blames, where that is not the provider. */
const BLAMED: Readonly<Record<string, { part: Verdict['part']; summary: string }>> = {
  context_length_exceeded: {
    part: 'context',
    summary: 'The input did not fit into the model’s window.',
  },
  content_filter: {
    part: 'filter',
    summary: 'The provider’s filter blocked the prompt or the answer.',
  },
  output_truncated: {
    part: 'length',
    summary: 'The budget for output ran out, so the answer is cut off.',
  },
  empty_response: { part: 'empty', summary: 'The call went well and had no content.' },
  not_llm_error: {
    part: 'application',
    summary: 'What failed inside the call was not the model’s API.',
  },
}

function blameFailure({ record, span_id }: Seen<LlmCall>): Verdict | undefined {
  const { status, error, diagnosis, provider } = record
  if (status !== 'error') return undefined
  const category = diagnosis?.category
  return {
    part: 'provider',
    summary: `The call to ${provider} failed${category === undefined ? '' : `: ${category}`}.`,
    ...BLAMED[category ?? ''],
    span_id,
    confidence: 0.95,
    proof: [
      {
        span_id,
        event: 'llm_call',
        field: 'error',
        says: brief(`${error?.status ?? ''} ${error?.type ?? ''}: ${error?.message ?? ''}`),
      },
    ],
    advice: diagnosis?.suggestions?.[0] ?? 'Diagnose the error: recount diagnose.',
  }
}

/** So full a window is likely to have lost something. */
const FULL = 0.98
/** So much less than was sent has reached the model: a local server cuts silently. */
const CUT = 0.7

function blameWindow({ record, span_id }: Seen<LlmCall>): Verdict | undefined {
  const { limit, used, tokens_estimated } = record.context_window ?? {}
  const { input_tokens, status } = record
  if (status === 'error') return undefined
  const share = used ?? (limit && input_tokens ? input_tokens / limit : undefined)
  const wasCut =
    typeof input_tokens === 'number' &&
    tokens_estimated !== undefined &&
    tokens_estimated > 500 &&
    input_tokens < tokens_estimated * CUT
  if ((share === undefined || share < FULL) && !wasCut) return undefined
  const summary = wasCut
    ? 'Less reached the model than was sent: the context was cut.'
    : 'The model’s window was full, so what did not fit was cut off.'
  return {
    part: 'context',
    span_id,
    summary,
    confidence: wasCut && share !== undefined && share < FULL ? 0.7 : 0.85,
    proof: [
      {
        span_id,
        event: 'llm_call',
        field: 'context_window',
        says: `${tokens_estimated ?? '?'} tokens estimated, ${input_tokens ?? '?'} counted, limit ${limit ?? '?'}`,
      },
    ],
    advice:
      'Shorten or summarise the history, retrieve fewer chunks, or take a model with a larger window (Ollama: num_ctx).',
  }
}
