import type { RuleTable } from '../rule.ts'

/** What a status alone says: little. */
export const HTTP: RuleTable = {
  name: 'http',
  source: 'https://www.rfc-editor.org/rfc/rfc9110#name-status-codes',
  rules: [
    { id: '400', category: 'invalid_request', status: [400, 422] },
    { id: '401', category: 'auth_invalid_key', status: 401 },
    { id: '402', category: 'insufficient_credits', status: 402 },
    { id: '403', category: 'permission_denied', status: 403 },
    { id: '404', category: 'model_not_found', status: 404 },
    { id: '405', category: 'wrong_endpoint', status: 405 },
    { id: '408', category: 'timeout', status: [408, 504, 524] },
    { id: '410', category: 'model_deprecated', status: 410 },
    { id: '413', category: 'payload_too_large', status: 413 },
    { id: '415', category: 'invalid_media', status: 415 },
    { id: '424', category: 'server_error', status: [424, 500] },
    { id: '429', category: 'rate_limit', status: 429 },
    { id: '499', category: 'request_aborted', status: 499 },
    { id: '503', category: 'overloaded', status: [503, 529] },
    { id: '501', category: 'unsupported_feature', status: 501 },
  ],
}
