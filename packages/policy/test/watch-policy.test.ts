import assert from 'node:assert/strict'
import { mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import type { AuditEvent, PolicyChanged } from '@recount/record'
import { validateRecord } from '@recount/record/validate'
import {
  createBudgets,
  type Policy,
  type PolicyError,
  type WatchOptions,
  watchPolicy,
} from '../src/index.ts'
import { call } from './helpers.ts'

const CLOSED: Policy = { version: 1, rules: [{ name: 'closed', then: { content: 'none' } }] }
const OPEN: Policy = { version: 1, rules: [{ name: 'open', then: { content: 'text' } }] }

/** A watched file, what was told about it, and a promise of the next thing to be told. */
function watched(t: TestContext, policy: Policy, options: WatchOptions = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'recount-policy-'))
  const file = join(folder, 'recount.policy.json')
  writeFileSync(file, JSON.stringify(policy))
  const changes: PolicyChanged[] = []
  const refusals: PolicyError[] = []
  let tell = (): void => {}
  const policies = watchPolicy(file, {
    onChange: (change) => {
      changes.push(change)
      tell()
    },
    onRefused: (error) => {
      refusals.push(error)
      tell()
    },
    ...options,
  })
  t.after(() => {
    policies.close()
    rmSync(folder, { recursive: true })
  })
  const told = (act: () => void): Promise<void> =>
    new Promise((resolve) => {
      // The watch keeps no process alive, so something else must while the test waits.
      const alive = setInterval(() => {}, 1000)
      tell = () => {
        clearInterval(alive)
        resolve()
      }
      act()
    })
  return { file, folder, policies, changes, refusals, told }
}

test('a changed file is in force without being asked for, and one valid record says so', async (t) => {
  const { file, policies, changes, told } = watched(t, CLOSED)
  const before = policies.current.digest
  await told(() => writeFileSync(file, JSON.stringify(OPEN)))
  assert.equal(policies.decide(call()).rule, 'open')
  assert.deepEqual(
    changes.map(({ from, to, actor }) => [from, to, actor]),
    [
      [null, before, 'start'],
      [before, policies.current.digest, 'file'],
    ],
  )
  for (const change of changes) assert.deepEqual(validateRecord(change), [])
})

test('a file that is replaced, or swapped behind a link, is followed', async (t) => {
  const { file, folder, policies, told } = watched(t, CLOSED, { pollMs: 50 })
  const next = join(folder, 'next.json')
  writeFileSync(next, JSON.stringify(OPEN))
  await told(() => renameSync(next, file))
  assert.equal(policies.decide(call()).rule, 'open')
  writeFileSync(next, JSON.stringify(CLOSED))
  symlinkSync(next, join(folder, 'link'))
  await told(() => renameSync(join(folder, 'link'), file))
  assert.equal(policies.decide(call()).rule, 'closed')
})

test('an invalid file is refused by rule and key, and the policy before it stays', async (t) => {
  const { file, policies, changes, refusals, told } = watched(t, OPEN)
  const wrong = { version: 1, rules: [{ name: 'typo', then: { contnet: 'none' } }] }
  await told(() => writeFileSync(file, JSON.stringify(wrong)))
  assert.equal(refusals[0]?.code, 'POLICY_INVALID')
  assert.match(refusals[0]?.message ?? '', /rule typo: expected `rules\[0\]\.then\.contnet`/)
  assert.equal(policies.decide(call()).rule, 'open')
  assert.equal(changes.length, 1)
})

test('a file that is cut, empty or gone is refused, and the policy before it stays', async (t) => {
  const { file, policies, refusals } = watched(t, OPEN, { pollMs: 1e9 })
  for (const text of ['', JSON.stringify(CLOSED).slice(0, 30), '[]', 'null']) {
    writeFileSync(file, text)
    await assert.rejects(policies.reload(), { code: 'POLICY_INVALID' })
  }
  rmSync(file)
  await assert.rejects(policies.reload(), { code: 'POLICY_FILE_UNREADABLE' })
  assert.equal(policies.decide(call()).rule, 'open')
  assert.ok(refusals.length >= 5)
  writeFileSync(file, JSON.stringify(CLOSED))
  await policies.reload()
  assert.equal(policies.decide(call()).rule, 'closed')
})

test('a first load that fails is an error', () => {
  assert.throws(() => watchPolicy('/no/such/file.json'), { code: 'POLICY_FILE_UNREADABLE' })
})

test('a file that says the same in other words is no change', async (t) => {
  const { file, policies, changes } = watched(t, CLOSED)
  writeFileSync(file, JSON.stringify(CLOSED, null, 2))
  assert.equal(await policies.reload('ops'), false)
  assert.equal(changes.length, 1)
})

test('a time-boxed rule ends by itself, and that is told with its own digests', (t) => {
  t.mock.timers.enable({ apis: ['setTimeout', 'Date'], now: Date.parse('2026-12-01T14:00:00Z') })
  const boxed = {
    name: 'acme',
    when: { tenant: 'acme' },
    then: { content: 'text', until: '2026-12-01T15:00:00Z' },
  } as const
  const { policies, changes } = watched(t, { ...CLOSED, rules: [boxed, ...(CLOSED.rules ?? [])] })
  assert.equal(policies.decide(call({ tenant: 'acme' })).rule, 'acme')
  assert.equal(changes[0]?.until, Date.parse('2026-12-01T15:00:00Z'))
  t.mock.timers.tick(3_599_999)
  assert.equal(policies.decide(call({ tenant: 'acme' })).rule, 'acme')
  t.mock.timers.tick(1)
  assert.equal(policies.decide(call({ tenant: 'acme' })).rule, 'closed')
  const [first, second] = changes
  assert.deepEqual([second?.actor, second?.from, second?.until], ['until', first?.to, null])
  assert.notEqual(second?.to, first?.to)
})

test('a rule that ends in months is waited for, though a timer cannot wait so long', (t) => {
  t.mock.timers.enable({ apis: ['setTimeout', 'Date'], now: Date.parse('2026-01-01T00:00:00Z') })
  const rule = { name: 'long', then: { until: '2026-03-01T00:00:00Z' } }
  const { changes } = watched(t, { version: 1, rules: [rule] })
  const day = 86_400_000
  for (let passed = 0; passed < 58; passed++) t.mock.timers.tick(day)
  assert.equal(changes.length, 1)
  t.mock.timers.tick(day)
  assert.equal(changes.at(-1)?.actor, 'until')
})

test('a policy can be set by code with an actor, and an invalid one is refused', (t) => {
  const { policies, changes } = watched(t, CLOSED)
  assert.equal(policies.set(OPEN, 'ada'), true)
  assert.deepEqual([policies.decide(call()).rule, changes.at(-1)?.actor], ['open', 'ada'])
  assert.throws(() => policies.set({ version: 2 } as never, 'eve'), { code: 'POLICY_INVALID' })
  assert.equal(policies.decide(call()).rule, 'open')
})

test('SIGHUP reads the file anew where that is asked for, and is left alone elsewhere', async (t) => {
  const listeners = process.listenerCount('SIGHUP')
  const plain = watched(t, CLOSED)
  assert.equal(process.listenerCount('SIGHUP'), listeners)
  const { file, policies, told } = watched(t, CLOSED, { reloadOn: 'SIGHUP', pollMs: 1e9 })
  writeFileSync(file, JSON.stringify(OPEN))
  await told(() => process.emit('SIGHUP'))
  assert.equal(policies.decide(call()).rule, 'open')
  policies.close()
  plain.policies.close()
  assert.equal(process.listenerCount('SIGHUP'), listeners)
})

test('changes and refusals are appended to the audit log, and an audit log that fails harms nobody', async (t) => {
  const events: AuditEvent[] = []
  const audit = {
    append: (event: AuditEvent) => {
      events.push(event)
      return Promise.reject(new Error('disk is full'))
    },
  }
  const { file, policies } = watched(t, CLOSED, { audit, pollMs: 1e9 })
  policies.set(OPEN, 'ada')
  writeFileSync(file, 'not json')
  await assert.rejects(policies.reload('bob'), { code: 'POLICY_INVALID' })
  assert.deepEqual(
    events.slice(0, 2).map(({ action, actor, outcome }) => [action, actor.id, outcome]),
    [
      ['config_change', 'start', 'success'],
      ['config_change', 'ada', 'success'],
    ],
  )
  assert.ok(events.some(({ actor, outcome }) => actor.id === 'bob' && outcome === 'failure'))
  assert.equal(policies.decide(call()).rule, 'open')
})

test('a callback that throws does not keep a policy from changing', (t) => {
  const onChange = () => {
    throw new Error('no')
  }
  const { policies } = watched(t, CLOSED, { onChange })
  assert.equal(policies.set(OPEN, 'ada'), true)
  assert.equal(policies.decide(call()).rule, 'open')
})

test('options that are wrong are refused by name', () => {
  for (const options of [{ pollMs: 0 }, { onChange: 3 }, { reloadOn: 'SIGUSR2' }])
    assert.throws(() => watchPolicy('x', options as never), { code: 'POLICY_OPTION_INVALID' })
})

test('an edit of the file behind a symbolic link is seen without polling, also after the link moved', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'recount-policy-'))
  const elsewhere = ['a', 'b'].map(() => mkdtempSync(join(tmpdir(), 'recount-policy-')))
  const [first, second] = elsewhere.map((path) => join(path, 'real.json')) as [string, string]
  writeFileSync(first, JSON.stringify(CLOSED))
  writeFileSync(second, JSON.stringify(OPEN))
  const file = join(folder, 'recount.policy.json')
  symlinkSync(first, file)
  let tell = (): void => {}
  const policies = watchPolicy(file, { pollMs: 3_600_000, onChange: () => tell() })
  t.after(() => {
    policies.close()
    for (const path of [folder, ...elsewhere]) rmSync(path, { recursive: true })
  })
  const ruleAfter = async (act: () => void): Promise<string | null | undefined> => {
    const alive = setInterval(() => {}, 1000)
    await new Promise<void>((resolve) => {
      tell = resolve
      act()
    })
    clearInterval(alive)
    return policies.decide(call()).rule
  }
  assert.equal(await ruleAfter(() => writeFileSync(first, JSON.stringify(OPEN))), 'open')
  assert.equal(await ruleAfter(() => writeFileSync(first, JSON.stringify(CLOSED))), 'closed')
  const moved = join(folder, 'next')
  symlinkSync(second, moved)
  assert.equal(await ruleAfter(() => renameSync(moved, file)), 'open')
  assert.equal(await ruleAfter(() => writeFileSync(second, JSON.stringify(CLOSED))), 'closed')
})

test('warnings about callbacks and the audit log name the class of an error, never its message', async (t) => {
  const said = 'what was to be redacted'
  const fail = (): never => {
    throw new RangeError(said)
  }
  const warnings: string[] = []
  const listen = (warning: Error): void => {
    warnings.push(warning.message)
  }
  process.on('warning', listen)
  t.after(() => process.off('warning', listen))
  watched(t, CLOSED, { onChange: fail, audit: { append: async () => fail() } })
  const budgets = createBudgets([{ name: 'all', per: 'total', window: 'day', limit_usd: 1 }], {
    onExceeded: fail,
    store: { add: fail },
  })
  budgets.spend({ cost_usd: 2 })
  await new Promise((resolve) => setImmediate(resolve))
  assert.ok(warnings.filter((message) => message.includes('RangeError')).length >= 2)
  assert.equal(warnings.join().includes(said), false)
})
