import { anthropicFields } from './provider-response.ts'
import { at, clues, type LogShape } from './shape.ts'

/** What a program that writes for itself says in the model's place when there was no call. */
const NO_MODEL = ['<synthetic>']

/** Transcripts of Claude Code: one line a block of an answer, each with the usage of the whole. */
export const CLAUDE_CODE_SHAPE: LogShape = {
  name: 'claude-code',
  title: 'a transcript of Claude Code',
  calls: [
    [
      ...clues(['assistant'], 'type'),
      ...clues('text', 'message.model'),
      ...clues('object', 'message.usage'),
    ],
  ],
  unless: clues(NO_MODEL, 'message.model'),
  failed: clues([true], 'isApiErrorMessage'),
  succeeded: clues('object', 'message.usage'),
  aborted: [],
  fields: {
    ...anthropicFields('message.'),
    call_id: at('message.id'),
    cost_usd: at('costUSD'),
    duration_ms: at('durationMs'),
    start_time: at('timestamp'),
    span_id: at('message.id'),
    provider_request_id: at('requestId'),
    session_id: at('sessionId', 'session_id'),
    agent: at('agentId'),
    release: at('version'),
  },
}

/** Rollouts of Codex: usage in events of its own, the model in the context of the turn. */
export const CODEX_SHAPE: LogShape = {
  name: 'codex',
  title: 'a session of Codex',
  calls: [[...clues(['token_count'], 'payload.type'), ...clues('object', 'payload.info')]],
  unless: [],
  failed: [],
  succeeded: clues('object', 'payload.info.last_token_usage'),
  aborted: [],
  // A change of the limits repeats the last count.
  total: 'payload.info.total_token_usage',
  fields: {
    start_time: at('timestamp'),
    input_tokens: at('payload.info.last_token_usage.input_tokens'),
    output_tokens: at('payload.info.last_token_usage.output_tokens'),
    cache_read_tokens: at('payload.info.last_token_usage.cached_input_tokens'),
    reasoning_tokens: at('payload.info.last_token_usage.reasoning_output_tokens'),
  },
  context: {
    when: clues(['session_meta', 'turn_context'], 'type'),
    fields: {
      model: at('payload.model'),
      provider: at('payload.model_provider'),
      session_id: at('payload.id'),
      release: at('payload.cli_version'),
    },
  },
}

/** Messages of agents that keep tokens by `input` and `output` beside the model: OpenCode, pi, Gemini's. */
export const AGENT_MESSAGE_SHAPE: LogShape = {
  name: 'agent-message',
  open: true,
  title: 'messages of a coding agent',
  calls: [
    [...clues('text', 'modelID'), ...clues('number', 'tokens.input', 'tokens.output')],
    [...clues('text', 'model'), ...clues('number', 'tokens.input', 'tokens.output')],
    [
      ...clues(['assistant'], 'message.role'),
      ...clues('text', 'message.model'),
      ...clues('number', 'message.usage.input', 'message.usage.output'),
    ],
  ],
  unless: [],
  failed: [
    ...clues('set', 'error', 'message.errorMessage'),
    ...clues(['error'], 'message.stopReason'),
  ],
  succeeded: clues('number', 'tokens.output', 'message.usage.output'),
  aborted: clues(['aborted'], 'message.stopReason'),
  fields: {
    provider: at('providerID', 'message.provider'),
    model: at('modelID', 'model', 'message.model'),
    start_time: at('time.created', 'timestamp', 'message.timestamp'),
    end_time: at('time.completed'),
    input_tokens: [
      { path: 'tokens.input', plus: ['tokens.cache.read', 'tokens.cache.write'] },
      {
        path: 'message.usage.input',
        plus: ['message.usage.cacheRead', 'message.usage.cacheWrite'],
      },
    ],
    output_tokens: [
      { path: 'tokens.output', plus: ['tokens.reasoning', 'tokens.thoughts'] },
      { path: 'message.usage.output' },
    ],
    cache_read_tokens: at('tokens.cache.read', 'tokens.cached', 'message.usage.cacheRead'),
    cost_usd: at('cost', 'message.usage.cost.total'),
    error_type: at('error.name', 'error.type'),
    call_id: at('id'),
    session_id: at('sessionID', 'sessionId'),
    finish_reason: at('finish', 'message.stopReason'),
  },
}
