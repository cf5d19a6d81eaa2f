import assert from 'node:assert/strict'
import { rmSync } from 'node:fs'
import { test } from 'node:test'
import { openAudit } from '../src/index.ts'
import { readClosedLog } from './log-oracle.ts'
import { event, folder, ORIGIN, optionsIn } from './log-setup.ts'
import { ALL_HOLD, statuses } from './statuses.ts'

const NO_TIMES = [Number.NaN, Number.POSITIVE_INFINITY, -1, 1e15, '2026', undefined, null]

test('a clock that tells no time is refused when the log is opened', async (t) => {
  for (const now of NO_TIMES) {
    const clock = () => now as number
    await assert.rejects(openAudit(optionsIn(folder(t), { clock })), {
      code: 'AUDIT_OPTION_INVALID',
    })
  }
})

test('a clock that stops telling the time refuses appends, and the log lives on', async (t) => {
  let now: number = Date.now()
  const options = optionsIn(folder(t), { clock: () => now, maxQueued: 1 })
  const audit = await openAudit(options)
  await audit.append(event(1))
  const good = now
  for (const bad of NO_TIMES) {
    now = bad as number
    await assert.rejects(audit.append(event(2)), { code: 'AUDIT_OPTION_INVALID' })
    await assert.rejects(audit.append({ ...event(2), action: 'no such' }), {
      code: 'AUDIT_EVENT_INVALID',
    })
  }
  now = good
  const both = await Promise.allSettled([audit.append(event(3)), audit.append(event(4))])
  now = Number.NaN
  await audit.close()
  assert.ok(both.some(({ status }) => status === 'fulfilled'))
  const entries = readClosedLog(options.dir, ORIGIN)
  assert.equal(entries.at(-1)?.action, 'audit.close')
})

test('a clock that was set back before a start is told behind that start, not between it and the close', async (t) => {
  let now = Date.UTC(2026, 0, 2)
  const options = optionsIn(folder(t), { clock: () => now })
  for (const day of [2, 1, 1]) {
    now = Date.UTC(2026, 0, day)
    const audit = await openAudit(options)
    await audit.append(event(day))
    await audit.close()
    assert.deepEqual(await statuses(options.dir, undefined), ALL_HOLD)
  }
  const actions = readClosedLog(options.dir, ORIGIN).map(({ action }) => action)
  const start = ['audit.open', 'audit.clock', 'query', 'audit.close']
  assert.deepEqual(actions.slice(4), [...start, ...start])
})

test('a clock with fractions of milliseconds gives whole ones', async (t) => {
  const options = optionsIn(folder(t), { clock: () => Date.now() + 0.25 })
  const audit = await openAudit(options)
  await audit.append(event(1))
  await audit.close()
  for (const { id } of readClosedLog(options.dir, ORIGIN))
    assert.match(String(id), /^[0-9a-f-]{36}$/)
})

test('nothing is written behind the close of a log, whatever was under way', async (t) => {
  const options = optionsIn(folder(t))
  const audit = await openAudit(options)
  await audit.append(event(1, { subject: 's', data: [{ part: 'input', text: 'a text' }] }))
  const under = [
    audit.erase({ subject: 's', reason: 'asked' }),
    audit.hold({ reason: 'a trial' }),
    audit.recordStreams(),
  ]
  await Promise.allSettled([audit.close(), ...under])
  assert.equal(readClosedLog(options.dir, ORIGIN).at(-1)?.action, 'audit.close')
  await (await openAudit(options)).close()
})

test('a writer whose folder was removed is told so, and not that another has taken over', async (t) => {
  const options = optionsIn(folder(t))
  const audit = await openAudit(options)
  rmSync(options.dir, { recursive: true })
  await assert.rejects(audit.append(event(1)), (error: Error & { code: string }) => {
    assert.equal(error.code, 'AUDIT_FENCED')
    assert.match(error.message, /was removed or renamed/)
    return true
  })
  await audit.close().catch(() => undefined)
})
