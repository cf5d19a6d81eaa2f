import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { verifyAudit } from '../src/index.ts'
import { TAMPER_CASES } from './tamper-cases.ts'
import { folder, replaceIn, richLog, SIZE } from './tamper-log.ts'

for (const {
  threat,
  what,
  tamper,
  finds,
  seq,
  anchored = false,
  key,
  result = 'tampered',
} of TAMPER_CASES)
  test(`${threat}: ${what}: ${finds}`, async (t) => {
    const log = await richLog(folder(t))
    const publicKey = key === 'self' ? {} : { publicKey: log.vkey }
    const anchor = anchored ? { anchor: join(folder(t), 'anchor.json') } : {}
    if (anchored)
      assert.equal((await verifyAudit({ dir: log.dir, ...publicKey, ...anchor })).result, 'intact')
    await tamper(log, t)
    const report = await verifyAudit({ dir: log.dir, ...publicKey, ...anchor })
    assert.equal(report.result, result)
    const found = report.findings.filter(
      ({ code, severity }) => code === finds && severity === 'failure',
    )
    assert.ok(found.length > 0, `found ${JSON.stringify(report.findings, null, 1)}`)
    if (seq !== undefined)
      assert.ok(
        found.some((finding) => finding.seq === seq),
        `at ${found.map((finding) => finding.seq)}`,
      )
  })

test('every threat that concerns the log has a case, and these are the threats', () => {
  const covered = new Set(TAMPER_CASES.map(({ threat }) => threat))
  const here = Array.from({ length: 28 }, (_, at) => `T${at + 1}`).filter(
    (threat) => threat !== 'T24',
  )
  assert.deepEqual(
    [...here, 'T43'].filter((threat) => !covered.has(threat)),
    [],
  )
})

test('an anchor is not moved by a log that is not intact', async (t) => {
  const log = await richLog(folder(t))
  const anchor = join(folder(t), 'anchor.json')
  await verifyAudit({ dir: log.dir, publicKey: log.vkey, anchor })
  const before = readFileSync(anchor)
  log.rotate().open().entries(3).close()
  await log.checkpoint()
  replaceIn(7, 'success', 'failure')(log)
  await verifyAudit({ dir: log.dir, publicKey: log.vkey, anchor })
  assert.deepEqual(readFileSync(anchor), before)
})

test('an anchor that cannot be read is never taken for none', async (t) => {
  const log = await richLog(folder(t))
  const anchor = join(folder(t), 'anchor.json')
  await verifyAudit({ dir: log.dir, publicKey: log.vkey, anchor })
  const good = readFileSync(anchor, 'utf8')
  const half = good.slice(0, 100)
  const shorter = good.replace(`"size":${SIZE}`, '"size":31')
  for (const wrong of ['', '{}', half, shorter, good.replace('"v":1', '"v":2')]) {
    writeFileSync(anchor, wrong)
    await assert.rejects(verifyAudit({ dir: log.dir, publicKey: log.vkey, anchor }), {
      code: 'AUDIT_ANCHOR_INVALID',
    })
  }
})
