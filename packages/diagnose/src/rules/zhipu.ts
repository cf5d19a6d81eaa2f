import type { RuleTable } from '../rule.ts'

/** Zhipu (Z.ai, BigModel): numbers that say what its sentences say in Chinese. */
export const ZHIPU: RuleTable = {
  name: 'zhipu',
  source: 'https://docs.z.ai/api-reference/api-code',
  provider: 'zhipu',
  rules: [
    { id: 'key', category: 'auth_invalid_key', code: '1000 | 1002 | 1003 | 1004' },
    { id: 'no-key', category: 'auth_missing_credentials', code: '1001' },
    { id: 'account', category: 'account_disabled', code: '1112 | 1121' },
    { id: 'balance', category: 'insufficient_credits', code: '1113' },
    { id: 'model', category: 'model_not_found', code: '1211' },
    { id: 'permission', category: 'permission_denied', code: '1220' },
    { id: 'prompt', category: 'context_length_exceeded', code: '1261' },
    { id: 'unsafe', category: 'content_filter', code: '1301' },
    { id: 'rate', category: 'rate_limit', code: '1302 | 1303' },
    { id: 'day', category: 'quota_exhausted', code: '1304 | 1308 | 1310' },
    { id: 'busy', category: 'overloaded', code: '1305' },
  ],
}
