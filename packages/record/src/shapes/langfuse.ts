import { at, clues, inUnit, type LogShape, type Source } from './shape.ts'

/** What Langfuse counts apart from `input`; with it they are the input as the provider saw it. */
const CACHED = [
  ...['input_cached_tokens', 'cache_read_input_tokens', 'cache_creation_input_tokens'],
  ...[
    'input_cache_read',
    'input_cache_creation',
    'input_cached',
    'input_audio',
    'input_audio_tokens',
  ],
]
const REASONING = [
  'output_reasoning_tokens',
  'output_reasoning',
  'output_audio',
  'output_audio_tokens',
]

function details(key: string, apart: readonly string[]): Source[] {
  return ['usageDetails', 'usage_details'].map((place) => ({
    path: `${place}.${key}`,
    plus: apart.map((name) => `${place}.${name}`),
  }))
}

const OTHER_TYPES = [
  ...['SPAN', 'EVENT', 'AGENT', 'TOOL', 'CHAIN', 'RETRIEVER', 'EVALUATOR', 'GUARDRAIL'],
  ...['span-create', 'span-update', 'event-create', 'trace-create', 'score-create'],
]

/** Observations as Langfuse exports them: by its API, by its web page, and to object storage. */
export const LANGFUSE_SHAPE: LogShape = {
  name: 'langfuse',
  title: 'observations exported from Langfuse',
  calls: [
    clues(['GENERATION', 'EMBEDDING'], 'type'),
    [...clues(OTHER_TYPES, 'type'), ...clues('text', 'traceId')],
    [...clues(OTHER_TYPES, 'type'), ...clues('text', 'trace_id')],
  ],
  unless: clues(OTHER_TYPES, 'type'),
  failed: clues(['ERROR'], 'level'),
  succeeded: clues(['DEBUG', 'DEFAULT', 'WARNING'], 'level'),
  aborted: [],
  lengthBySpan: true,
  fields: {
    model: at('model', 'providedModelName', 'provided_model_name', 'internalModel'),
    start_time: at('startTime', 'start_time'),
    end_time: at('endTime', 'end_time'),
    first_token_time: at('completionStartTime', 'completion_start_time'),
    duration_ms: inUnit('s', 'latency'),
    ttft_ms: inUnit('s', 'timeToFirstToken', 'time_to_first_token'),
    input_tokens: [
      ...details('input', CACHED),
      ...at('usage.input', 'usage.promptTokens', 'promptTokens', 'prompt_tokens', 'inputUsage'),
    ],
    output_tokens: [
      ...details('output', REASONING),
      ...at('usage.output', 'usage.completionTokens', 'completionTokens', 'completion_tokens'),
      ...at('outputUsage'),
    ],
    cost_usd: at(
      ...[
        'costDetails.total',
        'cost_details.total',
        'calculatedTotalCost',
        'totalCost',
        'total_cost',
      ],
      'usage.totalCost',
    ),
    error_type: at('metadata.error.type', 'metadata.error_type'),
    span_id: at('id'),
    trace_id: at('traceId', 'trace_id'),
    session_id: at('sessionId', 'session_id'),
    user_id: at('userId', 'user_id'),
    release: at('release'),
    environment: at('environment'),
    prompt_name: at('promptName', 'prompt_name'),
    prompt_version: at('promptVersion', 'prompt_version'),
    span_name: at('name'),
    tags: at('tags', 'trace_tags'),
    metadata: at('metadata'),
  },
}
