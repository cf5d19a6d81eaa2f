import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { filled, type Report } from './audit-place.ts'
import { folderWith, recount, SHIM } from './helpers.ts'
import { startStore } from './s3-place.ts'

const PLACE = 's3://bucket/prod'

interface StoreReport extends Report {
  readonly store: { readonly objects: number; readonly locks: { readonly compliance: number } }
}

test('audit ship, verify s3:// and restore: one log, verified at each place', async (t) => {
  const { cwd, env } = await filled(t)
  const store = { ...env, ...(await startStore(t)) }
  const run = (args: readonly string[]) => recount(['audit', ...args], { cwd, env: store })
  const shipped = await run(['ship', 'audit', PLACE, '--json'])
  assert.equal(shipped.status, 0, shipped.stderr)
  const { size, behind } = JSON.parse(shipped.stdout)
  const local: Report = JSON.parse((await run(['verify', 'audit', '--json'])).stdout)
  assert.deepEqual({ size, behind }, { size: local.size, behind: 0 })

  assert.equal((await run(['verify', PLACE])).status, 1)
  const verified = await run(['verify', PLACE, '--json', '--anchor', 'anchor.json'])
  assert.equal(verified.status, 0, verified.stderr)
  const report: StoreReport = JSON.parse(verified.stdout)
  assert.equal(report.result, 'intact')
  assert.equal(report.root, local.root)

  const restored = await run(['restore', PLACE, 'restored'])
  assert.equal(restored.status, 0, restored.stderr)
  assert.match(restored.stdout, /locks +0 compliance, 0 governance, \d+ can be deleted/)
  assert.match(restored.stderr, /verify it with --no-content/)
  const whole: Report = JSON.parse((await run(['verify', 'restored', '--json'])).stdout)
  assert.deepEqual([whole.result, whole.root], ['incomplete', local.root])
  const rest = ['--no-content', '--allow-unanchored', '--json']
  const again = await run(['verify', 'restored', ...rest])
  assert.equal(again.status, 0, again.stdout)
  assert.equal((JSON.parse(again.stdout) as Report).root, local.root)
  assert.equal((await run(['restore', PLACE, 'restored'])).status, 2)
})

test('locked objects make a shipped log intact without an anchor file', async (t) => {
  const { cwd, env } = await filled(t)
  const store = { ...env, ...(await startStore(t, 'locked')) }
  const run = (args: readonly string[]) => recount(['audit', ...args], { cwd, env: store })
  const lock = ['--lock', 'compliance', '--retain', '30d']
  assert.equal((await run(['ship', 'audit', PLACE, ...lock])).status, 0)
  const verified = await run(['verify', PLACE, '--require-lock', '--json'])
  assert.equal(verified.status, 0, verified.stdout)
  assert.equal((JSON.parse(verified.stdout) as StoreReport).store.locks.compliance, 4)
})

test('objects that are not locked say so, and nothing against what the writer signed', async (t) => {
  const { cwd, env } = await filled(t)
  const store = { ...env, ...(await startStore(t)) }
  const run = (args: readonly string[]) => recount(['audit', ...args], { cwd, env: store })
  assert.equal((await run(['ship', 'audit', PLACE])).status, 0)
  const { status, stdout } = await run(['verify', PLACE, '--require-lock'])
  assert.equal(status, 1)
  assert.match(stdout, /^What was read is what its writer signed\.\n.* they can be deleted\.$/m)
  assert.doesNotMatch(stdout, /not what its writer/)
})

test('ship --watch says how it is after each pass, and ends well on SIGTERM', async (t) => {
  const { cwd, env } = await filled(t)
  const store = { ...env, ...(await startStore(t)) }
  const args = ['audit', 'ship', 'audit', PLACE, '--watch', '--every', '1h', '--json']
  const child = spawn(process.execPath, [SHIM, ...args], { cwd, env: store })
  const [line] = (await once(child.stdout.setEncoding('utf8'), 'data')) as [string]
  const { state, behind, lag_s, failures, error } = JSON.parse(line)
  assert.deepEqual(
    { state, behind, lag_s, failures, error },
    { state: 'ok', behind: 0, lag_s: 0, failures: 0, error: null },
  )
  child.kill('SIGTERM')
  assert.deepEqual(await once(child, 'close'), [0, null])
})

test('a second shipper of one log is refused', async (t) => {
  const { cwd, env } = await filled(t)
  const store = { ...env, ...(await startStore(t)) }
  const args = ['audit', 'ship', 'audit', PLACE]
  const child = spawn(process.execPath, [SHIM, ...args, '--watch', '--json'], { cwd, env: store })
  await once(child.stdout, 'data')
  const second = await recount(args, { cwd, env: store })
  assert.equal(second.status, 3)
  assert.match(second.stderr, /AUDIT_LOCKED/)
  child.kill('SIGTERM')
  await once(child, 'close')
})

test('ship logs takes finished files by day, content only where a place is named, and each once', async (t) => {
  const lines = (day: string): string => `{"event":"x","time":${Date.parse(day)}}\n`.repeat(3)
  const cwd = folderWith(t, {
    'logs/app.jsonl': lines('2026-11-23'),
    'logs/app.2026-11-22.1.jsonl': lines('2026-11-21') + lines('2026-11-22'),
    'logs/app.2026-11-21.1.jsonl.gz': gzipSync(lines('2026-11-20')),
    'logs/content/2026-11-21.4711.jsonl': lines('2026-11-21'),
  })
  const env = await startStore(t)
  const ship = (...more: string[]) =>
    recount(['ship', 'logs', 's3://bucket/app', 'logs/*.jsonl*', ...more, '--json'], { cwd, env })
  const first = await ship()
  assert.equal(first.status, 0, first.stderr)
  assert.deepEqual(JSON.parse(first.stdout), {
    logs: { files: 2, lines: 9, objects: 3, present: 0, failed: [] },
    content: null,
  })
  assert.match(first.stderr, /1 file may still be written to/)
  assert.match(first.stderr, /1 file of content left out/)
  const second = JSON.parse((await ship('--content', 's3://bucket/content')).stdout)
  assert.equal(second.logs.present, 3)
  assert.deepEqual(second.content, { files: 1, lines: 3, objects: 1, present: 0, failed: [] })
})

/** A log of now, and content of now: where the logger writes it, with another ending, and elsewhere. */
function logsOfToday(t: TestContext): string {
  const day = new Date().toISOString().slice(0, 10)
  const content = '{"recount":1,"event":"content","part":"input","content":"said"}\n'
  const call = '{"recount":1,"event":"llm_call"}\n'
  return folderWith(t, {
    'logs/app.jsonl': call.repeat(10),
    'logs/inline.jsonl': content + call,
    [`logs/content/${day}.4711.jsonl`]: content,
    'logs/content/2026-11-21.4711.jsonl': content,
    'logs/copy.jsonl': content,
    'logs/copy.2026-11-21.1.jsonl': `{"cut\n${content}`,
    'logs/packed.jsonl.gz': gzipSync(content),
  })
}

test('content is never shipped as logs, of whatever day and under whatever name', async (t) => {
  const cwd = logsOfToday(t)
  const env = await startStore(t)
  const ship = async (...more: string[]) => {
    const args = ['ship', 'logs', 's3://bucket/app', '--all', '--json', ...more]
    const { status, stdout, stderr } = await recount(args, { cwd, env })
    assert.equal(status, 0, stderr)
    return { stderr, ...JSON.parse(stdout) }
  }
  const { stderr, logs, content } = await ship()
  assert.match(stderr, /5 files of content left out/)
  assert.deepEqual([logs.files, logs.lines, content], [2, 12, null])
  const placed = await ship('--content', 's3://bucket/private')
  assert.deepEqual([placed.logs.files, placed.logs.lines], [2, 12])
  assert.deepEqual([placed.content.files, placed.content.lines], [5, 6])
})

test('content of today is left out where --content is given and --all is not', async (t) => {
  const cwd = logsOfToday(t)
  const env = await startStore(t)
  const args = ['ship', 'logs', 's3://bucket/app', '--content', 's3://bucket/private']
  const run = await recount(args, { cwd, env })
  assert.equal(run.status, 0, run.stderr)
  assert.match(run.stderr, /4 files may still be written to/)
  assert.match(run.stderr, /rotated are names such as app\.2026-11-21\.1\.jsonl/)
  assert.match(
    run.stdout,
    /^logs: 0 files.*; left out: 4 may still be written to\ncontent: 3 files/,
  )
  const logs = await recount(['ship', 'logs', 's3://bucket/app'], { cwd, env })
  assert.match(
    logs.stdout,
    /^logs: 0 files.*; left out: 2 may still be written to, 5 of content\n$/,
  )
})

test('a place for content that locks is refused before anything is sent, also while there is no content', async (t) => {
  const cwd = folderWith(t, { 'logs/app.2026-11-21.1.jsonl': '{"time":1795219200000}\n' })
  const env = await startStore(t, 'locked', 'retaining')
  const args = ['ship', 'logs', 's3://bucket/app', '--content', 's3://bucket/private', '--json']
  const run = await recount(args, { cwd, env })
  assert.equal(run.status, 3)
  assert.match(run.stderr, /S3_LOCK_UNWANTED/)
  const alone = JSON.parse((await recount(args.toSpliced(3, 2), { cwd, env })).stdout)
  assert.deepEqual([alone.logs.files, alone.logs.present], [1, 0])
})

test('ship logs takes files and never what is piped in, and ends with 3 where one was not shipped', async (t) => {
  const line = '{"event":"x","time":1795219200000}\n'
  const cwd = folderWith(t, {
    'logs/app.2026-11-21.1.jsonl': line,
    'logs/cut.2026-11-21.1.jsonl.gz': gzipSync(line).subarray(0, 20),
  })
  const env = await startStore(t)
  const ship = (...files: string[]) =>
    recount(['ship', 'logs', 's3://bucket/app', ...files, '--json'], { cwd, env, input: line })
  const named = await ship('-')
  assert.equal(named.status, 2)
  assert.match(named.stderr, /CLI_OPTION_INVALID/)
  const found = await ship()
  assert.equal(found.status, 3)
  assert.match(found.stderr, /cut\.2026-11-21\.1\.jsonl\.gz was not shipped to its end/)
  assert.equal(JSON.parse(found.stdout).logs.files, 1)
})

test('what cannot be reached or is no place ends the command with a code', async (t) => {
  const { cwd, env } = await filled(t)
  const bad = await recount(['audit', 'ship', 'audit', 's3://B/x'], { cwd, env })
  assert.equal(bad.status, 2)
  assert.match(bad.stderr, /S3_OPTION_INVALID/)
  const store = { ...env, ...(await startStore(t)) }
  const none = await recount(['audit', 'verify', 's3://bucket/none'], { cwd, env: store })
  assert.equal(none.status, 3)
  assert.match(none.stderr, /S3_LOG_NOT_FOUND/)
  const wrong = await recount(['audit', 'ship', 'audit', 's3://other/x'], { cwd, env: store })
  assert.equal(wrong.status, 3)
  assert.match(wrong.stderr, /S3_REFUSED/)
})

test('without the SDK the command says what to install', async (t) => {
  const { cwd, env } = await filled(t)
  // A loader that knows everything but the SDK, as in an installation without it.
  mkdirSync(join(cwd, 'loader'))
  const hooks = `export const resolve = (name, context, next) => {
    if (name === '@aws-sdk/client-s3') throw Object.assign(new Error('not here'), { code: 'ERR_MODULE_NOT_FOUND' })
    return next(name, context)
  }`
  writeFileSync(join(cwd, 'loader/hooks.mjs'), hooks)
  writeFileSync(
    join(cwd, 'loader/register.mjs'),
    `import { register } from 'node:module'; register('./hooks.mjs', import.meta.url)`,
  )
  const options = `--import ${join(cwd, 'loader/register.mjs')}`
  const run = await recount(['audit', 'ship', 'audit', PLACE], {
    cwd,
    env: { ...env, NODE_OPTIONS: options },
  })
  assert.equal(run.status, 3)
  assert.match(run.stderr, /npm install @aws-sdk\/client-s3 \(S3_SDK_MISSING\)/)
  assert.ok(readFileSync(join(cwd, 'audit/log.json')).length > 0)
})
