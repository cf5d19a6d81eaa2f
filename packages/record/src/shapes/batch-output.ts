import { anthropicFields, openAiFields } from './provider-response.ts'
import { at, clues, type LogShape } from './shape.ts'

/** Result files of OpenAI's batch API, and of services that copied it. */
export const OPENAI_BATCH_SHAPE: LogShape = {
  name: 'openai-batch',
  title: "results of OpenAI's batch API",
  calls: [
    [...clues('text', 'custom_id'), ...clues('object', 'response.body')],
    [...clues('text', 'custom_id'), ...clues('number', 'response.status_code')],
    [...clues('text', 'custom_id'), ...clues('set', 'error')],
  ],
  unless: [],
  failed: [
    ...clues('set', 'error', 'response.body.error'),
    ...clues('http-error', 'response.status_code'),
  ],
  succeeded: clues('http-success', 'response.status_code'),
  aborted: [],
  fields: {
    ...openAiFields('response.body.'),
    error_type: at(
      ...['response.body.error.type', 'response.body.error.code', 'error.code', 'error.type'],
      'response.status_code',
    ),
    provider_request_id: at('response.request_id'),
    request_id: at('custom_id'),
  },
}

/** Result files of Anthropic's batch API. */
export const ANTHROPIC_BATCH_SHAPE: LogShape = {
  name: 'anthropic-batch',
  title: "results of Anthropic's batch API",
  calls: [[...clues('text', 'custom_id', 'result.type')]],
  unless: [],
  failed: clues('failure-word', 'result.type'),
  succeeded: clues('success-word', 'result.type'),
  aborted: clues('abort-word', 'result.type'),
  fields: {
    ...anthropicFields('result.message.'),
    error_type: at('result.error.error.type', 'result.error.type', 'result.type'),
    request_id: at('custom_id'),
  },
}
