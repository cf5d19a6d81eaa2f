import assert from 'node:assert/strict'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { type AuditLog, type AuditOptions, openAudit, verifyAudit } from '../src/index.ts'
import { leafHash } from '../src/merkle.ts'
import { forge } from './forged-tail.ts'
import { assertNoAlarm } from './log-oracle.ts'
import { event, folder, optionsIn } from './log-setup.ts'

const DAY = 86_400_000

/** A log whose segments are days apart. */
async function agedLog(
  t: TestContext,
): Promise<{ audit: AuditLog; options: AuditOptions; at: (day: number) => Date }> {
  const start = Date.UTC(2026, 0, 1)
  let now = start
  const options = optionsIn(folder(t), { segmentBytes: 2000, clock: () => now })
  const audit = await openAudit(options)
  for (let n = 0; n < 40; n++) {
    now = start + Math.floor(n / 4) * DAY
    await audit.append(event(n, { subject: `s${n}`, data: [{ part: 'input', text: `text ${n}` }] }))
  }
  return { audit, options, at: (day) => new Date(start + day * DAY) }
}

function segments(dir: string): string[] {
  return readdirSync(dir).filter((name) => name.endsWith('.jsonl'))
}

test('expired segments go with their content; what is left, and every checkpoint, still verifies', async (t) => {
  const { audit, options, at } = await agedLog(t)
  const before = segments(options.dir).length
  const contents = readdirSync(join(options.dir, 'content')).length
  const pruned = await audit.prune({ before: at(5), reason: 'six months' })
  await audit.append(event(100))
  await audit.close()
  assert.ok(pruned.length > 1)
  assert.ok(segments(options.dir).length >= before - pruned.length)
  assert.ok(!existsSync(join(options.dir, `${String(0).padStart(20, '0')}.jsonl`)))
  const left = readdirSync(join(options.dir, 'content')).filter(
    (kid) => readdirSync(join(options.dir, 'content', kid)).length > 0,
  )
  assert.ok(left.length < contents)
  await assertNoAlarm(options.dir)
})

test('with no date that is one, or no reason, nothing expires', async (t) => {
  const { audit, options, at } = await agedLog(t)
  const before = segments(options.dir)
  for (const wrong of [{ before: new Date('no date') }, { before: '2026-01-05' }, { reason: '' }])
    await assert.rejects(
      audit.prune({ before: at(5), reason: 'six months', ...(wrong as object) }),
      { code: 'AUDIT_OPTION_INVALID' },
    )
  await audit.close()
  assert.deepEqual(segments(options.dir), before)
})

test('expiry deletes nothing outside of the log, whatever an entry names', async (t) => {
  const { audit, options, at } = await agedLog(t)
  await audit.close()
  const outside = join(options.dir, '..', 'outside')
  mkdirSync(outside)
  writeFileSync(join(outside, 'victim'), 'kept')
  const named = { bytes: 1, c: '', ct: 'victim', kept: true, kid: '../../outside', part: 'input' }
  forge(options.dir, [['query', {}, { data: [named] }]])
  let now = at(10).getTime()
  const again = await openAudit({ ...options, clock: () => now })
  for (let n = 0; n < 20; n++) await again.append(event(n))
  now = at(20).getTime()
  await again.append(event(21))
  const pruned = await again.prune({ before: at(19), reason: 'six months' })
  await again.close()
  assert.ok(pruned.length > 1)
  assert.equal(readFileSync(join(outside, 'victim'), 'utf8'), 'kept')
})

test('a pruned log opens again, with its cache and without', async (t) => {
  const { audit, options, at } = await agedLog(t)
  await audit.prune({ before: at(5), reason: 'six months' })
  await audit.close()
  await (await openAudit(options)).close()
  rmSync(join(options.dir, 'tree.json'))
  const again = await openAudit(options)
  await again.append(event(101))
  await again.close()
  await assertNoAlarm(options.dir)
  const hashes = join(options.dir, 'hashes')
  rmSync(join(hashes, readdirSync(hashes)[0] as string))
  rmSync(join(options.dir, 'tree.json'))
  await assert.rejects(openAudit(options), { code: 'AUDIT_DAMAGED' })
  assert.notEqual((await verifyAudit({ dir: options.dir })).result, 'unanchored')
})

test('a hold keeps the segments with its subject, and what comes after them', async (t) => {
  const { audit, options, at } = await agedLog(t)
  await audit.hold({ subject: 's0', reason: 'Case 12' })
  await assert.rejects(audit.prune({ before: at(5), reason: 'x' }), { code: 'AUDIT_ON_HOLD' })
  await audit.close()
  assert.ok(existsSync(join(options.dir, `${String(0).padStart(20, '0')}.jsonl`)))
})

test('nothing expires while entries are gone that did not, and retention goes on for years', async (t) => {
  const { audit, options, at } = await agedLog(t)
  for (const day of [2, 4, 6]) await audit.prune({ before: at(day), reason: 'x' })
  const names = segments(options.dir).sort()
  const [first = ''] = names
  const hashes = segmentHashes(join(options.dir, first))
  const kept = readFileSync(join(options.dir, first))
  writeFileSync(join(options.dir, 'hashes', first.replace('.jsonl', '.bin')), hashes)
  rmSync(join(options.dir, first))
  await assert.rejects(audit.prune({ before: at(9), reason: 'x' }), { code: 'AUDIT_DAMAGED' })
  assert.deepEqual(segments(options.dir).sort(), names.slice(1))
  writeFileSync(join(options.dir, first), kept)
  // Also what tells that older ones expired.
  await audit.append(event(1))
  for (const day of [9, 30, 60]) await audit.prune({ before: at(day), reason: 'x' })
  await audit.close()
  await assertNoAlarm(options.dir)
})

function segmentHashes(path: string): Buffer {
  const lines = readFileSync(path, 'utf8').trimEnd().split('\n')
  return Buffer.concat(lines.map((line) => leafHash(Buffer.from(line))))
}

test('what was changed is not deleted', async (t) => {
  const { audit, options, at } = await agedLog(t)
  await audit.close()
  const first = join(options.dir, segments(options.dir).sort()[0] as string)
  writeFileSync(first, readFileSync(first, 'utf8').replace('acme-large', 'acme-small'))
  const again = await openAudit(options)
  await assert.rejects(again.prune({ before: at(5), reason: 'x' }), { code: 'AUDIT_DAMAGED' })
  await again.close()
})
