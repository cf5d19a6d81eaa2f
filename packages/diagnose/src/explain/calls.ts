import type { LlmCall } from '@recount/record'
import type { Facts, Interrupted, Seen } from './facts.ts'
import { brief } from './said.ts'
import type { Verdict } from './verdict.ts'

/** Calls that failed or were cut and were not made good, windows that were too small, steps that failed by themselves, work that has no end. */
export function blameCalls({ calls, interrupted, failedSteps }: Facts): Verdict[] {
  const replaced = new Set(calls.flatMap(({ record }) => [record.retry_of, record.fallback_of]))
  const failed = calls.filter(({ span_id }) => !replaced.has(span_id))
  return [
    ...failed.flatMap((call) => blameFailure(call) ?? []),
    ...calls.flatMap((call) => blameWindow(call) ?? []),
    ...interrupted.map(blameUnended),
    ...innermost(failedSteps).map(blameStep),
  ]
}

function blameUnended({ span_id, event, isLeft }: Interrupted): Verdict {
  const isCall = event === 'llm_call_started'
  const proof = [{ span_id, event, field: 'event', says: `${event} without an end` }]
  const common = { part: 'application', span_id, confidence: 0.7, proof } as const
  if (isCall && isLeft)
    return {
      ...common,
      summary: 'Nobody read the answer of a model to its end, though what asked for it is over.',
      advice:
        'Read the stream, or the body, to its end; where it is not wanted, cancel it or abort the call.',
    }
  const unread = isCall ? ', or nobody read its answer' : ''
  return {
    ...common,
    summary: `Something began and has no end: the process died, or it is still under way${unread}.`,
    advice: 'Look at what ended the process: a crash, a deployment, a time limit of the platform.',
  }
}

type FailedStep = Facts['failedSteps'][number]

/** An error goes up through all steps around it; it began in the innermost. */
function innermost(steps: Facts['failedSteps']): FailedStep[] {
  const around = new Set(steps.map(({ record }) => record.parent_span_id))
  return steps.filter(({ span_id }) => !around.has(span_id))
}

function blameStep({ record, span_id }: FailedStep): Verdict {
  const { error } = record
  const name = record.step ?? record.workflow ?? record.span_name
  return {
    part: 'application',
    span_id,
    summary: `The ${name === undefined ? 'step' : `step ${name}`} failed.`,
    confidence: 0.6,
    proof: [{ span_id, event: 'step', field: 'error', says: brief(errorText(error)) }],
    advice: record.diagnosis?.suggestions?.[0] ?? 'Look at what the step itself threw.',
  }
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
  const isCut = status === 'partial' && (error !== undefined || !record.finish_reason)
  if (status !== 'error' && !isCut) return undefined
  const category = diagnosis?.category
  const what = isCut ? `The answer of ${provider} broke off` : `The call to ${provider} failed`
  return {
    part: 'provider',
    summary: `${what}${category === undefined ? '' : `: ${category}`}.`,
    ...BLAMED[category ?? ''],
    span_id,
    confidence: 0.95,
    proof: [
      {
        span_id,
        event: 'llm_call',
        field: error === undefined ? 'status' : 'error',
        says: error === undefined ? status : brief(errorText(error)),
      },
    ],
    advice:
      diagnosis?.suggestions?.[0] ?? (isCut ? CUT_ADVICE : 'Diagnose the error: recount diagnose.'),
  }
}

const CUT_ADVICE = 'Try again; keep what came. Look at idle timeouts of proxies on the way.'

function errorText(error: LlmCall['error']): string {
  return `${error?.status ?? ''} ${error?.type ?? ''}: ${error?.message ?? ''}`
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
