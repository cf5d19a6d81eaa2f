import assert from 'node:assert/strict'
import { appendFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { verifyAudit } from '../src/index.ts'
import { LogBuilder, testSigner } from './log-builder.ts'
import { folder } from './log-setup.ts'

// A log that has gone on since it was verified, or goes on while it is.

test('from an anchor the first key, and what named the key of a stream, are enough as before', async (t) => {
  const log = await new LogBuilder(folder(t)).open().entries(10).close().checkpoint()
  const old = log.signer
  const stream = await log.stream('s1', 7).open().entries(2).close().checkpoint()
  await log.open().attest(stream).close().checkpoint()
  await log.open().rotateKey(2).checkpoint([log.signer, old])
  await log.close().checkpoint()
  const anchor = join(folder(t), 'anchor.json')
  const options = { dir: log.dir, anchor, incremental: true }
  const verify = async (publicKey: string): Promise<string> =>
    (await verifyAudit({ ...options, publicKey })).result
  for (let round = 0; round < 2; round += 1) {
    assert.equal(await verify(old.key.vkey), 'intact')
    await log.rotate().open().entries(3).close().checkpoint()
    await stream.rotate().open().entries(3).close().checkpoint()
    assert.equal(await verify(old.key.vkey), 'intact')
    assert.equal(await verify(log.vkey), 'intact')
  }
  // Not even where somebody has put it beside the log when the anchor was made.
  assert.equal(await verify(testSigner(log.origin, 9).key.vkey), 'tampered')
  appendFileSync(join(log.dir, 'public.vkey'), `${testSigner(log.origin, 9).key.vkey}\n`)
  rmSync(anchor)
  await verifyAudit(options)
  await log.open().entries(1).close().checkpoint()
  assert.equal(await verify(testSigner(log.origin, 9).key.vkey), 'tampered')
})

test('a writer that erases again and again while the log is read is no tampering', async (t) => {
  const log = await new LogBuilder(folder(t)).open().entries(10).close().checkpoint()
  const kids = Array.from({ length: 15 }, (_, at) => String(at).padStart(16, '0'))
  log.rotate().open()
  for (const kid of kids) log.withContent(kid, 'hello')
  await log.checkpoint()
  let before = Number.POSITIVE_INFINITY
  const report = await verifyAudit({
    dir: log.dir,
    publicKey: log.vkey,
    // After the first part of the log, each time: what it erases now is in the next part, and signed by a checkpoint that is not known yet.
    onProgress: (bytes) => {
      const isStart = bytes < before
      before = bytes
      if (isStart) void log.erase(kids.pop() as string).checkpoint()
    },
  })
  assert.equal(report.result, 'unanchored', JSON.stringify(report.findings))
  assert.equal(kids.length, 13)
})

test('two verifications at once with one anchor file both end with a report', async (t) => {
  const log = new LogBuilder(folder(t)).open().entries(5).close()
  await log.checkpoint()
  const anchor = join(folder(t), 'log.anchor')
  const verify = () => verifyAudit({ dir: log.dir, publicKey: log.vkey, anchor })
  await verify()
  const reports = await Promise.all(Array.from({ length: 8 }, verify))
  assert.deepEqual(new Set(reports.map(({ result }) => result)), new Set(['intact']))
})
