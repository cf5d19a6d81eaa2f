import type { RuleTable } from '../rule.ts'

/** Hugging Face's inference API and text-generation-inference. */
export const HUGGINGFACE: RuleTable = {
  name: 'huggingface',
  source: 'https://huggingface.co/docs/api-inference/faq',
  rules: [
    {
      id: 'loading',
      category: 'overloaded',
      text: ['is currently loading', 'model * is currently loading'],
    },
    {
      id: 'overloaded',
      category: 'overloaded',
      code: 'overloaded',
      source: 'https://huggingface.co/docs/text-generation-inference',
    },
    {
      id: 'window',
      category: 'context_length_exceeded',
      text: [
        'inputs tokens + max_new_tokens must be | inputs must have less than * tokens',
        'input validation error: inputs*',
      ],
      not: ['max_new_tokens must be strictly positive'],
      source: 'https://huggingface.co/docs/text-generation-inference',
    },
    {
      id: 'max-new-tokens',
      category: 'max_output_tokens_invalid',
      text: ['max_new_tokens must be strictly positive', 'max_new_tokens must be <*'],
      not: ['inputs tokens'],
      source: 'https://huggingface.co/docs/text-generation-inference',
    },
    {
      id: 'credits',
      category: 'insufficient_credits',
      text: [
        'exceeded your monthly included credits',
        'monthly included credits for inference providers | pre-paid credits are required',
      ],
    },
    {
      id: 'gated',
      category: 'permission_denied',
      text: [
        'gated repo | access to model * is restricted',
        'you are trying to access a gated repo',
        'sufficient permissions to call inference providers',
        'authentication method does not have sufficient permissions',
      ],
    },
    {
      id: 'token',
      category: 'auth_invalid_key',
      text: [
        'invalid username or password',
        'authorization header is correct, but the token seems invalid',
        'invalid credentials in authorization header',
      ],
      provider: 'huggingface',
    },
    {
      id: 'not-supported',
      category: 'model_not_found',
      text: [
        'is not supported by any provider you have enabled',
        'model * not supported by provider | does not exist on the hub*',
        'model * is not supported for task | model * does not exist',
      ],
    },
    {
      id: 'incomplete_generation',
      category: 'server_error',
      code: ['incomplete_generation', 'generation'],
    },
  ],
}

/** Scaleway’s Generative APIs. */
export const SCALEWAY: RuleTable = {
  name: 'scaleway',
  source: 'https://www.scaleway.com/en/docs/generative-apis/',
  rules: [
    { id: 'status-403', category: 'auth_invalid_key', provider: 'scaleway', status: 403 },
    { id: 'status-422', category: 'model_not_found', provider: 'scaleway', status: 422 },
  ],
}
