import assert from 'node:assert/strict'
import {
  appendFileSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { type AuditReport, verifyAudit } from '../src/index.ts'
import { LogBuilder } from './log-builder.ts'

// What crashes, restarts, rotation, erasure and expiry leave must never look like tampering.

test('a closed log verifies; without an anchor it says so', async (t) => {
  const log = await closed(t)
  const report = await verifyAudit({ dir: log.dir, publicKey: log.vkey })
  assert.deepEqual(
    [report.result, report.trust, report.entries, report.size, report.anchored_to],
    ['unanchored', 'key', 13, 13, null],
  )
  assert.equal(report.root, log.root().toString('base64'))
  assert.deepEqual(report.findings, [])
  assert.deepEqual(report.claims.coverage, { first: 0, last: 12 })
})

test('without a key the one in the folder is used, and the report says so', async (t) => {
  const log = await closed(t)
  assert.equal((await verifyAudit({ dir: log.dir })).trust, 'self')
})

test('an anchor is made on first use, moved forward after growth, and then the log is intact', async (t) => {
  const log = await closed(t)
  const anchor = join(folder(t), 'anchor.json')
  const verify = (): Promise<AuditReport> =>
    verifyAudit({ dir: log.dir, publicKey: log.vkey, anchor })
  const first = await verify()
  assert.deepEqual([first.result, first.anchored_to], ['intact', 13])
  assert.ok(existsSync(anchor))
  log.open().entries(5).close()
  await log.checkpoint()
  const second = await verify()
  assert.deepEqual([second.result, second.anchored_to, second.size], ['intact', 13, 20])
  assert.equal((await verify()).anchored_to, 20)
})

test('from an anchor only what is new has to be read', async (t) => {
  const log = await closed(t)
  const anchor = join(folder(t), 'anchor.json')
  const options = { dir: log.dir, publicKey: log.vkey, anchor, incremental: true }
  await verifyAudit(options)
  log.rotate().open().rotateKey(2).entries(700)
  await log.checkpoint([log.signer])
  const wrong = await verifyAudit(options)
  assert.equal(wrong.result, 'tampered', 'the old key has to sign the first checkpoint, also here')
  const other = await closed(t)
  await verifyAudit({ ...options, dir: other.dir, anchor: `${anchor}2` })
  other.rotate().open().entries(700).close()
  await other.checkpoint()
  const report = await verifyAudit({ ...options, dir: other.dir, anchor: `${anchor}2` })
  assert.deepEqual(
    [report.result, report.entries, report.claims.verified_from],
    ['intact', 715, 13],
  )
  assert.equal(report.root, other.root().toString('base64'))
})

test('segments follow each other without a break', async (t) => {
  const log = await closed(t)
  for (let at = 0; at < 4; at += 1) log.rotate().open().entries(3).close()
  await log.checkpoint()
  await sound(log, 33)
})

test('a torn last line and zeros behind it are what a crash leaves', async (t) => {
  const log = await closed(t)
  log.open().entries(3)
  appendFileSync(log.segmentPath(), '{"action":"query","actor":{"id":"u1')
  appendFileSync(log.segmentPath(), Buffer.alloc(100_000))
  const report = await sound(log, 17)
  assert.deepEqual(codes(report), ['note TORN_TAIL', 'note UNCLEAN_CLOSE'])
  assert.deepEqual([report.size, report.claims.unsigned], [13, 4])
})

test('zeros alone behind the last line are nothing: the writer allocates ahead', async (t) => {
  const log = await closed(t)
  log.open().entries(1)
  await log.checkpoint()
  appendFileSync(log.segmentPath(), Buffer.alloc(3_000_000))
  assert.deepEqual(codes(await sound(log, 15)), ['note UNCLEAN_CLOSE'])
})

test('a hole after the last signed entry is what a power cut leaves', async (t) => {
  const log = await closed(t)
  log.open().entries(1)
  const after = log.lines.at(-1)
  appendFileSync(log.segmentPath(), Buffer.concat([Buffer.alloc(4096), Buffer.from(`${after}\n`)]))
  assert.deepEqual(codes(await sound(log, 15)), ['note TORN_TAIL', 'note UNCLEAN_CLOSE'])
})

test('a restart after a crash is noted, and nothing more', async (t) => {
  const log = await closed(t)
  log.open().entries(2)
  log
    .open(true)
    .own('audit.recovered', { bytes: 7, cause: 'torn', file: 'x', lines: 0, sha256: '' })
  log.entries(2).close()
  await log.checkpoint()
  assert.deepEqual(codes(await sound(log, 21)), ['note TORN_TAIL', 'note UNCLEAN_CLOSE'])
})

test('lines that a failed write left twice are what a crash leaves', async (t) => {
  const log = await closed(t)
  log.open().entries(3)
  const again = log.lines.slice(-2)
  writeFileSync(log.segmentPath(log.size - 2), again.map((line) => `${line}\n`).join(''))
  assert.deepEqual(codes(await sound(log, 17)), [
    'note TORN_TAIL',
    'note TORN_TAIL',
    'note UNCLEAN_CLOSE',
  ])
})

test('a whole batch that a failed write left twice is what a crash leaves', async (t) => {
  const log = await closed(t)
  log.open().entries(700)
  const again = log.lines.slice(-699)
  writeFileSync(log.segmentPath(log.size - 699), again.map((line) => `${line}\n`).join(''))
  await sound(log, log.size)
})

test('a segment that recovery had taken aside is read there', async (t) => {
  const log = await closed(t)
  log.rotate().open().entries(2)
  renameSync(log.segmentPath(), `${log.segmentPath()}.recovering`)
  assert.deepEqual(codes(await sound(log, 16)), ['note UNCLEAN_CLOSE'])
})

test('heartbeats, refused appends and a clock that was set back are told', async (t) => {
  const log = await closed(t)
  log.open().own('audit.heartbeat', { idle_s: 300 })
  log.own('audit.gap', { cause: 'disk full', count: 4, critical: 1, from: 'a', to: 'b' })
  log.own('audit.clock', { delta_ms: 3_600_000 }).close()
  await log.checkpoint()
  const report = await sound(log, 18)
  assert.deepEqual(codes(report), ['note CLOCK', 'note GAP'])
  assert.equal(report.claims.refused, 4)
})

test('a key hands over to another, and either of them is enough to verify', async (t) => {
  const log = await closed(t)
  const old = log.signer
  log.open().rotateKey(2).entries(2)
  await log.checkpoint([old, log.signer])
  log.entries(2).close()
  await log.checkpoint()
  for (const publicKey of [old.key.vkey, log.vkey, `${old.key.vkey}\n${log.vkey}\n`])
    assert.equal((await verifyAudit({ dir: log.dir, publicKey })).result, 'unanchored')
})

test('a revoked key does not count for later checkpoints, which the next key signs', async (t) => {
  const log = await closed(t)
  const old = log.signer
  log
    .open()
    .rotateKey(2)
    .own('audit.key_revoke', { key: old.key.vkey, trusted_size: 13 })
    .entries(2)
  await log.checkpoint([old, log.signer])
  await sound(log, 18, old.key.vkey)
})

test('erased content is told with its request, and is no fault', async (t) => {
  const log = await closed(t)
  log.open().withContent('0123456789abcdef', 'hello').withContent('0123456789abcdef', 'again')
  log.withContent('fedcba9876543210', 'kept').erase('0123456789abcdef').close()
  await log.checkpoint()
  const report = await sound(log, 19)
  assert.deepEqual(codes(report), ['note MISSING_CONTENT'])
  assert.match(report.findings[0]?.detail ?? '', /2 contents .* erased under request r-17/)
  assert.deepEqual(report.claims.content, { kept: 1, erased: 2, missing: 0 })
})

test('expired segments are verified by their hashes', async (t) => {
  const log = await closed(t)
  log.rotate().open().entries(3).close().rotate().open().entries(2)
  log.prune(0, 12).prune(13, 17).close()
  await log.checkpoint()
  const report = await sound(log, 24)
  assert.deepEqual([report.claims.expired, report.claims.coverage], [18, { first: 18, last: 23 }])
})

test('an expired segment that is still there besides its hashes is verified', async (t) => {
  const log = await closed(t)
  const segment = readFileSync(log.segmentPath(0))
  log.rotate().open().prune(0, 12).close()
  await log.checkpoint()
  writeFileSync(log.segmentPath(0), segment)
  await sound(log, 16)
})

test('content of a segment that expires may go before the segment does', async (t) => {
  const log = new LogBuilder(folder(t)).open().withContent('0123456789abcdef', 'hello').close()
  const segment = readFileSync(log.segmentPath(0))
  log.rotate().open().withContent('0123456789abcdef', 'kept').prune(0, 3).close()
  await log.checkpoint()
  writeFileSync(log.segmentPath(0), segment)
  const [ct = ''] = /[0-9a-f]{64}/.exec(segment.toString()) ?? []
  rmSync(join(log.dir, 'content', '0123456789abcdef', ct))
  const { claims } = await sound(log, 8)
  assert.deepEqual(claims.content, { kept: 1, erased: 0, missing: 0 })
})

test('six healthy writers below one log never look like tampering', async (t) => {
  const log = new LogBuilder(folder(t)).open()
  const streams = Array.from({ length: 6 }, (_, at) => log.stream(`s${at}`, 10 + at).open())
  for (let round = 0; round < 3; round += 1)
    for (const stream of streams) {
      stream.entries(4)
      await stream.checkpoint()
      log.attest(stream)
    }
  log.close()
  await log.checkpoint()
  const report = await sound(log, 21)
  assert.deepEqual(
    new Set(codes(report)),
    new Set(['note UNCLEAN_CLOSE']),
    'the streams are at work',
  )
  assert.deepEqual(
    report.streams.map(({ name, result, entries }) => `${name} ${result} ${entries}`),
    ['s0', 's1', 's2', 's3', 's4', 's5'].map((name) => `${name} intact 14`),
  )
})

test('a log of one entry that is signed verifies', async (t) => {
  const log = await new LogBuilder(folder(t)).checkpoint()
  await sound(log, 1)
})

test('what is no log is said so', async (t) => {
  const empty = folder(t)
  await assert.rejects(verifyAudit({ dir: empty }), { code: 'AUDIT_LOG_NOT_FOUND' })
  await assert.rejects(verifyAudit({ dir: join(empty, 'gone') }), { code: 'AUDIT_LOG_NOT_FOUND' })
})

/** A log of 13 entries that was opened, written to and closed. */
async function closed(t: TestContext): Promise<LogBuilder> {
  const log = new LogBuilder(folder(t)).open().entries(10).close()
  return log.checkpoint()
}

/** A report without failures, and with all entries. */
async function sound(log: LogBuilder, entries: number, publicKey = log.vkey): Promise<AuditReport> {
  const report = await verifyAudit({ dir: log.dir, publicKey })
  assert.deepEqual(
    report.findings.filter(({ severity }) => severity === 'failure'),
    [],
  )
  assert.deepEqual([report.result, report.entries], ['unanchored', entries])
  return report
}

function codes({ findings }: AuditReport): string[] {
  return findings.map(({ severity, code }) => `${severity} ${code}`).sort()
}

function folder(t: TestContext): string {
  const dir = mkdtempSync(join(tmpdir(), 'recount-audit-'))
  t.after(() => rmSync(dir, { recursive: true, force: true }))
  return dir
}
