import { at, clues, inUnit, type LogShape, type Source } from './shape.ts'

/** Tokens of the input as Anthropic counts them: cached ones apart. */
export function anthropicInput(prefix: string): Source[] {
  const plus = ['cache_creation_input_tokens', 'cache_read_input_tokens'].map((key) => prefix + key)
  return [{ path: `${prefix}input_tokens`, plus }]
}

/** An answer of OpenAI's chat API at a prefix. */
export function openAiFields(prefix: string): LogShape['fields'] {
  const from = (...paths: readonly string[]) => at(...paths.map((path) => prefix + path))
  return {
    model: from('model'),
    start_time: inUnit('s', `${prefix}created`, `${prefix}created_at`),
    input_tokens: from('usage.prompt_tokens', 'usage.input_tokens'),
    output_tokens: from('usage.completion_tokens', 'usage.output_tokens'),
    cache_read_tokens: from(
      'usage.prompt_tokens_details.cached_tokens',
      'usage.input_tokens_details.cached_tokens',
    ),
    reasoning_tokens: from(
      'usage.completion_tokens_details.reasoning_tokens',
      'usage.output_tokens_details.reasoning_tokens',
    ),
    finish_reason: from('choices.0.finish_reason', 'incomplete_details.reason'),
  }
}

/** An answer of Anthropic's messages API at a prefix. */
export function anthropicFields(prefix: string): LogShape['fields'] {
  const from = (path: string) => at(prefix + path)
  return {
    model: from('model'),
    input_tokens: anthropicInput(`${prefix}usage.`),
    output_tokens: from('usage.output_tokens'),
    cache_read_tokens: from('usage.cache_read_input_tokens'),
    cache_write_tokens: from('usage.cache_creation_input_tokens'),
    finish_reason: from('stop_reason'),
  }
}

const OBJECTS = ['chat.completion', 'text_completion', 'response', 'embedding', 'list']

/** Answers of OpenAI's API as they came, one a line. */
export const OPENAI_RESPONSE_SHAPE: LogShape = {
  name: 'openai-response',
  open: true,
  title: "answers of OpenAI's API, as they came",
  calls: [
    [...clues(OBJECTS, 'object'), ...clues('number', 'usage.prompt_tokens')],
    [...clues(['response'], 'object'), ...clues('object', 'usage')],
    [...clues(['response'], 'object'), ...clues('text', 'status', 'model')],
  ],
  unless: clues(['in_progress', 'queued'], 'status'),
  failed: [...clues('set', 'error', 'err'), ...clues(['failed'], 'status')],
  succeeded: [],
  aborted: clues(['cancelled'], 'status'),
  fields: {
    ...openAiFields(''),
    error_type: at('error.code', 'error.type'),
    duration_ms: at('latency_ms', 'duration_ms', 'elapsed_ms'),
  },
}

/** Answers of Anthropic's API as they came, one a line. */
export const ANTHROPIC_RESPONSE_SHAPE: LogShape = {
  name: 'anthropic-response',
  open: true,
  title: "answers of Anthropic's API, as they came",
  calls: [
    [...clues(['message'], 'type'), ...clues(['assistant'], 'role'), ...clues('object', 'usage')],
  ],
  unless: [],
  failed: clues('set', 'error', 'err'),
  succeeded: [],
  aborted: [],
  fields: {
    ...anthropicFields(''),
    start_time: at('timestamp', 'time', 'ts', 'created_at'),
    duration_ms: at('latency_ms', 'duration_ms', 'elapsed_ms'),
    error_type: at('error.type'),
  },
}

/** Answers of Gemini's API as they came, one a line; thoughts are counted beside the answer. */
export const GEMINI_RESPONSE_SHAPE: LogShape = {
  name: 'gemini-response',
  open: true,
  title: "answers of Gemini's API, as they came",
  calls: [clues('number', 'usageMetadata.promptTokenCount')],
  unless: [],
  failed: clues('set', 'error', 'err'),
  succeeded: [],
  aborted: [],
  fields: {
    model: at('model', 'modelVersion'),
    start_time: at('createTime', 'timestamp', 'time', 'ts'),
    input_tokens: at('usageMetadata.promptTokenCount'),
    output_tokens: [
      {
        path: 'usageMetadata.candidatesTokenCount',
        plus: ['usageMetadata.thoughtsTokenCount'],
      },
    ],
    cache_read_tokens: at('usageMetadata.cachedContentTokenCount'),
    reasoning_tokens: at('usageMetadata.thoughtsTokenCount'),
    finish_reason: at('candidates.0.finishReason'),
    duration_ms: at('latency_ms', 'duration_ms', 'elapsed_ms'),
  },
}
