import assert from 'node:assert/strict'
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { type AuditOptions, openAudit } from '../src/index.ts'
import { forge } from './forged-tail.ts'
import { assertNoAlarm } from './log-oracle.ts'
import { event, folder, optionsIn } from './log-setup.ts'
import { warningsOf } from './warnings.ts'

// Which legal holds are in force the log says, signed; holds.json is a list that nobody signs.

const DATA = [{ part: 'input', text: 'a text' }]
const REASON = 'asked'

async function heldLog(
  t: TestContext,
  more: Partial<AuditOptions> = {},
): Promise<{ options: AuditOptions; hold: string }> {
  const options = optionsIn(folder(t), { segmentBytes: 2000, ...more })
  const audit = await openAudit(options)
  for (const tenant of ['t1', 't2'])
    await audit.append(event(1, { subject: 'u1', tenant, data: DATA }))
  const { hold } = await audit.hold({ subject: 'u1', reason: 'Case 12' })
  for (let n = 0; n < 10; n += 1) await audit.append(event(n))
  await audit.close()
  return { options, hold }
}

const TAKEN: Readonly<Record<string, (path: string) => void>> = {
  deleted: (path) => rmSync(path),
  emptied: (path) => writeFileSync(path, '{"holds":[],"v":1}\n'),
}

for (const [what, take] of Object.entries(TAKEN))
  for (const pseudonyms of [false, true])
    test(`a hold stays in force when holds.json was ${what}${pseudonyms ? ', in all tenants of a pseudonym' : ''}`, async (t) => {
      const { options, hold } = await heldLog(t, { pseudonyms })
      take(join(options.dir, 'holds.json'))
      const warnings = warningsOf(t)
      const audit = await openAudit(options)
      const refused = { code: 'AUDIT_ON_HOLD', message: new RegExp(hold) }
      await assert.rejects(audit.erase({ subject: 'u1', reason: REASON }), refused)
      await assert.rejects(audit.erase({ subject: 'u1', tenant: 't2', reason: REASON }), refused)
      const before = new Date(Date.now() + 1000)
      await assert.rejects(audit.prune({ before, reason: REASON }), refused)
      await audit.releaseHold({ hold, reason: 'Case closed' })
      const { kids } = await audit.erase({ subject: 'u1', reason: REASON })
      assert.equal(kids.length, pseudonyms ? 3 : 2)
      await audit.close()
      await new Promise(setImmediate)
      const said = warnings.filter(({ code }) => code === 'AUDIT_HOLD_MISSING')
      assert.match(String(said[0]?.message), new RegExp(hold))
      await assertNoAlarm(options.dir)
    })

test('a release that nobody has signed ends no hold, and a hold that nobody has signed is none', async (t) => {
  const { options, hold } = await heldLog(t)
  rmSync(join(options.dir, 'holds.json'))
  forge(options.dir, [
    ['audit.hold_release', { hold }],
    ['audit.hold', { hold: 'h9' }, { reason: 'none' }],
  ])
  const audit = await openAudit(options)
  const refused = { code: 'AUDIT_ON_HOLD', message: new RegExp(hold) }
  await assert.rejects(audit.erase({ subject: 'u1', reason: REASON }), refused)
  await audit.erase({ subject: 'u2', reason: REASON })
  await audit.close()
  await assertNoAlarm(options.dir)
})

test('a start that nobody has signed takes no signed hold back by naming it unsigned', async (t) => {
  const { options, hold } = await heldLog(t)
  rmSync(join(options.dir, 'holds.json'))
  forge(options.dir, [['audit.open', { signed: 0 }]])
  const audit = await openAudit(options)
  const refused = { code: 'AUDIT_ON_HOLD', message: new RegExp(hold) }
  await assert.rejects(audit.erase({ subject: 'u1', reason: REASON }), refused)
  await audit.close()
  await assertNoAlarm(options.dir)
})

test('a hold of which the log says nothing is in force until it is released', async (t) => {
  const { options } = await heldLog(t)
  const path = join(options.dir, 'holds.json')
  const { holds } = JSON.parse(readFileSync(path, 'utf8'))
  const own = { hold: 'h9', subject: 'u2', reason: 'a crash came before its entry' }
  writeFileSync(path, JSON.stringify({ holds: [...holds, own], v: 1 }))
  const audit = await openAudit(options)
  await assert.rejects(audit.erase({ subject: 'u2', reason: REASON }), { code: 'AUDIT_ON_HOLD' })
  await audit.releaseHold({ hold: 'h9', reason: 'none' })
  await audit.erase({ subject: 'u2', reason: REASON })
  await audit.close()
})

test('where an older entry was changed nobody can say what is held, and nothing is erased', async (t) => {
  const { options, hold } = await heldLog(t)
  const names = readdirSync(options.dir).filter((name) => name.endsWith('.jsonl'))
  const path = join(options.dir, names.find((name) => isAbout(options.dir, name, hold)) ?? '')
  writeFileSync(path, readFileSync(path, 'utf8').replace('audit.hold', 'audit.h0ld'))
  rmSync(join(options.dir, 'holds.json'))
  const audit = await openAudit(options)
  await assert.rejects(audit.erase({ subject: 'u1', reason: REASON }), { code: 'AUDIT_DAMAGED' })
  await audit.close()
})

function isAbout(dir: string, name: string, hold: string): boolean {
  return readFileSync(join(dir, name), 'utf8').includes(hold)
}

test('holds at the same time are all in force', async (t) => {
  const audit = await openAudit(optionsIn(folder(t)))
  const subjects = ['u1', 'u2', 'u3', 'u4']
  const holds = await Promise.all(subjects.map((subject) => audit.hold({ subject, reason: 'x' })))
  for (const subject of subjects)
    await assert.rejects(audit.erase({ subject, reason: REASON }), { code: 'AUDIT_ON_HOLD' })
  await Promise.all(holds.map(({ hold }) => audit.releaseHold({ hold, reason: 'x' })))
  for (const subject of subjects) await audit.erase({ subject, reason: REASON })
  await audit.close()
})

for (const pseudonyms of [false, true])
  test(`what a log holds is held in its streams until it is released there${pseudonyms ? ', also under pseudonyms' : ''}`, async (t) => {
    const options = optionsIn(folder(t), { segmentBytes: 2000, pseudonyms })
    const audit = await openAudit(options)
    const stream = await openAudit({ ...options, stream: 'web-1' })
    for (let n = 0; n < 10; n += 1)
      for (const log of [audit, stream]) await log.append(event(n, { subject: 'u1', data: DATA }))
    const { hold } = await audit.hold({ subject: 'u1', reason: 'Case 12' })
    const refused = { code: 'AUDIT_ON_HOLD', message: new RegExp(hold) }
    const before = new Date(Date.now() + 1000)
    for (const isListed of [true, false]) {
      if (!isListed) rmSync(join(options.dir, 'holds.json'))
      await assert.rejects(stream.erase({ subject: 'u1', reason: REASON }), refused)
      await assert.rejects(stream.prune({ before, reason: REASON }), refused)
      await assert.rejects(stream.releaseHold({ hold, reason: REASON }), {
        code: 'AUDIT_OPTION_INVALID',
      })
    }
    await stream.close()
    const alone = await openAudit({
      ...options,
      dir: join(options.dir, 'streams/web-1'),
      origin: `${options.origin}/web-1`,
    })
    await assert.rejects(alone.erase({ subject: 'u1', reason: REASON }), refused)
    await audit.releaseHold({ hold, reason: 'Case closed' })
    const all = await audit.hold({ reason: 'Case 13' })
    await assert.rejects(alone.erase({ subject: 'u1', reason: REASON }), { code: 'AUDIT_ON_HOLD' })
    await audit.releaseHold({ hold: all.hold, reason: 'Case closed' })
    assert.equal((await alone.erase({ subject: 'u1', reason: REASON })).kids.length, 1)
    await alone.close()
    await audit.close()
    await assertNoAlarm(options.dir)
  })

test('a list of holds of another form is named, and nothing is erased meanwhile', async (t) => {
  const options = optionsIn(folder(t))
  const audit = await openAudit(options)
  await audit.append(event(1, { subject: 'u-1', data: [{ part: 'input', text: 'a text' }] }))
  for (const hold of [{ hold: 'x', reason: 'r' }, { hold: 'x', reason: 'r', subject: 5 }, null]) {
    writeFileSync(join(options.dir, 'holds.json'), JSON.stringify({ holds: [hold], v: 1 }))
    await assert.rejects(audit.erase({ subject: 'u-1', reason: 'asked' }), {
      code: 'AUDIT_DAMAGED',
      message: /holds\.json/,
    })
  }
  await audit.close()
})
