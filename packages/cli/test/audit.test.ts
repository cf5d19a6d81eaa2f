import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { change, code, events, filled, lines, ORIGIN, place, type Report } from './audit-place.ts'
import { SHIM } from './helpers.ts'

test('a newcomer: init, append, verify with an anchor ends in intact and 0', async (t) => {
  const { cwd, run } = place(t)
  const made = await run(['init', 'audit', '--origin', ORIGIN])
  assert.equal(made.status, 0, made.stderr)
  assert.match(made.stdout, /^audit: a new audit log, acme\.example\/audit\/test$/m)
  const appended = await run(['append', 'audit'], events(3))
  assert.equal(appended.status, 0, appended.stderr)
  const hashes = lines<{ seq: number; hash: string }>(appended.stdout)
  assert.deepEqual(
    hashes.map(({ seq }) => seq),
    [4, 5, 6],
  )
  assert.match(hashes[0]?.hash ?? '', /^[A-Za-z0-9+/]{43}=$/)
  const verified = await run(['verify', 'audit', '--anchor', 'audit.anchor'])
  assert.equal(verified.status, 0, verified.stdout + verified.stderr)
  assert.match(verified.stdout, /^intact: acme\.example\/audit\/test$/m)
  assert.match(verified.stderr, /^Made the anchor audit\.anchor: /m)
  assert.ok(existsSync(join(cwd, 'audit.anchor')))
})

test('the private key lies outside the folder, is for the owner alone, and is used again', async (t) => {
  const { cwd, run, config } = place(t)
  await run(['init', 'audit', '--origin', ORIGIN])
  const key = join(config, 'recount', 'audit', 'acme.example%2Faudit%2Ftest.key')
  assert.equal(statSync(key).mode & 0o777, 0o600)
  const before = readFileSync(key, 'utf8')
  const again = await run(['init', 'audit', '--origin', ORIGIN, '--json'])
  assert.equal((JSON.parse(again.stdout) as { created: boolean }).created, false)
  const second = await run(['init', 'other', '--origin', ORIGIN])
  assert.equal(second.status, 0, second.stderr)
  assert.equal(readFileSync(key, 'utf8'), before)
  const texts = readdirSync(join(cwd, 'audit'), { withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name }) => readFileSync(join(cwd, 'audit', name), 'latin1'))
  const secret = before.trim().slice(-20)
  assert.ok(!texts.some((text) => text.includes(secret)))
})

test('a key within the folder is refused, and another name for the same log', async (t) => {
  const { run } = place(t)
  const inside = await run(['init', 'audit', '--origin', ORIGIN, '--key', 'audit/own.key'])
  assert.deepEqual([inside.status, code(inside)], [2, 'AUDIT_OPTION_INVALID'])
  await run(['init', 'audit', '--origin', ORIGIN])
  const other = await run(['init', 'audit', '--origin', 'acme.example/other'])
  assert.deepEqual([other.status, code(other)], [2, 'AUDIT_OPTION_INVALID'])
})

test('without an anchor the log is unanchored: 1, or 0 where that is allowed', async (t) => {
  const { run } = await filled(t)
  assert.equal((await run(['verify', 'audit'])).status, 1)
  const allowed = await run(['verify', 'audit', '--allow-unanchored', '--json'])
  assert.equal(allowed.status, 0)
  const { result, trust, anchored_to, findings } = JSON.parse(allowed.stdout) as Report
  assert.deepEqual(
    { result, trust, anchored_to, findings },
    {
      result: 'unanchored',
      trust: 'self',
      anchored_to: null,
      findings: [],
    },
  )
})

test('verify --json has the keys that scripts rely on', async (t) => {
  const { cwd, run } = await filled(t)
  cpSync(join(cwd, 'audit', 'public.vkey'), join(cwd, 'mine.vkey'))
  const args = ['verify', 'audit', '--key', 'mine.vkey', '--anchor', 'a', '--json']
  const { stdout } = await run(args)
  assert.equal(stdout.trim().split('\n').length, 1)
  const report = JSON.parse(stdout) as Report
  assert.deepEqual([report.result, report.trust, report.anchored_to], ['intact', 'key', 8])
  assert.deepEqual([report.entries, report.size], [8, 8])
  assert.match(report.root, /^[A-Za-z0-9+/]{43}=$/)
})

test('a changed entry is named, ends with 1, and the anchor stays', async (t) => {
  const { cwd, run } = await filled(t)
  await run(['verify', 'audit', '--anchor', 'a'])
  const anchor = readFileSync(join(cwd, 'a'))
  change(cwd, (text) => text.replace('"id":"u1"', '"id":"u9"'))
  const { status, stdout } = await run(['verify', 'audit', '--anchor', 'a', '--json'])
  const { result, findings } = JSON.parse(stdout) as Report
  assert.deepEqual([status, result], [1, 'tampered'])
  assert.deepEqual(
    findings.map(({ code, severity, seq }) => [code, severity, seq]),
    [['MODIFIED', 'failure', 5]],
  )
  assert.deepEqual(readFileSync(join(cwd, 'a')), anchor)
  const human = await run(['verify', 'audit'])
  assert.match(human.stdout, /^tampered: /)
  assert.match(human.stdout, /failure MODIFIED at 5: /)
  assert.match(human.stdout, /^This log is not what its writer signed: /m)
})

test('an end that was cut is found with an anchor: by whoever remembers more', async (t) => {
  const { cwd, run } = await filled(t)
  cpSync(join(cwd, 'audit'), join(cwd, 'old'), { recursive: true })
  await run(['append', 'audit'], events(5))
  await run(['verify', 'audit', '--anchor', 'a'])
  const { stdout, status } = await run(['verify', 'old', '--anchor', 'a', '--json'])
  const { result, findings } = JSON.parse(stdout) as Report
  assert.deepEqual([status, result, findings[0]?.code], [1, 'tampered', 'TRUNCATED'])
  const human = await run(['verify', 'old', '--anchor', 'a'])
  assert.match(human.stdout, /There is less than .* an older copy than the one that is remembered/)
  assert.doesNotMatch(human.stdout, /not what its writer signed/)
})

test('from an anchor on only what is new is read', async (t) => {
  const { run } = await filled(t)
  await run(['verify', 'audit', '--anchor', 'a'])
  await run(['append', 'audit'], events(5))
  const { stdout } = await run(['verify', 'audit', '--anchor', 'a', '--incremental', '--json'])
  const { result, claims } = JSON.parse(stdout) as Report
  assert.deepEqual([result, claims.verified_from], ['intact', 8])
})

test('what is no event is said by its line, the others are appended, and it ends with 1', async (t) => {
  const { run } = await filled(t)
  const input = `${events(1)}{"action":"nonsense"}\n\nno json\n${events(1)}`
  const { status, stdout, stderr } = await run(['append', 'audit'], input)
  assert.equal(status, 1)
  assert.equal(lines(stdout).length, 2)
  assert.match(stderr, /^line 2: /m)
  assert.match(stderr, /^line 4: Expected JSON/m)
  assert.match(stderr, /^2 lines could not be appended$/m)
  assert.equal((await run(['verify', 'audit', '--allow-unanchored'])).status, 0)
})

test('many lines are appended in their order', async (t) => {
  const { run } = await filled(t)
  const { stdout } = await run(['append', 'audit'], events(5000))
  const seqs = lines<{ seq: number }>(stdout).map(({ seq }) => seq)
  assert.deepEqual(
    seqs,
    Array.from({ length: 5000 }, (_, at) => 9 + at),
  )
  const { stdout: report } = await run(['verify', 'audit', '--allow-unanchored', '--json'])
  assert.equal((JSON.parse(report) as Report).entries, 5010)
})

test('another writer is waited for, or with --no-wait refused with 3 and nothing read', async (t) => {
  const { cwd, run, env } = await filled(t)
  const holder = spawn(process.execPath, [SHIM, 'audit', 'append', 'audit'], { cwd, env })
  holder.stdin.write(events(1))
  await once(holder.stdout, 'data')
  const refused = await run(['append', 'audit', '--no-wait'], events(1))
  assert.deepEqual([refused.status, refused.stdout, code(refused)], [3, '', 'AUDIT_LOCKED'])
  const waiting = run(['append', 'audit', '--wait', '60s'], events(1))
  holder.stdin.end()
  await once(holder, 'close')
  const waited = await waiting
  assert.equal(waited.status, 0, waited.stderr)
  assert.equal((await run(['verify', 'audit', '--allow-unanchored'])).status, 0)
})

test('a writer that is killed leaves a log that verifies, with notes', async (t) => {
  const { cwd, run, env } = await filled(t)
  const writer = spawn(process.execPath, [SHIM, 'audit', 'append', 'audit'], { cwd, env })
  writer.stdin.write(events(3))
  await once(writer.stdout, 'data')
  writer.kill('SIGKILL')
  await once(writer, 'close')
  const { status, stdout } = await run(['verify', 'audit', '--allow-unanchored', '--json'])
  const { findings } = JSON.parse(stdout) as Report
  assert.equal(status, 0, stdout)
  assert.ok(findings.every(({ severity }) => severity === 'note'))
  assert.equal((await run(['append', 'audit'], events(1))).status, 0)
})
