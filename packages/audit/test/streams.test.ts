import assert from 'node:assert/strict'
import { cpSync, mkdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { type AuditReport, openAudit, verifyAudit } from '../src/index.ts'
import { verdicts } from './bundle-maker.ts'
import { LogBuilder, testSigner } from './log-builder.ts'
import { event, folder, ORIGIN, optionsIn } from './log-setup.ts'
import { keyFile } from './second-verifier.ts'
import { ALL_BROKEN, ALL_HOLD, statuses } from './statuses.ts'
import { python } from './verifier-scripts.ts'

// A stream is a log below a log: the same key may sign both, and what is beside them vouches for nothing.

test('a stream may be opened before its log, and both go on under one key', async (t) => {
  const options = optionsIn(folder(t))
  for (const stream of ['s-1', 's-2', undefined, 's-1']) {
    const audit = await openAudit({ ...options, ...(stream !== undefined && { stream }) })
    await audit.append(event(1))
    await audit.close()
  }
  assert.match(readFileSync(options.key as string, 'utf8'), new RegExp(`\\+${ORIGIN}\\+`))
  const report = await verifyAudit({ dir: options.dir, publicKey: keyIn(options.dir) })
  assert.deepEqual([report.result, report.streams.length], ['unanchored', 2])
})

test('a stream that is not recorded yet is no fault, with the key of its log and without', async (t) => {
  const options = optionsIn(folder(t))
  await (await openAudit(options)).close()
  await (await openAudit({ ...options, stream: 's-1' })).close()
  for (const publicKey of [keyIn(options.dir), undefined]) await isSound(t, options.dir, publicKey)
})

test('a stream that was begun under a key to which the first handed over is no fault', async (t) => {
  const path = folder(t)
  const options = optionsIn(path)
  const audit = await openAudit(options)
  const first = audit.publicKey
  await audit.rotateKey({ key: join(path, 'second.key') })
  await audit.close()
  await (await openAudit({ ...options, key: join(path, 'second.key'), stream: 's-1' })).close()
  await isSound(t, options.dir, first)
})

test('a stream under a key of its own counts once its log has named it', async (t) => {
  const log = new LogBuilder(folder(t)).open()
  await log.checkpoint()
  const stream = await log.stream('s-1', 7).open().entries(2).checkpoint()
  await isFault(t, log.dir, log.vkey)
  await log.attest(stream).checkpoint()
  await isSound(t, log.dir, log.vkey)
})

test('another log in the place of a stream is a fault, with a key and without', async (t) => {
  const other = new LogBuilder(folder(t), 'acme.example/other').open().entries(2)
  await other.checkpoint()
  const forged = new LogBuilder(folder(t), `${ORIGIN}/s-1`, 9).open().entries(2)
  await forged.checkpoint()
  for (const strange of [other, forged])
    for (const put of [copy, link]) {
      const log = await new LogBuilder(folder(t)).open().entries(2).close().checkpoint()
      mkdirSync(join(log.dir, 'streams'))
      put(strange.dir, join(log.dir, 'streams', 's-1'))
      await isFault(t, log.dir, log.vkey)
      await isFault(t, log.dir, undefined)
    }
})

test('a stream under the name of another is a fault', async (t) => {
  const options = optionsIn(folder(t))
  await (await openAudit(options)).close()
  await (await openAudit({ ...options, stream: 's-1' })).close()
  for (const put of [copy, link]) {
    put(join(options.dir, 'streams', 's-1'), join(options.dir, 'streams', 's-2'))
    await isFault(t, options.dir, undefined)
    rmSync(join(options.dir, 'streams', 's-2'), { recursive: true })
  }
})

test('a log, or a stream, that was just begun and is not signed yet is no fault', async (t) => {
  const log = new LogBuilder(folder(t)).open()
  await isSound(t, log.dir, testSigner(log.origin).key.vkey)
  const parent = await new LogBuilder(folder(t)).open().checkpoint()
  parent.stream('s-1', 1)
  await isSound(t, parent.dir, parent.vkey)
  log.entries(1)
  await isFault(t, log.dir, log.vkey)
})

test('a stream of which nothing is signed is named, by all three, and its entries count for nothing', async (t) => {
  const log = await new LogBuilder(folder(t)).open().entries(2).close().checkpoint()
  log.stream('evil', 1).open().open().open()
  const key = keyFile(t, log)
  const { report, ...scripts } = await verdicts(log.dir, key)
  assert.deepEqual(report.streams, [{ name: 'evil', result: 'unanchored', entries: 0, size: 0 }])
  const said = /nothing is signed yet: none of its 4 entries counts as verified/
  const notes = report.findings.filter(
    ({ stream, severity, detail }) => stream === 'evil' && severity === 'note' && said.test(detail),
  )
  assert.equal(notes.length, 1)
  for (const { status, output } of [scripts.python, scripts.shell]) {
    assert.equal(status, 0, output)
    assert.match(output, said)
    assert.match(output, /^stream evil: nothing of it is signed$/m)
  }
  // Any entry of another kind is more than a start leaves.
  log.stream('worse', 1).open().entries(1)
  assert.deepEqual(await statuses(log.dir, key), ALL_BROKEN)
})

test('a stream that its log names has lost its checkpoint where it looks as if it was just begun', async (t) => {
  const log = await new LogBuilder(folder(t)).open().checkpoint()
  const stream = await log.stream('s-1', 1).open().checkpoint()
  await log.attest(stream).close().checkpoint()
  const key = keyFile(t, log)
  assert.deepEqual(await statuses(log.dir, key), ALL_HOLD)
  for (const path of [join(stream.dir, 'checkpoint'), stream.notePath()]) rmSync(path)
  assert.deepEqual(await statuses(log.dir, key), ALL_BROKEN)
})

function copy(from: string, to: string): void {
  cpSync(from, to, { recursive: true })
}

function link(from: string, to: string): void {
  symlinkSync(from, to)
}

function keyIn(dir: string): string {
  return readFileSync(join(dir, 'public.vkey'), 'utf8')
}

async function isSound(t: TestContext, dir: string, publicKey: string | undefined): Promise<void> {
  const report = await both(t, dir, publicKey, 0)
  assert.equal(report.result, 'unanchored', JSON.stringify(report.findings))
}

async function isFault(t: TestContext, dir: string, publicKey: string | undefined): Promise<void> {
  const report = await both(t, dir, publicKey, 1)
  assert.equal(report.result, 'tampered')
}

/** The report, and the same by the second verifier. */
async function both(
  t: TestContext,
  dir: string,
  publicKey: string | undefined,
  expected: number,
): Promise<AuditReport> {
  const key = publicKey === undefined ? [] : ['--key', keyFile(t, { vkey: publicKey.trim() })]
  const { status, output } = await python([dir, ...key])
  assert.equal(status, expected, output)
  return verifyAudit({ dir, ...(publicKey !== undefined && { publicKey }) })
}
