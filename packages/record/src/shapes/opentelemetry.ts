import { GENAI_ALIASES, GENAI_ATTRIBUTES } from '../genai.ts'
import { AI_SDK_OUTER } from './ai-sdk.ts'
import type { Clue, LogShape, Source, TimeUnit } from './shape.ts'

/** Where exporters put attributes: beside the rest, in `attributes`, or as the ClickHouse exporter does. */
const PLACES = ['', 'attributes.', 'SpanAttributes.']

/** An attribute and its older names in all places. */
function attribute(key: keyof typeof GENAI_ATTRIBUTES, unit?: TimeUnit): Source[] {
  const aliases = Object.entries(GENAI_ALIASES).filter(([, ours]) => ours === key)
  return named([GENAI_ATTRIBUTES[key], ...aliases.map(([alias]) => alias)], unit)
}

function named(attributes: readonly string[], unit?: TimeUnit): Source[] {
  return attributes.flatMap((name) => PLACES.map((place) => source(place + name, unit)))
}

/** Attributes of what sent the span, which some exporters write among those of the span. */
function resource(...attributes: readonly string[]): Source[] {
  const places = [...PLACES, 'resource.attributes.', 'resource.', 'ResourceAttributes.']
  return attributes.flatMap((name) => places.map((place) => source(place + name)))
}

function source(path: string, unit?: TimeUnit): Source {
  return unit === undefined ? { path } : { path, unit }
}

function clues(sources: readonly Source[], is: Clue['is']): Clue[] {
  return sources.map(({ path }) => ({ path, is }))
}

/** Spans that have a model's name and usage but are not calls of a model: agents, tools, workflows. */
const OTHER_OPERATIONS = [
  'create_agent',
  'execute_tool',
  'invoke_agent',
  'invoke_workflow',
  'create_memory',
  'search_memory',
]

/** Spans with OpenTelemetry's `gen_ai.*` attributes, one JSON object a span. */
export const OPENTELEMETRY_SHAPE: LogShape = {
  name: 'opentelemetry',
  title: 'OpenTelemetry spans (gen_ai.*)',
  calls: [
    ...clues(attribute('model'), 'text'),
    ...clues(attribute('response_model'), 'text'),
    ...clues(attribute('input_tokens'), 'number'),
    ...clues(attribute('output_tokens'), 'number'),
  ].map((clue) => [clue]),
  unless: [
    ...clues(attribute('operation'), OTHER_OPERATIONS),
    ...clues(named(['event.name']), 'set'),
    ...clues(named(['ai.operationId']), AI_SDK_OUTER),
  ],
  failed: [
    ...clues(named(['error.type']), 'set'),
    { path: 'status', is: ['ERROR', 'Error', 'error', 'STATUS_CODE_ERROR'] },
    { path: 'status.code', is: [2, 'ERROR', 'Error', 'STATUS_CODE_ERROR'] },
    { path: 'status.status_code', is: ['ERROR', 'Error', 'STATUS_CODE_ERROR'] },
    { path: 'StatusCode', is: ['ERROR', 'Error', 'STATUS_CODE_ERROR'] },
  ],
  succeeded: [
    ...clues(attribute('finish_reason'), 'set'),
    ...clues(attribute('output_tokens'), 'number'),
  ],
  aborted: [],
  fields: {
    provider: attribute('provider'),
    operation: attribute('operation'),
    // The AI SDK has this where it leaves out the name of the conventions.
    model: [...attribute('model'), ...named(['ai.model.id'])],
    response_model: attribute('response_model'),
    start_time: [
      source('startTimeUnixNano', 'ns'),
      source('start_time_unix_nano', 'ns'),
      ...['start_time', 'startTime', 'Timestamp', 'timestamp', 'time'].map((path) => source(path)),
    ],
    end_time: [
      source('endTimeUnixNano', 'ns'),
      source('end_time_unix_nano', 'ns'),
      ...['end_time', 'endTime'].map((path) => source(path)),
    ],
    duration_ms: [
      source('duration_ms'),
      ...named(['gen_ai.client.operation.duration'], 's'),
      source('Duration', 'ns'),
    ],
    ttft_ms: [
      ...attribute('ttft_ms', 's'),
      ...named(
        ['gen_ai.server.time_to_first_token', 'gen_ai.client.operation.time_to_first_chunk'],
        's',
      ),
    ],
    input_tokens: attribute('input_tokens'),
    output_tokens: attribute('output_tokens'),
    cost_usd: named(['gen_ai.usage.cost', 'gen_ai.usage.total_cost']),
    error_type: named(['error.type', 'exception.type']),
    trace_id: ['trace_id', 'traceId', 'TraceId', 'context.trace_id'].map((path) => source(path)),
    cache_read_tokens: attribute('cache_read_tokens'),
    cache_write_tokens: attribute('cache_write_tokens'),
    reasoning_tokens: attribute('reasoning_tokens'),
    finish_reason: attribute('finish_reason'),
    span_id: ['span_id', 'spanId', 'SpanId', 'context.span_id'].map((path) => source(path)),
    session_id: attribute('session_id'),
    user_id: named(['user.id', 'enduser.id']),
    workflow: attribute('workflow'),
    agent: attribute('agent'),
    service: [...resource('service.name'), source('ServiceName')],
    release: resource('service.version'),
    environment: resource('deployment.environment.name', 'deployment.environment'),
    prompt_name: named(['gen_ai.prompt.name']),
    prompt_version: named(['gen_ai.prompt.version']),
  },
}
