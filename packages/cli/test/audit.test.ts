import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { folderWith, type Run, recount, SHIM } from './helpers.ts'

const ORIGIN = 'acme.example/audit/test'

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
  assert.match(verified.stderr, /^Made the anchor audit\.anchor;/m)
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
  assert.ok(!texts.some((text) => text.includes(before.trim().split('+').at(-1) ?? before)))
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
})

test('an end that was cut is found with an anchor: by whoever remembers more', async (t) => {
  const { cwd, run } = await filled(t)
  cpSync(join(cwd, 'audit'), join(cwd, 'old'), { recursive: true })
  await run(['append', 'audit'], events(5))
  await run(['verify', 'audit', '--anchor', 'a'])
  const { stdout, status } = await run(['verify', 'old', '--anchor', 'a', '--json'])
  const { result, findings } = JSON.parse(stdout) as Report
  assert.deepEqual([status, result, findings[0]?.code], [1, 'tampered', 'TRUNCATED'])
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

test('what is not there is said: no log, no key, and verbs of later versions', async (t) => {
  const { run } = place(t)
  const gone = await run(['verify', 'nowhere'])
  assert.deepEqual([gone.status, code(gone)], [3, 'AUDIT_LOG_NOT_FOUND'])
  const none = await run(['append', 'nowhere'], events(1))
  assert.equal(none.status, 2)
  assert.match(none.stderr, /recount audit init nowhere --origin NAME/)
  for (const verb of ['export', 'ship', 'restore'])
    assert.equal(code(await run([verb, 'audit', 'x'])), 'CLI_NOT_AVAILABLE')
  assert.equal(code(await run(['verify', 's3://bucket/log'])), 'CLI_NOT_AVAILABLE')
})

interface Report {
  readonly result: string
  readonly trust: string
  readonly entries: number
  readonly size: number
  readonly root: string
  readonly anchored_to: number | null
  readonly findings: readonly {
    readonly code: string
    readonly severity: string
    readonly seq: number | null
  }[]
  readonly claims: { readonly verified_from: number }
}

interface Place {
  readonly cwd: string
  readonly config: string
  readonly env: Record<string, string>
  readonly run: (args: readonly string[], input?: string) => Promise<Run>
}

/** A folder of its own, and a configuration of its own. */
function place(t: TestContext): Place {
  const cwd = folderWith(t)
  const config = join(folderWith(t), 'config')
  const env = { PATH: process.env.PATH ?? '', XDG_CONFIG_HOME: config }
  const run: Place['run'] = (args, input = '') => recount(['audit', ...args], { cwd, env, input })
  return { cwd, config, env, run }
}

/** With a log of eight entries: three of them events, with content. */
async function filled(t: TestContext): Promise<Place> {
  const there = place(t)
  await there.run(['init', 'audit', '--origin', ORIGIN])
  await there.run(['append', 'audit'], events(3))
  return there
}

function events(count: number): string {
  return Array.from({ length: count }, (_, at) => {
    const actor = { type: 'user', id: `u${at}` }
    const data =
      count > 10 ? {} : { subject: `s${at}`, data: [{ part: 'input', text: `hello ${at}` }] }
    const event = {
      action: 'query',
      actor,
      target: { type: 'model', id: 'gpt-4o' },
      outcome: 'success',
    }
    return `${JSON.stringify({ ...event, ...data })}\n`
  }).join('')
}

function change(cwd: string, edit: (text: string) => string): void {
  const path = join(cwd, 'audit', `${'0'.repeat(20)}.jsonl`)
  const text = readFileSync(path, 'utf8')
  assert.notEqual(edit(text), text)
  writeFileSync(path, edit(text))
}

function lines<T>(text: string): T[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as T)
}

function code({ stderr }: Run): string | undefined {
  return /\(([A-Z_]+)\)\n$/.exec(stderr)?.[1]
}
