import { at, clues, inUnit, type LogShape, type Source } from './shape.ts'

const PLACES = ['', 'attributes.', 'SpanAttributes.']

function attribute(...names: readonly string[]): Source[] {
  return at(...names.flatMap((name) => PLACES.map((place) => place + name)))
}

function paths(...names: readonly string[]): string[] {
  return attribute(...names).map(({ path }) => path)
}

/** Spans with OpenInference's names, as Phoenix exports them. */
export const OPENINFERENCE_SHAPE: LogShape = {
  name: 'openinference',
  title: 'OpenInference spans (llm.model_name, llm.token_count.*)',
  calls: [
    ...paths('llm.model_name', 'openinference.span.kind').map((path) => clues('text', path)),
    [...clues('text', 'span_kind'), ...clues('text', 'context.span_id')],
  ],
  unless: [
    'AGENT',
    'CHAIN',
    'TOOL',
    'RETRIEVER',
    'RERANKER',
    'GUARDRAIL',
    'EVALUATOR',
    'PROMPT',
    'UNKNOWN',
  ].flatMap((kind) => clues([kind], ...paths('openinference.span.kind'), 'span_kind')),
  failed: [
    ...clues(['ERROR', 'STATUS_CODE_ERROR', 2], 'status_code', 'status.code', 'status.status_code'),
    ...clues('set', ...paths('exception.type', 'error.type')),
  ],
  succeeded: [
    ...clues(['OK', 'STATUS_CODE_OK', 1], 'status_code', 'status.code', 'status.status_code'),
    ...clues('number', ...paths('llm.token_count.completion')),
  ],
  aborted: [],
  fields: {
    provider: attribute('llm.provider', 'llm.system'),
    model: attribute('llm.model_name', 'embedding.model_name'),
    start_time: [...inUnit('ns', 'startTimeUnixNano'), ...at('start_time', 'startTime')],
    end_time: [...inUnit('ns', 'endTimeUnixNano'), ...at('end_time', 'endTime')],
    duration_ms: at('latency_ms'),
    input_tokens: attribute('llm.token_count.prompt'),
    output_tokens: attribute('llm.token_count.completion'),
    cost_usd: attribute('llm.cost.total'),
    cache_read_tokens: attribute('llm.token_count.prompt_details.cache_read'),
    error_type: attribute('exception.type', 'error.type'),
    session_id: attribute('session.id'),
    user_id: attribute('user.id'),
    span_id: at('context.span_id', 'spanId', 'span_id'),
    trace_id: at('context.trace_id', 'traceId', 'trace_id'),
    tags: attribute('tag.tags'),
    prompt_name: attribute('llm.prompt_template.name'),
    prompt_version: attribute('llm.prompt_template.version'),
  },
}
