import assert from 'node:assert/strict'
import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { type AuditOptions, openAudit, verifyAudit } from '../src/index.ts'
import { forge } from './forged-tail.ts'
import { LogBuilder } from './log-builder.ts'
import { assertNoAlarm } from './log-oracle.ts'
import { event, folder, ORIGIN, optionsIn } from './log-setup.ts'
import { warningsOf } from './warnings.ts'

// A log gives its word for its streams. Whoever can put a folder there does not get it.

test('a stream under a strange key is recorded once its key was given, and from then on without', async (t) => {
  const options = optionsIn(folder(t))
  await (await openAudit(options)).close()
  await written({ ...options, stream: 'web-1' })
  const strange = new LogBuilder(join(options.dir, 'streams', 'web-9'), `${ORIGIN}/web-9`, 9)
  await strange.open().entries(2).close().checkpoint()
  const warnings = warningsOf(t)
  assert.deepEqual(await recorded(options), ['web-1'])
  await new Promise(setImmediate)
  assert.deepEqual(
    warnings.map(({ code }) => code),
    ['AUDIT_STREAM_UNKNOWN'],
  )
  assert.equal((await verifyAudit({ dir: options.dir })).result, 'tampered')
  assert.deepEqual(await recorded(options, [strange.vkey]), ['web-1', 'web-9'])
  await assertNoAlarm(options.dir)
  await strange.open().entries(2).close().checkpoint()
  assert.deepEqual(await recorded(options), ['web-1', 'web-9'])
  await assertNoAlarm(options.dir)
})

test('a log with a stream under a strange key is not exported', async (t) => {
  const options = optionsIn(folder(t))
  const audit = await openAudit(options)
  const strange = new LogBuilder(join(options.dir, 'streams', 'web-9'), `${ORIGIN}/web-9`, 9)
  await strange.open().entries(2).close().checkpoint()
  await assert.rejects(audit.export({ out: join(folder(t), 'out') }), { code: 'AUDIT_DAMAGED' })
  await audit.close()
})

test('a stream goes on being recorded when the key of its log, or its own, is rotated', async (t) => {
  const path = folder(t)
  const options = optionsIn(path)
  const audit = await openAudit(options)
  await written({ ...options, stream: 'web-1' })
  await written({ ...options, stream: 'web-2' })
  await audit.rotateKey({ key: join(path, 'second.key') })
  const stream = await openAudit({ ...options, stream: 'web-2' })
  await stream.rotateKey({ key: join(path, 'own.key') })
  await stream.close()
  await audit.close()
  const next = { ...options, key: join(path, 'second.key') }
  assert.deepEqual(await recorded(next), ['web-1', 'web-2'])
  const first = readFileSync(join(options.dir, 'public.vkey'), 'utf8').split('\n')[0] as string
  const report = await verifyAudit({ dir: options.dir, publicKey: first })
  assert.equal(report.result, 'unanchored', JSON.stringify(report.findings))
})

test('another log in the place of a stream is not recorded, though it lists the key of the stream', async (t) => {
  const options = optionsIn(folder(t))
  const audit = await openAudit(options)
  await written({ ...options, stream: 'web-1' })
  await audit.recordStreams()
  const at = join(options.dir, 'streams', 'web-1')
  const list = join(at, 'public.vkey')
  const real = readFileSync(list, 'utf8')
  const forged = new LogBuilder(join(folder(t), 'forged'), `${ORIGIN}/web-1`, 9)
  forged.open().own('audit.key_rotate', { new: forged.vkey, old: real.trim() })
  await forged.checkpoint()
  rmSync(at, { recursive: true })
  cpSync(forged.dir, at, { recursive: true })
  writeFileSync(list, `${real}${forged.vkey}\n`)
  assert.deepEqual(await audit.recordStreams(), [])
  await audit.close()
})

test('a key that only an entry without a signature names is not known', async (t) => {
  const options = optionsIn(folder(t))
  await (await openAudit(options)).close()
  const strange = new LogBuilder(join(options.dir, 'streams', 'web-9'), `${ORIGIN}/web-9`, 9)
  await strange.open().entries(2).close().checkpoint()
  const [old] = readFileSync(join(options.dir, 'public.vkey'), 'utf8').split('\n')
  forge(options.dir, [
    ['audit.stream', strange.state()],
    ['audit.key_rotate', { new: strange.vkey, old }],
  ])
  assert.deepEqual(await recorded(options), [])
})

async function written(options: AuditOptions): Promise<void> {
  const audit = await openAudit(options)
  await audit.append(event(1))
  await audit.close()
}

/** Names of the streams that a session records. */
async function recorded(
  options: AuditOptions,
  keys: readonly string[] = [],
): Promise<readonly string[]> {
  const audit = await openAudit(options)
  const states = await audit.recordStreams({ keys })
  await audit.close()
  return states.map(({ origin }) => origin.slice(ORIGIN.length + 1))
}
