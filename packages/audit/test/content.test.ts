import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { type ContentCommitment, openAudit } from '../src/index.ts'
import { assertNoAlarm, type Read, readClosedLog } from './log-oracle.ts'
import { event, folder, ORIGIN, optionsIn } from './log-setup.ts'

const SECRET = 'Which shoes did I buy last week?'

function committed(entries: readonly Read[], seq: number): ContentCommitment {
  const { data } = entries[seq] as { data?: readonly ContentCommitment[] } & Read
  assert.ok(data?.[0])
  return data[0]
}

/** All bytes below a folder. */
function allBytes(path: string): string {
  return readdirSync(path, { recursive: true, encoding: 'utf8' })
    .map((name) => join(path, name))
    .filter((file) => statSync(file).isFile())
    .map((file) => readFileSync(file, 'latin1'))
    .join('\n')
}

test('content never enters the log, is encrypted beside it, and can be opened and proven', async (t) => {
  const options = optionsIn(folder(t))
  const audit = await openAudit(options)
  const { seq } = await audit.append(event(1, { data: [{ part: 'input', text: SECRET }] }))
  await audit.close()
  assert.ok(!allBytes(options.dir).includes('shoes'))
  const commitment = committed(readClosedLog(options.dir, ORIGIN), seq)
  assert.equal(commitment.bytes, SECRET.length)
  const again = await openAudit(options)
  const { text, salt } = await again.readContent(commitment)
  assert.equal(text, SECRET)
  const proof = createHmac('sha256', salt).update(`recount-audit/commit/v1\0input\0${SECRET}`)
  assert.equal(commitment.c, proof.digest('base64'))
  await again.close()
  await assertNoAlarm(options.dir)
})

test('equal texts have commitments that have nothing in common', async (t) => {
  const options = optionsIn(folder(t))
  const audit = await openAudit(options)
  const data = [{ part: 'input', text: SECRET }]
  await Promise.all([audit.append(event(1, { data })), audit.append(event(2, { data }))])
  await audit.close()
  const entries = readClosedLog(options.dir, ORIGIN).filter(({ data: found }) => found)
  assert.notEqual(committed(entries, 0).c, committed(entries, 1).c)
  assert.notEqual(committed(entries, 0).ct, committed(entries, 1).ct)
})

test('where content is only committed to, its text is nowhere, and its salt proves it', async (t) => {
  const options = optionsIn(folder(t), { content: 'commit' })
  const audit = await openAudit(options)
  const { seq } = await audit.append(event(1, { data: [{ part: 'input', text: SECRET }] }))
  const commitment = committed(await entriesSoFar(audit, options.dir), seq)
  assert.equal(commitment.kept, false)
  const { text, salt } = await audit.readContent(commitment)
  assert.equal(text, null)
  const proof = createHmac('sha256', salt).update(`recount-audit/commit/v1\0input\0${SECRET}`)
  assert.equal(commitment.c, proof.digest('base64'))
})

test('content that was swapped or changed is not opened', async (t) => {
  const options = optionsIn(folder(t))
  const audit = await openAudit(options)
  await audit.append(event(1, { data: [{ part: 'input', text: 'first' }] }))
  await audit.append(event(2, { data: [{ part: 'input', text: 'other' }] }))
  await audit.close()
  const entries = readClosedLog(options.dir, ORIGIN).filter(({ data }) => data)
  const [first, other] = [committed(entries, 0), committed(entries, 1)]
  const at = ({ ct, kid }: ContentCommitment): string => join(options.dir, 'content', kid, ct)
  renameSync(at(other), at(first))
  const again = await openAudit(options)
  await assert.rejects(again.readContent(first), { code: 'AUDIT_CONTENT_UNAVAILABLE' })
  await assert.rejects(again.readContent(other), { code: 'AUDIT_CONTENT_UNAVAILABLE' })
  await again.close()
})

test('erasure destroys what one subject said and leaves the others, and the log stays whole', async (t) => {
  const options = optionsIn(folder(t))
  const audit = await openAudit(options)
  const data = [{ part: 'input', text: SECRET }]
  const mine = await audit.append(event(1, { subject: 'ada', data }))
  const theirs = await audit.append(event(2, { subject: 'bob', data }))
  const entries = await entriesSoFar(audit, options.dir)
  const erasure = await audit.erase({ subject: 'ada', reason: 'Art. 17', request: 'R-7' })
  assert.deepEqual(erasure.kids, [committed(entries, mine.seq).kid])
  await assert.rejects(audit.readContent(committed(entries, mine.seq)), {
    code: 'AUDIT_CONTENT_UNAVAILABLE',
  })
  assert.equal((await audit.readContent(committed(entries, theirs.seq))).text, SECRET)
  await audit.close()
  const said = readClosedLog(options.dir, ORIGIN).find(({ action }) => action === 'audit.erasure')
  assert.equal(said?.seq, erasure.seq)
  assert.equal(said?.subject, 'ada')
  assert.equal(said?.sys?.request, 'R-7')
  assert.ok(!existsSync(join(options.dir, 'content', String(erasure.kids[0]))))
  assert.equal(readdirSync(join(options.dir, 'subjects')).length, 1)
  await assertNoAlarm(options.dir)
})

test('erasure reaches a user who is only the actor, in one tenant or in all', async (t) => {
  const audit = await openAudit(optionsIn(folder(t)))
  const data = [{ part: 'input', text: SECRET }]
  for (const tenant of ['a', 'b', 'c']) await audit.append(event(1, { tenant, data }))
  assert.equal((await audit.erase({ subject: 'u1', tenant: 'a', reason: 'asked' })).kids.length, 1)
  assert.equal((await audit.erase({ subject: 'u1', reason: 'asked' })).kids.length, 2)
  assert.equal((await audit.erase({ subject: 'u1', reason: 'asked' })).kids.length, 0)
  await audit.close()
})

test('an erasure that must find something writes nothing where nothing is there', async (t) => {
  const audit = await openAudit(optionsIn(folder(t)))
  const data = [{ part: 'input', text: SECRET }]
  const mustExist = true
  const nothing = { code: 'AUDIT_SUBJECT_NOT_FOUND' }
  const nobody = { subject: 'u2', reason: 'asked', mustExist }
  await assert.rejects(audit.erase(nobody), nothing)
  await audit.append(event(1, { tenant: 'a', data }))
  const { size } = audit
  await assert.rejects(audit.erase(nobody), nothing)
  const mine = { subject: 'u1', reason: 'asked', mustExist }
  await assert.rejects(audit.erase({ ...mine, tenant: 'b' }), nothing)
  assert.equal(audit.size, size)
  assert.equal((await audit.erase(mine)).kids.length, 1)
  await assert.rejects(audit.erase(mine), nothing)
  await audit.close()
})

test('what comes after an erasure is encrypted with another key', async (t) => {
  const options = optionsIn(folder(t))
  const audit = await openAudit(options)
  const data = [{ part: 'input', text: SECRET }]
  const { seq } = await audit.append(event(1, { data }))
  await audit.erase({ subject: 'u1', reason: 'asked' })
  const after = await audit.append(event(2, { data }))
  await audit.close()
  const entries = readClosedLog(options.dir, ORIGIN)
  assert.notEqual(committed(entries, seq).kid, committed(entries, after.seq).kid)
})

test('a legal hold forbids erasure and expiry until it is released', async (t) => {
  const options = optionsIn(folder(t))
  const audit = await openAudit(options)
  await audit.append(event(1, { data: [{ part: 'input', text: SECRET }] }))
  const { hold } = await audit.hold({ subject: 'u1', reason: 'Case 12' })
  await assert.rejects(audit.erase({ subject: 'u1', reason: 'asked' }), { code: 'AUDIT_ON_HOLD' })
  assert.equal((await audit.erase({ subject: 'u2', reason: 'asked' })).kids.length, 0)
  await audit.releaseHold({ hold, reason: 'Case closed' })
  assert.equal((await audit.erase({ subject: 'u1', reason: 'asked' })).kids.length, 1)
  await audit.close()
  const actions = readClosedLog(options.dir, ORIGIN).map(({ action }) => action)
  assert.ok(actions.indexOf('audit.hold') < actions.indexOf('audit.hold_release'))
  await assertNoAlarm(options.dir)
})

test('a release that names no hold in force is refused, says so, and releases nothing', async (t) => {
  const options = optionsIn(folder(t))
  const audit = await openAudit(options)
  const { hold } = await audit.hold({ subject: 'u1', reason: 'Case 12' })
  const reason = 'Case closed'
  const wrong = [{ subject: 'u1', reason }, { hold: 'nope', reason }, { hold }, { reason }, hold]
  for (const request of wrong) {
    const refused = audit.releaseHold(request as unknown as { hold: string; reason: string })
    await assert.rejects(refused, { code: 'AUDIT_OPTION_INVALID' })
  }
  await assert.rejects(audit.releaseHold({ hold: 'nope', reason }), { message: new RegExp(hold) })
  await assert.rejects(audit.erase({ subject: 'u1', reason: 'asked' }), { code: 'AUDIT_ON_HOLD' })
  await audit.releaseHold({ hold, reason })
  await assert.rejects(audit.releaseHold({ hold, reason }), { code: 'AUDIT_OPTION_INVALID' })
  await audit.close()
  const actions = readClosedLog(options.dir, ORIGIN).map(({ action }) => action)
  assert.equal(actions.filter((action) => action === 'audit.hold_release').length, 1)
})

test('a hold without a reason, or on nobody, is refused and not in force', async (t) => {
  const audit = await openAudit(optionsIn(folder(t)))
  for (const request of [{ subject: 'u1' }, { subject: '', reason: 'Case 12' }, { subject: 7 }])
    await assert.rejects(audit.hold(request as unknown as { reason: string }), {
      code: 'AUDIT_OPTION_INVALID',
    })
  await audit.checkHolds('u1')
  await audit.close()
})

test('with pseudonyms no name enters the folder, and the same name has the same pseudonym until it is erased', async (t) => {
  const options = optionsIn(folder(t), { pseudonyms: true })
  const audit = await openAudit(options)
  const named = { actor: { type: 'user', id: 'ada@acme.example' }, subject: 'ada@acme.example' }
  await audit.append(event(1, named))
  await audit.append(event(2, named))
  await audit.erase({ subject: 'ada@acme.example', reason: 'asked' })
  await audit.append(event(3, named))
  await audit.append(event(4, { actor: { type: 'service', id: 'batch' } }))
  await audit.close()
  assert.ok(!allBytes(options.dir).includes('ada@'))
  const entries = readClosedLog(options.dir, ORIGIN).filter(({ action }) => action === 'query')
  const [first, second, third, service] = entries.map(({ actor }) => (actor as { id: string }).id)
  assert.match(String(first), /^p_[0-9a-f]{24}$/)
  assert.equal(first, second)
  assert.notEqual(first, third)
  assert.equal(service, 'batch')
})

test('a commitment that the caller made is kept as it is; text and commitment together are refused', async (t) => {
  const options = optionsIn(folder(t))
  const audit = await openAudit(options)
  const item = { part: 'input', commitment: 'hmac-sha256:00000000:abc' }
  const { seq } = await audit.append(event(1, { data: [item] }))
  await assert.rejects(audit.append(event(2, { data: [{ ...item, text: 'x' }] })), {
    code: 'AUDIT_EVENT_INVALID',
  })
  await audit.close()
  assert.deepEqual(readClosedLog(options.dir, ORIGIN)[seq]?.data, [item])
  assert.ok(!existsSync(join(options.dir, 'subjects')))
})

test('a content key that is lost is said, not replaced', async (t) => {
  const path = folder(t)
  const options = optionsIn(path)
  const audit = await openAudit(options)
  await audit.append(event(1, { data: [{ part: 'input', text: SECRET }] }))
  await audit.close()
  renameSync(join(path, 'audit.key.content'), join(path, 'elsewhere'))
  const again = await openAudit(options)
  const append = again.append(event(2, { data: [{ part: 'input', text: SECRET }] }))
  await assert.rejects(append, { code: 'AUDIT_KEY_MISSING' })
  writeFileSync(join(path, 'audit.key.content'), 'short')
  await assert.rejects(again.append(event(3, { data: [{ part: 'input', text: SECRET }] })), {
    code: 'AUDIT_KEY_INVALID',
  })
  await again.append(event(4))
  await again.close()
})

test('appends with and without content keep their order', async (t) => {
  const options = optionsIn(folder(t))
  const audit = await openAudit(options)
  const data = [{ part: 'input', text: SECRET }]
  await Promise.all(
    Array.from({ length: 60 }, (_, n) => audit.append(event(n, n % 3 === 0 ? { data } : {}))),
  )
  await audit.close()
  const order = readClosedLog(options.dir, ORIGIN).flatMap(({ ext }) => ext?.n ?? [])
  assert.deepEqual(
    order,
    [...order].sort((a, b) => a - b),
  )
})

async function entriesSoFar(
  audit: Awaited<ReturnType<typeof openAudit>>,
  dir: string,
): Promise<readonly Read[]> {
  await audit.checkpoint()
  const text = readFileSync(join(dir, '00000000000000000000.jsonl'), 'utf8')
  return text
    .slice(0, text.lastIndexOf('\n'))
    .split('\n')
    .map((line) => JSON.parse(line) as Read)
}
