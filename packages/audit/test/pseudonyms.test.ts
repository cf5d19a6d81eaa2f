import assert from 'node:assert/strict'
import { cpSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { type AuditLog, openAudit, verifyAudit } from '../src/index.ts'
import { assertNoAlarm, readClosedLog } from './log-oracle.ts'
import { event, folder, ORIGIN, optionsIn } from './log-setup.ts'

const ADA = 'ada.lovelace'
const BOB = 'bob.the.officer'
const by = { type: 'user', id: BOB }

test('where names are replaced, no file of the log names a subject or a user, whatever was done', async (t) => {
  const options = optionsIn(folder(t), { segmentBytes: 600 })
  const first = await openAudit({ ...options, pseudonyms: true })
  await write(first)
  await first.close()
  // Who opens the log next need not know; neither need a stream.
  const audit = await openAudit(options)
  await write(audit)
  const held = await audit.hold({ subject: ADA, reason: 'a trial', actor: by })
  await audit.hold({ subject: 'nobody.yet', reason: 'a trial' })
  const refused = await audit.erase({ subject: ADA, reason: 'asked', actor: by }).catch(text)
  await audit.releaseHold({ hold: held.hold, reason: 'it ended', actor: by })
  await audit.erase({ subject: ADA, tenant: 'acme', reason: 'asked', actor: by })
  await audit.rotateKey({ key: join(options.dir, '..', 'second.key'), actor: by })
  await audit.revokeKey({ key: first.publicKey, trustedSize: 1, reason: 'lost', actor: by })
  await audit.close()
  const stream = await openAudit({
    ...options,
    key: join(options.dir, '..', 'second.key'),
    stream: 's',
  })
  await write(stream)
  await stream.close()
  for (const name of [ADA, BOB, 'nobody.yet']) {
    assert.deepEqual(filesWith(options.dir, name), [])
    assert.ok(!String(refused).includes(name))
  }
  assert.match(String(refused), /AUDIT_ON_HOLD/)
  assert.equal((await verifyAudit({ dir: options.dir })).result, 'unanchored')
})

test('a hold names its subject as the entries do, and its release says the same', async (t) => {
  const options = optionsIn(folder(t), { pseudonyms: true })
  const audit = await openAudit(options)
  await audit.append(event(1, { subject: ADA }))
  const { hold } = await audit.hold({ subject: ADA, reason: 'a trial' })
  await audit.releaseHold({ hold, reason: 'it ended' })
  await audit.close()
  const named = readClosedLog(options.dir, ORIGIN).flatMap(({ subject }) => subject ?? [])
  assert.equal(named.length, 3)
  assert.equal(new Set(named).size, 1)
})

test('a hold on a subject forbids that its entries expire, also under pseudonyms and in all tenants', async (t) => {
  for (const pseudonyms of [true, false])
    for (const tenant of ['acme', undefined]) {
      let now = Date.now()
      const clock = (): number => now
      const options = optionsIn(folder(t), { pseudonyms, segmentBytes: 600, clock })
      const audit = await openAudit(options)
      await audit.append(event(1, { subject: ADA, ...(tenant !== undefined && { tenant }) }))
      for (let n = 2; n < 6; n += 1) await audit.append(event(n))
      // The entry of the hold itself does not expire.
      now += 60_000
      await audit.hold({ subject: ADA, reason: 'a trial' })
      const request = { before: new Date(now - 1000), reason: 'expired' }
      await assert.rejects(audit.prune(request), { code: 'AUDIT_ON_HOLD' })
      await assert.rejects(audit.erase({ subject: ADA, reason: 'asked' }), {
        code: 'AUDIT_ON_HOLD',
      })
      await audit.close()
    }
})

async function write(audit: AuditLog): Promise<void> {
  const data = [{ part: 'input', text: 'a question' }]
  for (const tenant of ['acme', 'other'])
    await audit.append(event(1, { subject: ADA, actor: by, tenant, data }))
  await audit.append(event(2, { actor: by, target: { type: 'user', id: ADA } }))
}

function filesWith(dir: string, text: string): string[] {
  return readdirSync(dir, { recursive: true })
    .map((name) => join(dir, String(name)))
    .filter((path) => statSync(path).isFile() && readFileSync(path).includes(text))
}

function text(error: Error & { code: string }): string {
  return `${error.code} ${error.message}`
}

test('names stay replaced where somebody took that out of log.json', async (t) => {
  const options = optionsIn(folder(t), { segmentBytes: 1500 })
  const path = join(options.dir, 'log.json')
  const forget = (): void => {
    const { pseudonyms: _taken, ...rest } = JSON.parse(readFileSync(path, 'utf8'))
    writeFileSync(path, JSON.stringify(rest))
  }
  const first = await openAudit({ ...options, pseudonyms: true })
  await write(first)
  await first.close()
  forget()
  const second = await openAudit(options)
  for (let n = 0; n < 12; n += 1) await write(second)
  await second.checkpoint()
  // As a killed writer leaves it: no start and no close in the newest segment.
  const killed = folder(t)
  cpSync(options.dir, join(killed, 'audit'), { recursive: true })
  await second.close()
  const copy = { ...options, dir: join(killed, 'audit') }
  const copied = join(copy.dir, 'log.json')
  writeFileSync(
    copied,
    JSON.stringify({ ...JSON.parse(readFileSync(copied, 'utf8')), pseudonyms: false }),
  )
  const third = await openAudit(copy)
  await write(third)
  await third.close()
  for (const dir of [options.dir, copy.dir])
    for (const name of [ADA, BOB]) assert.deepEqual(filesWith(dir, name), [])
  await assertNoAlarm(copy.dir)
})
