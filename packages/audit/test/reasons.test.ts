import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { parseTlogProof, proveEntry, verifyAudit, verifyTlogProof } from '../src/index.ts'
import { bundleOf, listAnew, putInto, twin, verdicts } from './bundle-maker.ts'
import { LogBuilder, testSigner } from './log-builder.ts'
import { keyFile } from './second-verifier.ts'
import { ALL_BROKEN, ALL_HOLD, statuses } from './statuses.ts'
import { folder, hide, richLog, SIZE } from './tamper-log.ts'
import { HARMLESS_REASONS, REASON_CASES } from './tamper-reasons.ts'
import { python } from './verifier-scripts.ts'

// The chain of hashes needs no key: whoever can write to the folder can append an entry. None of the three verifiers takes it for a reason.

// verify.sh ends with verify.py. The rest is for the long run.
for (const { what, tamper } of REASON_CASES.filter(({ what }) => !what.includes('behind a start')))
  test(`the second verifier tells when ${what}`, async (t) => {
    const log = await richLog(folder(t))
    const key = keyFile(t, log)
    await tamper(log, t)
    const { status, output } = await python([log.dir, '--key', key])
    assert.equal(status, 1, output)
    assert.match(output, /^BROKEN: (?!an entry of the log's own)/m)
  })

test('content that was gone before is not erased by an unsigned entry, though its folder is there and the log is touched meanwhile', async (t) => {
  const log = await richLog(folder(t))
  const key = keyFile(t, log)
  const kid = '0123456789abcdef'
  const [gone = ''] = readdirSync(join(log.dir, 'content', kid))
  rmSync(join(log.dir, 'content', kid, gone))
  log.open().own('audit.erasure', { ids: ['i'], kids: [kid], request: 'r-17' })
  assert.deepEqual(await statuses(log.dir, key), ALL_BROKEN)
  let now = Date.now()
  const onProgress = (): void => {
    now += 1000
    utimesSync(log.segmentPath(), now, now)
  }
  const { result, claims } = await verifyAudit({ dir: log.dir, publicKey: log.vkey, onProgress })
  assert.deepEqual([result, claims.content.missing], ['incomplete', 1])
})

test('a range that somebody hid is not covered by what expired behind it', async (t) => {
  const log = await richLog(folder(t))
  const key = keyFile(t, log)
  const kept = readFileSync(log.segmentPath(13))
  await log.rotate().open().prune(0, 12).close().checkpoint()
  assert.deepEqual(await statuses(log.dir, key), ALL_HOLD)
  hide(log, 13, 22)
  await log.open().prune(23, 31).close().checkpoint()
  assert.deepEqual(await statuses(log.dir, key), ALL_BROKEN)
  rmSync(join(log.dir, 'hashes', `${'13'.padStart(20, '0')}.bin`))
  writeFileSync(log.segmentPath(13), kept)
  await log.open().prune(13, 22).close().checkpoint()
  assert.deepEqual(await statuses(log.dir, key), ALL_HOLD)
})

test('a range whose expiry is told by entries that have expired themselves, or twice, is no fault', async (t) => {
  const log = await new LogBuilder(folder(t)).open().entries(2).checkpoint()
  const key = keyFile(t, log)
  const first = readFileSync(log.segmentPath(0))
  await log.rotate().open().prune(0, 3).checkpoint()
  writeFileSync(log.segmentPath(0), first)
  await log.rotate().open().prune(0, 3).checkpoint()
  await log.rotate().open().prune(4, 5).checkpoint()
  assert.deepEqual(await statuses(log.dir, key), ALL_HOLD)
  await log.rotate().open().prune(6, 7).checkpoint()
  await log.rotate().open().prune(8, 9).checkpoint()
  assert.deepEqual(await statuses(log.dir, key), ALL_HOLD)
})

for (const [what, change] of Object.entries(HARMLESS_REASONS))
  test(`neither of the two verifiers alarms at ${what}`, async (t) => {
    const log = await richLog(folder(t))
    const key = keyFile(t, log)
    await change(log)
    const { status, output } = await python([log.dir, '--key', key])
    assert.equal(status, 0, output)
    const report = await verifyAudit({ dir: log.dir, publicKey: log.vkey })
    assert.equal(report.result, 'unanchored', JSON.stringify(report.findings))
  })

test('an entry that only the next writer has signed is no reason in a bundle either', async (t) => {
  const { bundle, log } = await twin(t)
  hide(log, 0, 12)
  const hashes = readFileSync(join(log.dir, 'hashes', `${'0'.padStart(20, '0')}.bin`))
  const sha256 = createHash('sha256').update(hashes).digest('hex')
  log.open().own('audit.prune', { first: 0, last: 12, sha256 })
  await log.open(true, SIZE).close().checkpoint()
  const size = log.size
  const root = log.root().toString('base64')
  putInto(bundle, log)
  listAnew(bundle, (manifest) => {
    manifest.logs = manifest.logs.map((one) => ({ ...one, size, root }))
    manifest.disclosed = size - 13
    manifest.expired = 13
  })
  const { report, ...scripts } = await verdicts(bundle.dir, bundle.keyFile)
  assert.ok(report.findings.some(({ code, severity }) => code === 'GAP' && severity === 'failure'))
  for (const { output } of [scripts.python, scripts.shell])
    assert.match(output, /^BROKEN: entries 0 to 12 are gone/m)
})

test('a bundle shows the start that says what was found unsigned, whatever it is asked for', async (t) => {
  const log = await richLog(folder(t))
  log.open().own('audit.prune', { first: 0, last: 12, sha256: '' })
  await log.open(true, SIZE).close().open(false, log.size).close().checkpoint()
  const { dir } = await bundleOf(t, log, { filter: { tenant: ['nobody'] } })
  const shown = readFileSync(join(dir, 'log', `${'23'.padStart(20, '0')}.jsonl`), 'utf8')
  assert.deepEqual(shown.match(/"signed":\d+/g), [`"signed":${SIZE}`])
})

test('an entry by which nobody handed over proves no key to who has the first one only', async (t) => {
  const log = await richLog(folder(t))
  const old = log.signer
  const evil = testSigner(log.origin, 7)
  log.open().own('audit.key_rotate', { new: evil.key.vkey, old: log.vkey })
  await log.open(true, SIZE).close().checkpoint([evil, old])
  const rotation = parseTlogProof((await proveEntry(log.dir, SIZE + 1)).proof)
  await log.entries(1).checkpoint([evil])
  const { proof, entry } = await proveEntry(log.dir, log.size - 1)
  const forged = { ...parseTlogProof(proof), handovers: [rotation] }
  assert.equal(verifyTlogProof(forged, Buffer.from(entry), [old.key]), 'signature')
  assert.equal(verifyTlogProof(forged, Buffer.from(entry), [evil.key]), null)
})
