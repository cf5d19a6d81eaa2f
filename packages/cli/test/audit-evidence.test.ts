import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { cpSync, existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { type AuditEvent, openAudit } from '@recount/audit'
import { code, events, filled, lines, ORIGIN, place, type Report } from './audit-place.ts'
import { SHIM } from './helpers.ts'

test('entries are found by actor, subject, action and time', async (t) => {
  const { run } = await filled(t)
  const count = async (...filter: string[]): Promise<number> =>
    lines((await run(['log', 'audit', '--json', ...filter])).stdout).length
  assert.equal(await count(), 8)
  assert.equal(await count('--actor', 'u1'), 1)
  assert.equal(await count('--subject', 's2'), 1)
  assert.equal(await count('--action', 'query'), 3)
  assert.equal(await count('--action', 'audit.*'), 5)
  assert.equal(await count('--since', '1h'), 8)
  assert.equal(await count('--until', '1h'), 0)
  const { stdout } = await run(['log', 'audit', '--actor', 'u1'])
  assert.match(stdout, /^ +5 {2}\S+ {2}query {2}success {2}user u1 {2}→ {2}model gpt-4o/)
  assert.equal((await run(['log', 'audit', '--since', 'soon'])).status, 2)
})

test('one entry is proved by a file that needs only the key', async (t) => {
  const { cwd, run } = await filled(t)
  cpSync(join(cwd, 'audit', 'public.vkey'), join(cwd, 'mine.vkey'))
  assert.equal((await run(['prove', 'audit', '5', '--out', 'e.tlog-proof'])).status, 0)
  assert.match(readFileSync(join(cwd, 'e.tlog-proof'), 'utf8'), /^c2sp\.org\/tlog-proof@v1\n/)
  const good = await run(['verify', 'e.tlog-proof', '--key', 'mine.vkey', '--json'])
  assert.equal(good.status, 0)
  assert.equal((JSON.parse(good.stdout) as { seq: number }).seq, 5)
  const text = readFileSync(join(cwd, 'e.tlog-proof'), 'utf8')
  writeFileSync(join(cwd, 'e.tlog-proof'), text.replace('index 5', 'index 4'))
  const bad = await run(['verify', 'e.tlog-proof', '--key', 'mine.vkey'])
  assert.equal(bad.status, 1)
  assert.match(bad.stdout, /^not proved: .* not in the tree/)
  assert.equal((await run(['verify', 'e.tlog-proof'])).status, 2)
  assert.deepEqual([(await run(['prove', 'audit', '99'])).status], [1])
  assert.equal((await run(['prove', 'audit', 'x'])).status, 2)
})

test('erase goes through the streams of a log, and says which of them it could not', async (t) => {
  const { cwd, run } = await filled(t)
  const { key } = JSON.parse(readFileSync(join(cwd, 'audit', 'log.json'), 'utf8')) as {
    key: string
  }
  const options = { dir: join(cwd, 'audit'), origin: ORIGIN, key }
  const streams = await Promise.all(
    ['web-1', 'web-2'].map((stream) => openAudit({ ...options, stream })),
  )
  const [one, two] = streams
  const event: AuditEvent = {
    action: 'query',
    actor: { type: 'user', id: 's1' },
    target: { type: 'model', id: 'm' },
    outcome: 'success',
    data: [{ part: 'input', text: 'a text' }],
  }
  for (const stream of streams) await stream.append(event)
  await one?.close()
  const erase = ['erase', 'audit', '--subject', 's1', '--reason', 'asked']
  const first = await run(erase)
  assert.equal(first.status, 1)
  assert.match(first.stdout, /^erased: 1 key of s1 destroyed, as entry \d+ of streams\/web-1 says/m)
  assert.match(first.stderr, /^streams\/web-2 was left as it is, and may still have texts of s1/m)
  await two?.close()
  const second = await run([...erase, '--json'])
  assert.equal(second.status, 0, second.stderr)
  assert.deepEqual(
    (JSON.parse(second.stdout) as { streams: { stream: string }[] }).streams.map(
      ({ stream }) => stream,
    ),
    ['web-2'],
  )
  for (const { dir } of streams) assert.deepEqual(readdirSync(join(dir, 'subjects')), [])
})

test('erased content leaves the log intact, and the report says under which request', async (t) => {
  const { cwd, run } = await filled(t)
  await run(['verify', 'audit', '--anchor', 'a'])
  const erased = await run([
    'erase',
    'audit',
    '--subject',
    's1',
    '--reason',
    'asked',
    '--request',
    'r-7',
  ])
  assert.equal(erased.status, 0, erased.stderr)
  assert.match(erased.stdout, /^erased: 1 key of s1 destroyed/)
  const { status, stdout } = await run(['verify', 'audit', '--anchor', 'a'])
  assert.equal(status, 0)
  assert.match(stdout, /content erased under request r-7/)
  assert.equal(readdirSync(join(cwd, 'audit', 'content')).length, 2)
})

test('an erasure of nobody says so, ends with 1 and leaves no entry about it', async (t) => {
  const { cwd, run } = await filled(t)
  const erasures = async (): Promise<readonly unknown[]> =>
    lines((await run(['log', 'audit', '--action', 'audit.erasure', '--json'])).stdout)
  const erase = ['erase', 'audit', '--reason', 'asked', '--subject']
  const typo = await run([...erase, 'typo'])
  assert.equal(typo.status, 1)
  assert.equal(typo.stdout, '')
  assert.match(typo.stderr, /^Nothing was found for typo: /m)
  assert.equal((await erasures()).length, 0)
  assert.equal(readdirSync(join(cwd, 'audit', 'content')).length, 3)
  assert.equal((await run([...erase, 's1'])).status, 0)
  const [{ seq }] = (await erasures()) as [{ seq: number }]
  const again = await run([...erase, 's1', '--json'])
  assert.equal(again.status, 0)
  assert.match(again.stderr, /^s1 was erased before, as entry \d+ says/m)
  assert.deepEqual(JSON.parse(again.stdout), { seq: null, kids: [], erased_before: seq })
  assert.equal((await erasures()).length, 1)
})

test('content that is gone without an erasure is incomplete', async (t) => {
  const { cwd, run } = await filled(t)
  const [kid = ''] = readdirSync(join(cwd, 'audit', 'content'))
  spawnSync('rm', ['-r', join(cwd, 'audit', 'content', kid)])
  const { status, stdout } = await run(['verify', 'audit', '--json'])
  const { result, findings } = JSON.parse(stdout) as Report
  assert.deepEqual([status, result, findings[0]?.code], [1, 'incomplete', 'MISSING_CONTENT'])
})

test('after a rotation the first key is still enough to verify, and appending goes on', async (t) => {
  const { cwd, run } = await filled(t)
  cpSync(join(cwd, 'audit', 'public.vkey'), join(cwd, 'first.vkey'))
  const rotated = await run(['rotate-key', 'audit', '--new-key', 'second.key', '--json'])
  assert.equal(rotated.status, 0, rotated.stderr)
  assert.equal(statSync(join(cwd, 'second.key')).mode & 0o777, 0o600)
  const appended = await run(['append', 'audit'], events(1))
  assert.equal(appended.status, 0, appended.stderr)
  const args = ['verify', 'audit', '--key', 'first.vkey', '--allow-unanchored']
  assert.equal((await run(args)).status, 0)
})

test('a log of somebody else is not verified by a key of ours', async (t) => {
  const { cwd, run } = await filled(t)
  await run(['init', 'other', '--origin', ORIGIN, '--key', 'other.key'])
  const args = ['verify', 'audit', '--key', 'other/public.vkey', '--json']
  const { status, stdout } = await run(args)
  const { findings } = JSON.parse(stdout) as Report
  assert.equal(status, 1)
  assert.ok(findings.some((finding) => finding.code === 'KEY'))
  assert.ok(existsSync(join(cwd, 'other.key')))
})

test('a time-stamp request is made for openssl, and nothing is sent', async (t) => {
  const { cwd, run } = await filled(t)
  const { status, stdout } = await run(['timestamp', 'audit'])
  assert.equal(status, 0)
  const query = ['ts', '-query', '-in', stdout.trim(), '-text']
  assert.match(spawnSync('openssl', query, { cwd }).stdout.toString(), /Hash Algorithm: sha256/)
  writeFileSync(join(cwd, 'answer.tsr'), 'nonsense')
  const refused = await run(['timestamp', 'audit', '--response', 'answer.tsr'])
  assert.deepEqual([refused.status, code(refused)], [1, 'AUDIT_TIMESTAMP_INVALID'])
})

test('a witness serves, cosigns what a log submits, and anchors it', async (t) => {
  const { cwd, run, env } = await filled(t)
  const serve = [
    'audit',
    'witness',
    'serve',
    'seen',
    '--key',
    'witness.key',
    '--name',
    'witness.example/w1',
  ]
  const args = [SHIM, ...serve, '--log', 'audit/public.vkey']
  const server = spawn(process.execPath, args, { cwd, env })
  t.after(() => server.kill())
  let said = ''
  server.stdout.on('data', (text: Buffer) => writeFileSync(join(cwd, 'witness.vkey'), text))
  const url = await new Promise<string>((resolve) => {
    server.stderr.on('data', (text: Buffer) => {
      said += text.toString()
      const found = /http:\/\/127\.0\.0\.1:\d+/.exec(said)?.[0]
      if (found !== undefined) resolve(found)
    })
  })
  const submit = ['witness', 'submit', 'audit', '--url', url, '--witness', 'witness.vkey']
  const submitted = await run(submit)
  assert.equal(submitted.status, 0, submitted.stderr)
  assert.match(submitted.stdout, /^witnessed: 8 entries at .* by witness\.example\/w1$/m)
  const { status, stdout } = await run(['verify', 'audit', '--witness', 'witness.vkey', '--json'])
  const { result, anchored_to } = JSON.parse(stdout) as Report
  assert.deepEqual([status, result, anchored_to], [0, 'intact', 8])
})

test('what is not there is said: no log, no key, no place in a store', async (t) => {
  const { run } = place(t)
  const gone = await run(['verify', 'nowhere'])
  assert.deepEqual([gone.status, code(gone)], [3, 'AUDIT_LOG_NOT_FOUND'])
  const none = await run(['append', 'nowhere'], events(1))
  assert.equal(none.status, 2)
  assert.match(none.stderr, /recount audit init nowhere --origin NAME/)
  const nowhere = await run(['ship', 'audit', 'x'])
  assert.equal(nowhere.status, 2)
  assert.match(nowhere.stderr, /S3_OPTION_INVALID/)
})
