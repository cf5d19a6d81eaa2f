import { at, clues, inUnit, type LogShape, type Source } from './shape.ts'

const PLACES = ['', 'attributes.', 'SpanAttributes.']

function attribute(...names: readonly string[]): Source[] {
  return at(...names.flatMap((name) => PLACES.map((place) => place + name)))
}

function paths(...names: readonly string[]): string[] {
  return attribute(...names).map(({ path }) => path)
}

/** Operations around several calls, which repeat the tokens of the calls inside them, and tools. */
export const AI_SDK_OUTER: readonly string[] = [
  'ai.generateText',
  'ai.streamText',
  'ai.generateObject',
  'ai.streamObject',
  'ai.embedMany',
  'ai.toolCall',
]

/** Spans of the AI SDK's telemetry by its own names (`ai.*`), without OpenTelemetry's. */
export const AI_SDK_SHAPE: LogShape = {
  name: 'ai-sdk',
  title: "spans of the AI SDK's telemetry (ai.*)",
  calls: [
    ...paths('ai.operationId').map((path) => clues('text', path)),
    ...paths('ai.model.id').map((path) => clues('text', path)),
  ],
  unless: [
    ...clues(AI_SDK_OUTER, ...paths('ai.operationId')),
    ...clues(AI_SDK_OUTER, 'name'),
    ...clues('text', ...paths('ai.toolCall.name')),
  ],
  failed: [
    ...clues(['error'], ...paths('ai.response.finishReason')),
    ...clues('set', ...paths('error.type')),
    ...clues([2, 'ERROR', 'STATUS_CODE_ERROR'], 'status.code', 'StatusCode'),
  ],
  succeeded: [...clues('text', ...paths('ai.response.finishReason'))],
  aborted: [],
  fields: {
    provider: attribute('ai.model.provider'),
    model: attribute('ai.model.id'),
    response_model: attribute('ai.response.model'),
    start_time: [
      ...inUnit('ns', 'startTimeUnixNano', 'start_time_unix_nano'),
      ...at('start_time', 'startTime', 'Timestamp', 'timestamp'),
    ],
    end_time: [
      ...inUnit('ns', 'endTimeUnixNano', 'end_time_unix_nano'),
      ...at('end_time', 'endTime'),
    ],
    duration_ms: [
      ...at('duration_ms'),
      ...attribute('ai.response.msToFinish'),
      ...inUnit('ns', 'Duration'),
    ],
    ttft_ms: attribute('ai.response.msToFirstChunk'),
    input_tokens: attribute('ai.usage.inputTokens', 'ai.usage.promptTokens', 'ai.usage.tokens'),
    output_tokens: attribute('ai.usage.outputTokens', 'ai.usage.completionTokens'),
    cache_read_tokens: attribute('ai.usage.cachedInputTokens'),
    reasoning_tokens: attribute('ai.usage.reasoningTokens'),
    finish_reason: attribute('ai.response.finishReason'),
    error_type: attribute('error.type', 'exception.type'),
    span_id: at('spanId', 'span_id', 'SpanId'),
    trace_id: at('traceId', 'trace_id', 'TraceId'),
    user_id: attribute('ai.telemetry.metadata.userId'),
    session_id: attribute('ai.telemetry.metadata.sessionId'),
    span_name: attribute('ai.telemetry.functionId'),
  },
}
