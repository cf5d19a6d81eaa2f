import type { RuleTable } from '../rule.ts'

/** Groq. */
export const GROQ: RuleTable = {
  name: 'groq',
  source: 'https://console.groq.com/docs/errors',
  rules: [
    { id: 'tool_use_failed', category: 'malformed_tool_call', code: 'tool_use_failed' },
    {
      id: 'tool-words',
      category: 'malformed_tool_call',
      text: [
        'failed to call a function. please adjust your prompt',
        'tool call validation failed',
        'attempted to call tool * which was not in request.tools',
        'parameters for tool * did not match schema',
      ],
    },
    { id: 'json_validate_failed', category: 'invalid_json_output', code: 'json_validate_failed' },
    {
      id: 'json-words',
      category: 'invalid_json_output',
      text: ['failed to generate json. please adjust your prompt', 'failed to validate json'],
    },
    {
      id: 'over-tpm',
      category: 'request_over_tpm_limit',
      text: ['please reduce your message size and try again', 'request too large for model'],
      source: 'https://console.groq.com/docs/rate-limits',
    },
    { id: 'status-413', category: 'request_over_tpm_limit', provider: 'groq', status: 413 },
    {
      id: 'flex',
      category: 'overloaded',
      code: ['capacity_exceeded', 'flex_capacity_exceeded'],
      source: 'https://console.groq.com/docs/flex-processing',
    },
    {
      id: 'status-498',
      category: 'overloaded',
      provider: 'groq',
      status: 498,
      source: 'https://console.groq.com/docs/flex-processing',
    },
    { id: 'restricted', category: 'account_disabled', code: 'organization_restricted' },
    {
      id: 'restricted-words',
      category: 'account_disabled',
      text: ['organization has been restricted'],
    },
    {
      id: 'decommissioned',
      category: 'model_deprecated',
      code: 'model_decommissioned',
      source: 'https://console.groq.com/docs/deprecations',
    },
    {
      id: 'terms',
      category: 'permission_denied',
      code: [
        'model_terms_required | model_permission_blocked_org',
        'model_permission_blocked_project',
      ],
    },
    {
      id: 'terms-words',
      category: 'permission_denied',
      text: ['requires terms acceptance', 'is blocked at the * level'],
    },
    {
      id: 'spend',
      category: 'insufficient_credits',
      code: ['blocked_api_access', 'spend_limit_reached'],
    },
  ],
}
