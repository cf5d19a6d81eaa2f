import type { RuleTable } from '../rule.ts'

/** xAI. */
export const XAI: RuleTable = {
  name: 'xai',
  source: 'https://docs.x.ai/developers/debugging',
  rules: [
    {
      id: 'no-credits',
      category: 'insufficient_credits',
      text: [
        'doesnt have any credits | doesnt have any credits or licenses',
        'used all available credits or reached its monthly spending limit',
        'has either used all available credits',
      ],
    },
    { id: 'key', category: 'auth_invalid_key', text: ['incorrect api key provided'] },
    {
      id: 'blocked',
      category: 'permission_denied',
      text: [
        'the caller does not have permission to execute the specified operation',
        'api key is currently blocked | team is not authorized*',
      ],
      not: ['credits'],
    },
    {
      id: 'messages',
      category: 'invalid_messages',
      text: [
        'each message must have at least one content element | empty message content',
        'messages cannot be empty',
      ],
    },
    {
      id: 'window',
      category: 'context_length_exceeded',
      text: ['this models maximum prompt length is', 'maximum prompt length is'],
    },
    {
      id: 'arguments',
      category: 'unsupported_parameter',
      text: [
        'argument not supported on this model | model * does not support parameter*',
        'live search is deprecated',
      ],
    },
    {
      id: 'guidelines',
      category: 'content_filter',
      text: ['content violates usage guidelines', 'failed check: safety_check*'],
    },
    {
      id: 'invalid-argument',
      category: 'invalid_request',
      weak: true,
      code: ['Client specified an invalid argument', 'invalid-argument'],
    },
  ],
}
