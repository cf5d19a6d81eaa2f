import assert from 'node:assert/strict'
import { once } from 'node:events'
import { test } from 'node:test'
import { type Budget, createBudgets, type Exceeded, memoryBudgetStore } from '../src/index.ts'

const HOUR = 3_600_000
const START = Date.UTC(2026, 10, 21, 10, 30)
const TENANT: Budget = { name: 'tenant', per: 'tenant', window: 'hour', limit_usd: 1 }

function collected(budgets: Budget[], options: object = {}) {
  const exceeded: Exceeded[] = []
  const time = { now: START }
  const clock = () => time.now
  const onExceeded = (each: Exceeded) => exceeded.push(each)
  return { exceeded, time, budgets: createBudgets(budgets, { clock, onExceeded, ...options }) }
}

test('a budget that is crossed is told once, with who, how much and since when', () => {
  const { budgets, exceeded } = collected([TENANT])
  for (let i = 0; i < 20; i++) budgets.spend({ tenant: 'acme', cost_usd: 0.1 })
  assert.deepEqual(exceeded, [
    {
      budget: 'tenant',
      per: 'tenant',
      key: 'acme',
      window: 'hour',
      from: Date.UTC(2026, 10, 21, 10),
      limit_usd: 1,
      spent_usd: 1.1,
    },
  ])
})

test('each tenant, user and the total has its own sum, and each window begins anew', () => {
  const { budgets, exceeded, time } = collected([
    TENANT,
    { name: 'user', per: 'user', window: 'day', limit_usd: 1.5 },
    { name: 'all', per: 'total', window: 'day', limit_usd: 3 },
  ])
  budgets.spend({ tenant: 'a', user: 'u', cost_usd: 0.9 })
  budgets.spend({ tenant: 'b', user: 'u', cost_usd: 0.9 })
  time.now += HOUR
  budgets.spend({ tenant: 'a', user: 'v', cost_usd: 0.9 })
  budgets.spend({ cost_usd: 0.9 })
  assert.deepEqual(
    exceeded.map(({ budget, key }) => [budget, key]),
    [
      ['user', 'u'],
      ['all', null],
    ],
  )
})

test('a sum exactly at the limit is within it, also of amounts that floating point cannot add', () => {
  const { budgets, exceeded } = collected([{ ...TENANT, limit_usd: 0.3 }])
  for (let i = 0; i < 3; i++) budgets.spend({ tenant: 'a', cost_usd: 0.1 })
  assert.deepEqual(exceeded, [])
  budgets.spend({ tenant: 'a', cost_usd: 0.000000001 })
  assert.equal(exceeded.length, 1)
})

test('an unknown cost is counted as unknown, not as nothing', () => {
  const { budgets } = collected([TENANT])
  for (const cost_usd of [null, undefined, Number.NaN, -1]) budgets.spend({ tenant: 'a', cost_usd })
  assert.equal(budgets.unknown, 4)
})

test('a store that several processes share makes one budget of theirs, told by one of them', async () => {
  const shared = memoryBudgetStore({ clock: () => START })
  const store = { add: async (...args: [string, number, number]) => shared.add(...args) }
  const one = collected([TENANT], { store })
  const two = collected([TENANT], { store })
  for (let i = 0; i < 8; i++) {
    one.budgets.spend({ tenant: 'acme', cost_usd: 0.1 })
    two.budgets.spend({ tenant: 'acme', cost_usd: 0.1 })
  }
  await new Promise((resolve) => setImmediate(resolve))
  assert.equal(one.exceeded.length + two.exceeded.length, 1)
})

test('a store that fails is replaced by the sums of this process, and one warning says so', async () => {
  for (const add of [
    () => Promise.reject(new Error('down')),
    () => {
      throw new Error('down')
    },
  ]) {
    const { budgets, exceeded } = collected([TENANT], { store: { add } })
    for (let i = 0; i < 12; i++) budgets.spend({ tenant: 'acme', cost_usd: 0.1 })
    await new Promise((resolve) => setImmediate(resolve))
    assert.equal(exceeded.length, 1)
  }
})

test('a callback that throws does not reach the caller; a warning says so', async () => {
  const warned = once(process, 'warning')
  const budgets = createBudgets([TENANT], {
    onExceeded: () => {
      throw new Error('pager is down')
    },
  })
  budgets.spend({ tenant: 'acme', cost_usd: 2 })
  const [warning] = (await warned) as [{ code: string }]
  assert.ok(['POLICY_CALLBACK_FAILED', 'POLICY_BUDGET_STORE_FAILED'].includes(warning.code))
})

test('sums whose window is over take no memory', () => {
  let now = 0
  const store = memoryBudgetStore({ clock: () => now })
  store.add('k', 5, 1000)
  now = 60_001
  assert.equal(store.add('k', 1, 200_000), 1)
})

test('budgets that are wrong are refused by name', () => {
  const onExceeded = () => {}
  for (const wrong of [{ limit_usd: 0 }, { per: 'team' }, { window: 'week' }, { name: '' }])
    assert.throws(() => createBudgets([{ ...TENANT, ...wrong } as Budget], { onExceeded }), {
      code: 'POLICY_OPTION_INVALID',
    })
  assert.throws(() => createBudgets([TENANT], {} as never), { code: 'POLICY_OPTION_INVALID' })
})
