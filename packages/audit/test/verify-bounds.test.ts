import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { appendFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { paddedSize } from '../src/entry.ts'
import { type AuditReport, openAudit, verifyAudit } from '../src/index.ts'
import { leafHash } from '../src/merkle.ts'
import { LogBuilder, testSigner } from './log-builder.ts'
import { folder } from './tamper-log.ts'

// Signed by the log's key, and wrong all the same: what only one check of the verifier finds.

test('a line that is longer than any may be is found', async (t) => {
  const log = new LogBuilder(folder(t))
    .open()
    .append({ reason: 'x'.repeat(66_000) })
    .close()
  await log.checkpoint()
  assert.deepEqual(codes(await verify(log)), ['NOT_CANONICAL'])
})

test('a line of a megabyte is found, and the lines after it are read', async (t) => {
  const log = new LogBuilder(folder(t))
    .open()
    .append({ reason: 'x'.repeat(3_000_000) })
    .close()
  await log.checkpoint()
  const report = await verify(log)
  assert.deepEqual([codes(report), report.entries], [['NOT_CANONICAL'], 4])
})

test('a key that replaces one that was not in force is found', async (t) => {
  const log = new LogBuilder(folder(t)).open()
  const first = log.signer
  log.own('audit.key_rotate', {
    new: testSigner(log.origin, 3).key.vkey,
    old: testSigner(log.origin, 2).key.vkey,
  })
  await log.checkpoint([first])
  const { findings } = await verify(log)
  assert.ok(findings.some(({ detail }) => detail.includes('replaced that was not in force')))
})

test('the newest checkpoint under a revoked key is found, also where the log itself allows it', async (t) => {
  const log = new LogBuilder(folder(t)).open()
  await log.checkpoint()
  const old = log.signer
  log.rotateKey(2)
  await log.checkpoint([old, log.signer])
  await log.entries(1).checkpoint()
  log.own('audit.key_revoke', { key: log.vkey, trusted_size: 1 })
  await log.checkpoint()
  const report = await verify(log, old.key.vkey)
  assert.deepEqual(codes(report), ['KEY'])
  assert.match(report.findings[0]?.detail ?? '', /revoked/)
})

test('a signature that does not hold is found, also beside one that does', async (t) => {
  const log = await new LogBuilder(folder(t)).open().checkpoint()
  const old = log.signer
  await log.rotateKey(2).checkpoint([old, log.signer])
  await log.entries(2).checkpoint([old, log.signer])
  const path = join(log.dir, 'checkpoint')
  const note = readFileSync(path, 'utf8')
  const [line = ''] = note.match(/^— .*$/m) ?? []
  const bytes = Buffer.from(line.split(' ').at(-1) ?? '', 'base64')
  bytes[20] = (bytes[20] ?? 0) ^ 1
  const broken = `${line.slice(0, line.lastIndexOf(' '))} ${bytes.toString('base64')}`
  for (const file of [path, log.notePath()]) writeFileSync(file, note.replace(line, broken))
  assert.deepEqual(codes(await verify(log)), ['SIGNATURE'])
})

test('a checkpoint over nothing signs nothing: an unsigned log under it is found', async (t) => {
  const log = new LogBuilder(folder(t)).open().entries(3).close()
  await log.checkpoint()
  const note = readFileSync(join(log.dir, 'checkpoint'), 'utf8')
  rmSync(join(log.dir, 'checkpoints'), { recursive: true })
  writeFileSync(join(log.dir, 'checkpoint'), note.replace(/\n\d+\n/, '\n0\n'))
  assert.deepEqual(codes(await verify(log)), ['SIGNATURE'])
})

test('a kept checkpoint that cannot be read is found', async (t) => {
  const log = await new LogBuilder(folder(t)).open().checkpoint()
  await log.entries(3).checkpoint()
  rmSync(log.notePath(2))
  mkdirSync(log.notePath(2))
  assert.deepEqual(codes(await verify(log)), ['SIGNATURE'])
})

test('an anchor is not moved where content is missing', async (t) => {
  const log = new LogBuilder(folder(t)).open().withContent('0123456789abcdef', 'hello')
  await log.checkpoint()
  const anchor = join(folder(t), 'anchor.json')
  const check = (): Promise<AuditReport> =>
    verifyAudit({ dir: log.dir, publicKey: log.vkey, anchor })
  await check()
  const before = readFileSync(anchor)
  await log.entries(3).checkpoint()
  rmSync(join(log.dir, 'content'), { recursive: true })
  assert.equal((await check()).result, 'incomplete')
  assert.deepEqual(readFileSync(anchor), before)
})

test("a key that was never this log's is found, whoever signed", async (t) => {
  const log = await new LogBuilder(folder(t)).open().checkpoint()
  const stranger = testSigner(log.origin, 9)
  await log.checkpoint([log.signer, stranger])
  const report = await verify(log, stranger.key.vkey)
  assert.ok(report.findings.some(({ detail }) => detail.includes("never this log's")))
})

test('content that is named by a path is found, and the path is not followed', async (t) => {
  const log = new LogBuilder(folder(t)).open()
  const data = [
    { part: 'input', bytes: 1, c: 'x', ct: '../../../../../../etc/passwd', kept: true, kid: '..' },
  ]
  await log.append({ data }).close().checkpoint()
  const report = await verify(log)
  assert.deepEqual([report.result, codes(report)], ['incomplete', ['MISSING_CONTENT']])
  assert.match(report.findings[0]?.detail ?? '', /by what is no hash/)
})

test('hashes that nobody signed for are found: they are not those of the entry that says they expired', async (t) => {
  const log = new LogBuilder(folder(t)).open().entries(3).rotate().open()
  log.own('audit.prune', { first: 0, last: 4, sha256: 'ab' })
  const hashes = log.lines.slice(0, 5)
  await log.close().checkpoint()
  mkdirSync(join(log.dir, 'hashes'))
  const bytes = Buffer.concat(hashes.map((line) => leafHash(Buffer.from(line))))
  writeFileSync(join(log.dir, 'hashes', `${paddedSize(0)}.bin`), bytes)
  rmSync(log.segmentPath(0))
  assert.deepEqual(codes(await verify(log)), ['MODIFIED'])
})

test('an entry that is not the one whose hash is kept is found', async (t) => {
  const log = await new LogBuilder(folder(t)).open().entries(3).checkpoint()
  mkdirSync(join(log.dir, 'hashes'))
  writeFileSync(join(log.dir, 'hashes', `${paddedSize(0)}.bin`), Buffer.alloc(5 * 32))
  assert.ok(codes(await verify(log)).every((code) => code === 'MODIFIED'))
  assert.equal((await verify(log)).result, 'tampered')
})

test('bytes behind the last line of an older segment are found', async (t) => {
  for (const rest of [Buffer.alloc(100), Buffer.from('{"action"')]) {
    const log = new LogBuilder(folder(t)).open().entries(3)
    const older = log.segmentPath()
    await log.rotate().entries(2).checkpoint()
    appendFileSync(older, rest)
    assert.deepEqual(codes(await verify(log)), ['TORN_TAIL'])
  }
})

test('what is in an entry cannot be guessed from it: equal texts have nothing in common', async (t) => {
  const dir = folder(t)
  const log = join(dir, 'log')
  const audit = await openAudit({ dir: log, origin: 'acme.example/t24', key: join(dir, 'key') })
  const event = {
    action: 'query',
    actor: { type: 'user', id: 'u' },
    target: { type: 'model', id: 'm' },
  }
  const data = [{ part: 'input', text: 'ada@example.com' }]
  for (let at = 0; at < 2; at += 1)
    await audit.append({ ...event, outcome: 'success', subject: 's', data })
  await audit.close()
  const lines = readFileSync(join(log, `${paddedSize(0)}.jsonl`), 'utf8').split('\n')
  const commitments = lines.flatMap((line) => /"c":"([^"]+)"/.exec(line)?.[1] ?? [])
  assert.equal(new Set(commitments).size, 2)
  for (const encoding of ['hex', 'base64'] as const)
    assert.ok(
      !lines.join('').includes(createHash('sha256').update('ada@example.com').digest(encoding)),
    )
})

test('memory does not grow with findings: a thousand are kept, all are counted', async (t) => {
  const log = await new LogBuilder(folder(t)).open().checkpoint()
  appendFileSync(log.segmentPath(), `${log.lines[1]}\n`.repeat(3000))
  const { findings, claims } = await verify(log)
  const failures = findings.filter(({ severity }) => severity === 'failure')
  assert.deepEqual([failures.length, claims.failures], [1000, 3000])
})

function verify(
  log: LogBuilder,
  publicKey: string = testSigner(log.origin).key.vkey,
): Promise<AuditReport> {
  return verifyAudit({ dir: log.dir, publicKey })
}

function codes({ findings }: AuditReport): string[] {
  const failures = findings.filter(({ severity }) => severity === 'failure')
  return [...new Set(failures.map(({ code }) => code))]
}
