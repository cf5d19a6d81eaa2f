import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import type { RuleFile } from '@recount/diagnose'
import { validateRecord } from '@recount/record/validate'
import { recorder } from '../src/testing.ts'

const CALL = { provider: 'openai', model: 'gpt-x' }

/** A clock that stands still until it is moved. */
function manualClock(): { wall(): number; monotonic(): number; now: number } {
  const clock = { now: 0, wall: () => 1_700_000_000_000 + clock.now, monotonic: () => clock.now }
  return clock
}

function rateLimited(): Error {
  return Object.assign(new Error('Rate limit reached. Please try again in 20s.'), {
    status: 429,
    code: 'rate_limit_exceeded',
  })
}

test('the line of a failed call says what failed, whether to try again, when, and what to do', async () => {
  const { logger, records } = recorder()
  await assert.rejects(logger.llm(CALL, () => Promise.reject(rateLimited())))
  const [call] = records('llm_call')
  const { category, retryable, retry_after_ms, suggestions } = call?.diagnosis ?? {}
  assert.deepEqual([category, retryable, retry_after_ms], ['rate_limit', 'after_delay', 20_000])
  assert.equal(suggestions?.[0], 'Try again in 20 s.')
  for (const record of records()) assert.deepEqual(validateRecord(record), [])
})

test('numbers in what to do are left as they are by redaction', async () => {
  const { logger, records } = recorder()
  const error = Object.assign(new Error('prompt is too long: 213462 tokens > 200000 maximum'), {
    status: 400,
  })
  await assert.rejects(logger.llm(CALL, () => Promise.reject(error)))
  const [call] = records('llm_call')
  assert.equal(
    call?.diagnosis?.suggestions?.[0],
    '213,462 tokens in a window of 200,000: drop at least 13,462.',
  )
})

test('what a tool throws is said to be the tool’s', async () => {
  const { logger, records } = recorder()
  const refused = Object.assign(new Error('Unauthorized'), { status: 401 })
  await assert.rejects(logger.tool({ tool: 'crm' }, () => Promise.reject(refused)))
  assert.equal(records('tool_call')[0]?.diagnosis?.category, 'not_llm_error')
})

test('an error that passes through call, step and trace has one diagnosis and is told of once', async () => {
  const { logger, records } = recorder()
  const failing = logger.trace('answer', () =>
    logger.step('ask', () => logger.llm(CALL, () => Promise.reject(rateLimited()))),
  )
  await assert.rejects(failing)
  const categories = [...records('llm_call'), ...records('step')].map(
    ({ diagnosis }) => diagnosis?.category,
  )
  assert.deepEqual(categories, ['rate_limit', 'rate_limit', 'rate_limit'])
  const told = records('error_diagnosed')
  assert.equal(told.length, 1)
  assert.equal(told[0]?.span_id, records('llm_call')[0]?.span_id)
})

test('the same error is told of once a window, with the count since the last time', async () => {
  const clock = manualClock()
  const { logger, records } = recorder({ clock })
  const fail = (): Promise<void> =>
    assert.rejects(logger.llm(CALL, () => Promise.reject(rateLimited())))
  for (let time = 0; time < 5; time++) await fail()
  clock.now += 60_000
  await fail()
  await fail()
  const told = records('error_diagnosed').map(({ category, count, window_ms }) => [
    category,
    count,
    window_ms,
  ])
  assert.deepEqual(told, [
    ['rate_limit', 1, 60_000],
    ['rate_limit', 5, 60_000],
  ])
  assert.equal(new Set(records('error_diagnosed').map(({ fingerprint }) => fingerprint)).size, 1)
})

test('different errors are told of apart', async () => {
  const { logger, records } = recorder()
  for (const error of [
    rateLimited(),
    Object.assign(new Error('invalid x-api-key'), { status: 401 }),
  ])
    await assert.rejects(logger.llm(CALL, () => Promise.reject(error)))
  const told = records('error_diagnosed').map(({ category }) => category)
  assert.deepEqual(told, ['rate_limit', 'auth_invalid_key'])
})

test('what the caller stopped is no error and has no diagnosis', async () => {
  const { logger, records } = recorder()
  const stopped = new DOMException('This operation was aborted', 'AbortError')
  await assert.rejects(logger.llm(CALL, () => Promise.reject(stopped)))
  const [call] = records('llm_call')
  assert.deepEqual([call?.status, call?.diagnosis], ['aborted', undefined])
  assert.deepEqual(records('error_diagnosed'), [])
})

test('an error that cannot be read is recorded all the same', async () => {
  const { logger, records } = recorder()
  const trap = (): never => {
    throw new Error('no')
  }
  const hostile = new Proxy({}, { get: trap, getPrototypeOf: trap })
  await logger.llm(CALL, () => Promise.reject(hostile)).catch(() => {})
  assert.equal(records('llm_call')[0]?.status, 'error')
  assert.equal(records('llm_call')[0]?.diagnosis?.category, 'not_llm_error')
})

const RULES: RuleFile = {
  categories: [
    { id: 'tenant_over_budget', retryable: 'no', severity: 'warning', meaning: 'It has spent it.' },
  ],
  tables: [
    {
      name: 'ours',
      source: 'https://wiki.example/proxy',
      rules: [{ id: 'budget', category: 'tenant_over_budget', code: 'TENANT_BUDGET' }],
    },
  ],
}
const overBudget = (): Error => Object.assign(new Error('no'), { code: 'TENANT_BUDGET' })

test('rules of one’s own tell what the built-in ones do not know, as an object and as a file', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'recount-rules-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  const path = join(folder, 'rules.json')
  writeFileSync(path, JSON.stringify(RULES))
  for (const rules of [RULES, path]) {
    const { logger, records } = recorder({ diagnose: { rules } })
    await assert.rejects(logger.llm(CALL, () => Promise.reject(overBudget())))
    assert.equal(records('llm_call')[0]?.diagnosis?.category, 'tenant_over_budget')
    assert.equal(records('error_diagnosed')[0]?.category, 'tenant_over_budget')
    await assert.rejects(logger.llm(CALL, () => Promise.reject(rateLimited())))
    assert.equal(records('llm_call')[1]?.diagnosis?.category, 'rate_limit')
  }
})

test('rules that break the schema are refused when the logger is made', () => {
  for (const [rules, code] of [
    [{ tables: [{ name: 'x' }] }, 'DIAGNOSE_RULES_INVALID'],
    ['no/such/file.json', 'DIAGNOSE_RULES_UNREADABLE'],
  ] as const)
    assert.throws(() => recorder({ diagnose: { rules: rules as RuleFile | string } }), { code })
})

test('with `diagnose: false` a failed call has its error and no diagnosis', async () => {
  const { logger, records } = recorder({ diagnose: false })
  await assert.rejects(logger.llm(CALL, () => Promise.reject(rateLimited())))
  const [call] = records('llm_call')
  assert.equal(call?.error?.code, 'rate_limit_exceeded')
  assert.equal(call?.diagnosis, undefined)
  assert.deepEqual(records('error_diagnosed'), [])
})

test('a rule that contradicts a built-in one, or defines its category anew, is warned of', async () => {
  const rules: RuleFile = {
    categories: [{ id: 'rate_limit', retryable: 'no', severity: 'info', meaning: 'Ours.' }],
    tables: [
      {
        name: 'ours',
        source: 'https://wiki.example',
        rules: [{ id: 'quota', category: 'rate_limit', code: 'insufficient_quota' }],
      },
    ],
  }
  const warnings: string[] = []
  const listen = (warning: Error & { code?: string }): void => {
    if (warning.code === 'LOGGER_RULES_CONFLICT') warnings.push(warning.message)
  }
  process.on('warning', listen)
  recorder({ diagnose: { rules } })
  await new Promise((resolve) => setImmediate(resolve))
  process.off('warning', listen)
  assert.deepEqual(
    warnings.map((message) => /insufficient_quota|category rate_limit anew/.exec(message)?.[0]),
    ['insufficient_quota', 'category rate_limit anew'],
  )
})
