import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import {
  parseTlogProof,
  parseVerifierKey,
  proveEntry,
  readEntries,
  requestTimestamp,
  storeTimestamp,
  verifyAudit,
  verifyTlogProof,
} from '../src/index.ts'
import { LogBuilder } from './log-builder.ts'
import { answerRequest, makeAuthority, openssl } from './timestamp-authority.ts'

test('every entry of a log is proved by a file that needs only the key, also across expired ones', async (t) => {
  const log = await new LogBuilder(folder(t)).open().entries(5).close().checkpoint()
  log.rotate().open().entries(4).prune(0, 7).close()
  await log.checkpoint()
  const keys = [parseVerifierKey(log.vkey)]
  for (let seq = 8; seq < log.size; seq += 1) {
    const { proof, entry } = await proveEntry(log.dir, seq)
    assert.equal(entry, log.lines[seq])
    const parsed = parseTlogProof(proof)
    assert.equal(parsed.extra?.toString(), entry)
    assert.equal(verifyTlogProof(parsed, Buffer.from(entry), keys), null)
    assert.equal(verifyTlogProof(parsed, Buffer.from(entry.replace('1', '2')), keys), 'inclusion')
    assert.ok(proof.length < 2048, `${proof.length} bytes`)
  }
  await assert.rejects(proveEntry(log.dir, 3), /entry 3 has expired/)
})

test('what is not signed yet, or not there, is not proved', async (t) => {
  const log = await new LogBuilder(folder(t)).open().checkpoint()
  log.entries(2)
  for (const seq of [2, 100, -1, 0.5])
    await assert.rejects(proveEntry(log.dir, seq), { code: 'AUDIT_ENTRY_NOT_FOUND' })
})

test('a changed log proves nothing', async (t) => {
  const log = await new LogBuilder(folder(t)).open().entries(5).close().checkpoint()
  const path = log.segmentPath(0)
  writeFileSync(path, readFileSync(path, 'utf8').replace('"u3"', '"u4"'))
  await assert.rejects(proveEntry(log.dir, 1), { code: 'AUDIT_DAMAGED' })
})

test('a time stamp anchors the log for whoever trusts its authority; openssl says the same', async (t) => {
  const tsa = folder(t)
  makeAuthority(tsa)
  const log = await new LogBuilder(folder(t)).open().entries(5).close().checkpoint()
  const { path, size } = await requestTimestamp(log.dir)
  const answer = join(tsa, 'answer.tsr')
  answerRequest(tsa, path, answer)
  const ca = readFileSync(join(tsa, 'ca.pem'), 'utf8')
  const stored = await storeTimestamp(log.dir, readFileSync(answer), [ca])
  assert.deepEqual([stored.size, stored.trusted], [size, true])
  const stamp = ['-data', log.notePath(size), '-in', stored.path, '-CAfile', 'ca.pem']
  openssl(tsa, ['ts', '-verify', ...stamp])
  const options = { dir: log.dir, publicKey: log.vkey }
  assert.equal((await verifyAudit(options)).result, 'unanchored')
  const report = await verifyAudit({ ...options, timestampAuthorities: [ca] })
  assert.deepEqual([report.result, report.anchored_to], ['intact', 8])
  assert.equal(report.claims.anchors[0]?.kind, 'timestamp')
})

test('an answer about another log is refused, and one that is put beside a log is found', async (t) => {
  const tsa = folder(t)
  makeAuthority(tsa)
  const log = await new LogBuilder(folder(t)).open().entries(5).close().checkpoint()
  const other = await new LogBuilder(folder(t), 'other.example/log').checkpoint()
  const answer = join(tsa, 'answer.tsr')
  answerRequest(tsa, (await requestTimestamp(other.dir)).path, answer)
  await assert.rejects(storeTimestamp(log.dir, readFileSync(answer)), {
    code: 'AUDIT_TIMESTAMP_INVALID',
  })
  const { path } = await requestTimestamp(log.dir)
  writeFileSync(path.replace('.tsq', '.tsr'), readFileSync(answer))
  const report = await verifyAudit({ dir: log.dir, publicKey: log.vkey })
  assert.deepEqual([report.result, report.findings[0]?.code], ['tampered', 'SIGNATURE'])
})

test('a log whose clock is ahead of the time stamp is noted', async (t) => {
  const tsa = folder(t)
  makeAuthority(tsa)
  const log = new LogBuilder(folder(t)).open()
  log.clock = Date.parse('2126-01-01T00:00:00Z')
  await log.entries(1).close().checkpoint()
  const answer = join(tsa, 'answer.tsr')
  answerRequest(tsa, (await requestTimestamp(log.dir)).path, answer)
  await storeTimestamp(log.dir, readFileSync(answer))
  const { findings } = await verifyAudit({ dir: log.dir, publicKey: log.vkey })
  assert.deepEqual(
    findings.map(({ code, severity }) => `${severity} ${code}`),
    ['note CLOCK'],
  )
})

test('entries are read in their order, across segments', async (t) => {
  const log = await new LogBuilder(folder(t))
    .open()
    .append({ reason: 'line \u2028 separator é' })
    .entries(3)
    .checkpoint()
  log.rotate().open().entries(700)
  const lines: string[] = []
  for await (const { line } of readEntries(log.dir)) lines.push(line)
  assert.deepEqual(lines, log.lines)
})

function folder(t: TestContext): string {
  const dir = mkdtempSync(join(tmpdir(), 'recount-evidence-'))
  t.after(() => rmSync(dir, { recursive: true, force: true }))
  return dir
}
