import assert from 'node:assert/strict'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { openAudit } from '@recount/audit'
import { createRedactor, fileKeys, fileVault } from '@recount/redact'
import { call, content, folderWith, jsonl, line, recount, span, step, TRACE } from './helpers.ts'

const USER = 'ada@example.org'
const ENV = { RECOUNT_KEY_FILE: 'new.key', RECOUNT_OLD_KEY_FILES: 'old.key' }

interface Report {
  readonly found: boolean
  readonly before: boolean
  readonly spans: number
  readonly audit_entries: number
  readonly files: object
  readonly vault: object | null
  readonly audit: readonly { subject: string; keys: number }[] | null
  readonly failed: readonly { part: string }[]
}

function said(role: string, text: string): object[] {
  return [{ role, parts: [{ type: 'text', content: text }] }]
}

/** A log in which somebody is hashed under an old key, and a token under the new one; and somebody else. */
function world(t: Parameters<typeof folderWith>[0]) {
  const cwd = folderWith(t)
  const vaultPath = join(cwd, 'vault.jsonl')
  const audit = { append: async () => {} }
  const keys = fileKeys(join(cwd, 'new.key'))
  const vault = fileVault({ path: vaultPath, keys, audit })
  const hash = (path: string, user: string) =>
    createRedactor({ treat: { '*': 'hash' }, key: join(cwd, path) }).whole(user, 'user_id').text
  const tokens = createRedactor({ treat: { '*': 'tokenize' }, key: keys, vault })
  const [old, token] = [hash('old.key', USER), tokens.whole(USER, 'user_id').text]
  const phone = tokens.text('call +1 202 555 0143 now').text
  const shared = tokens.text('call +1 202 555 0198 now').text
  const bert = hash('new.key', 'bert')
  const other = { user_id: bert, trace_id: 'b'.repeat(32) }
  const log = jsonl(
    step(span(1), { user_id: old, msg: 'a trace of hers' }),
    call(span(2), { parent_span_id: span(1), user_id: token, message_id: 'm-1', cost_usd: 0.25 }),
    line('user_action', span(2), { action: 'rated', message_id: 'm-1', comment: 'her remark' }),
    call(span(9), other),
  )
  const words = jsonl(
    content(span(2), 'input', said('user', `her words, ${phone}, ${shared}`), { user_id: token }),
    content(span(9), 'output', said('assistant', `his words, ${shared}`), other),
  )
  const files = { log: 'logs/app.jsonl', words: 'logs/content/2026-05-28.jsonl' }
  folderFiles(cwd, { [files.log]: log, [files.words]: words })
  const run = (...args: string[]) => recount(args, { cwd, env: { ...ENV, XDG_CONFIG_HOME: cwd } })
  const read = (path: string) => readFileSync(join(cwd, path), 'utf8')
  return { cwd, run, read, log, words, files, old, vault }
}

function folderFiles(cwd: string, files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) {
    const path = join(cwd, name)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, text)
  }
}

test('a person is forgotten by the id that the application knows, in store, files, vault and audit log, once', async (t) => {
  const { cwd, run, read, log, words, files, old } = world(t)
  await run('audit', 'init', 'audit', '--origin', 'acme.example/audit/test')
  const event = {
    ...{ action: 'query', actor: { type: 'user', id: old }, outcome: 'success' },
    ...{ target: { type: 'model', id: 'large' }, trace: { trace_id: TRACE } },
    data: [{ part: 'query', text: 'her question' }],
  }
  await recount(['audit', 'append', 'audit'], {
    ...{ cwd, input: `${JSON.stringify(event)}\n`, env: { XDG_CONFIG_HOME: cwd } },
  })
  await run('index', files.log, 'audit/*.jsonl')
  const listed = await run('logs', '--user', USER, '-s')
  assert.match(listed.stdout, new RegExp(`^\\S.*${span(2)}\n$`), listed.stderr)
  const shown = await run('show', TRACE, '--db', 'recount.db', '--json')
  assert.equal(JSON.parse(shown.stdout).audit.length, 1)
  const sizes = [files.log, files.words].map((path) => read(path).length)
  const erase = ['erase', '--user', USER, files.log, '--vault', 'vault.jsonl', '--audit', 'audit']
  const first = await run(...erase, '--json')
  assert.equal(first.status, 0, first.stderr)
  const report = JSON.parse(first.stdout) as Report
  assert.deepEqual(
    [report.found, report.before, report.spans, report.audit_entries, report.files, report.vault],
    [true, false, 2, 1, { files: 2, lines: 1, stripped: 3, missing: 0 }, { entries: 2 }],
  )
  assert.deepEqual(
    report.audit?.map(({ subject, keys }) => [subject, keys]),
    [[old, 1]],
  )
  for (const path of [files.log, files.words])
    assert.doesNotMatch(read(path), /her words|her remark|m-1|user_id-tok/, path)
  assert.deepEqual(
    [files.log, files.words].map((path) => read(path).length),
    sizes,
    'who writes to a file is not disturbed',
  )
  assert.match(read(files.words), /his words/)
  assert.equal(read('vault.jsonl').match(/"token"/g)?.length, 1, 'what others say, too, stays')
  assert.equal((await run('check', 'logs/**/*.jsonl')).status, 0)
  const verified = await run('audit', 'verify', 'audit', '--allow-unanchored')
  assert.equal(verified.status, 0, verified.stdout)
  const again = await run(...erase, '--json')
  const second = JSON.parse(again.stdout) as Report
  assert.deepEqual([again.status, second.found, second.before], [0, false, true], again.stderr)
  assert.deepEqual(second.audit, [], 'it is said once')
  // The original files come back from a backup.
  folderFiles(cwd, { 'logs/restored.jsonl': log + words })
  await run('index', 'logs/*.jsonl')
  assert.equal((await run('logs', '--user', USER, '-s')).stdout, '')
  const found = await run('logs', '-q', 'her words', '--json')
  assert.deepEqual(JSON.parse(found.stdout).items, [])
  assert.equal((await run('logs', '-q', 'his words', '-s')).status, 0)
})

test('nobody found is no success', async (t) => {
  const { run, files } = world(t)
  await run('index', files.log)
  for (const who of [
    ['--user', 'ada@example.com'],
    ['--subject', 'nobody'],
  ]) {
    const { status, stdout, stderr } = await run('erase', ...who, files.log)
    assert.deepEqual([status, stdout], [1, ''])
    assert.match(stderr, /^Nothing was found for /m)
  }
})

test('what a vault and an audit log alone had is told by place and is no success', async (t) => {
  const { cwd, run, read, log, words, files, old } = world(t)
  const masked = (text: string) =>
    text.replace(/"user_id":"[^"]*"/g, '"user_id":"[REDACTED:user_id]"')
  folderFiles(cwd, { [files.log]: masked(log), [files.words]: masked(words) })
  await run('audit', 'init', 'audit', '--origin', 'acme.example/audit/test')
  const event = {
    ...{ action: 'query', actor: { type: 'user', id: old }, outcome: 'success' },
    ...{ target: { type: 'model', id: 'large' }, data: [{ part: 'query', text: 'a question' }] },
  }
  await recount(['audit', 'append', 'audit'], {
    ...{ cwd, input: `${JSON.stringify(event)}\n`, env: { XDG_CONFIG_HOME: cwd } },
  })
  await run('index', files.log)
  const erase = ['erase', '--user', USER, files.log, '--vault', 'vault.jsonl', '--audit', 'audit']
  const { status, stdout, stderr } = await run(...erase)
  assert.equal(status, 1, stderr)
  assert.match(
    stdout,
    /^Not forgotten: nothing of ada@example\.org was found in the store and the files\n {2}store {2}nothing was found\n {2}files {2}nothing was found\n {2}vault {2}1 value\n {2}audit {2}1 key destroyed, as entry \d+ says\n$/,
  )
  assert.match(stderr, /^Nothing was found for ada@example\.org in the store and the named files/m)
  assert.match(stderr, /masked, as \[REDACTED:user_id\], .*cannot be found/)
  assert.match(read(files.words), /her words/)
  const again = await run(...erase, '--json')
  const { found, before } = JSON.parse(again.stdout) as Report
  assert.deepEqual([again.status, found, before], [1, false, false], 'the store forgot nothing')
})

test('a named place that had nothing is told, also where another one had something', async (t) => {
  const { cwd, run, files } = world(t)
  folderFiles(cwd, { 'other/app.jsonl': jsonl(call(span(7), { user_id: 'carl' })) })
  await run('index', 'other/app.jsonl', '--db', 'other.db')
  const inFiles = await run('erase', '--user', USER, files.log, '--db', 'other.db')
  assert.equal(inFiles.status, 0, inFiles.stderr)
  assert.match(inFiles.stdout, /^Forgot .*\n {2}store {2}nothing was found\n {2}files {2}\d/)
  assert.match(inFiles.stderr, /^Nothing was found for ada@example\.org in the store;/m)
  const inStore = await run('erase', '--user', 'carl', files.log, '--db', 'other.db')
  assert.equal(inStore.status, 0, inStore.stderr)
  assert.match(
    inStore.stdout,
    /^Forgot carl\n {2}store {2}1 span .*\n {2}files {2}nothing was found/,
  )
  assert.match(inStore.stderr, /^Nothing was found for carl in the named files;/m)
})

test('a legal hold stops an erasure before anything is touched', async (t) => {
  const { cwd, run, read, files, old, words } = world(t)
  await run('audit', 'init', 'audit', '--origin', 'acme.example/audit/test', '--key', 'a.key')
  const audit = await openAudit({
    ...{ dir: join(cwd, 'audit'), origin: 'acme.example/audit/test', key: join(cwd, 'a.key') },
  })
  await audit.hold({ subject: old, reason: 'a dispute' })
  await audit.close()
  await run('index', files.log)
  const { status, stderr } = await run('erase', '--user', USER, files.log, '--audit', 'audit')
  assert.equal(status, 1, stderr)
  assert.match(stderr, /AUDIT_ON_HOLD/)
  assert.equal(read(files.words), words)
  assert.match((await run('logs', '--user', USER, '-s')).stdout, /acme-large/)
})

test('a part that failed is named and is no success; all others are done', async (t) => {
  const { cwd, run, read, files } = world(t)
  await run('index', files.log)
  writeFileSync(join(cwd, 'logs/content/broken.jsonl.gz'), Buffer.from([0x1f, 0x8b, 1, 2, 3]))
  const { status, stdout, stderr } = await run(...['erase', '--user', USER, files.log, '--json'])
  assert.equal(status, 3, stderr)
  const { failed, spans } = JSON.parse(stdout) as Report
  assert.deepEqual(
    failed.map(({ part }) => part),
    ['file logs/content/broken.jsonl.gz'],
  )
  assert.equal(spans, 2)
  assert.doesNotMatch(read(files.words), /her words/)
  assert.match(stderr, /still has what is to be forgotten/)
})

test('wrong usage touches nothing: neither an empty name nor a store that asks whose', async (t) => {
  const { run, read, files, words } = world(t)
  await run('index', files.log, '--multi-tenant')
  for (const [args, code] of [
    [['--user', ''], 'CLI_OPTION_INVALID'],
    [['--user', USER], 'STORE_TENANT_REQUIRED'],
    [['--user', USER, '--reason', 'x'], 'CLI_OPTION_INVALID'],
  ] as const) {
    const { status, stderr } = await run('erase', ...args, files.log)
    assert.equal(status, 2, stderr)
    assert.match(stderr, new RegExp(code))
  }
  assert.equal(read(files.words), words)
})

test('a vault or key that is not there is named before anything is touched', async (t) => {
  const { run, read, files, log, words } = world(t)
  await run('index', files.log)
  for (const [option, path] of [
    ['--vault', 'no-vault.jsonl'],
    ['--vault', '.'],
    ['--key-file', 'none.key'],
  ] as const) {
    const { status, stdout, stderr } = await run('erase', '--user', USER, files.log, option, path)
    assert.deepEqual([status, stdout], [3, ''], stderr)
    assert.match(stderr, /\(CLI_FILE_UNREADABLE\)/)
    if (path === 'no-vault.jsonl') assert.match(stderr, /no-vault\.jsonl: no such file/)
  }
  assert.deepEqual([read(files.log), read(files.words)], [log, words])
  assert.match((await run('logs', '--user', USER, '-s')).stdout, /acme-large/)
})

test('files alone are enough where there is no store', async (t) => {
  const { run, read, files } = world(t)
  const { status, stderr } = await run('erase', '--user', USER, files.log)
  assert.equal(status, 0, stderr)
  assert.match(stderr, /There is no store recount\.db: only files are looked at/)
  assert.doesNotMatch(read(files.log) + read(files.words), /her words|her remark/)
})

test('where there is no store, none is said to have had anything', async (t) => {
  const { run, files } = world(t)
  const { status, stdout, stderr } = await run('erase', '--user', USER, files.log)
  assert.equal(status, 0, stderr)
  assert.match(stderr, /There is no store recount\.db: only files are looked at/)
  assert.match(stdout, /^ {2}store {2}there is none$/m)
  assert.match(stdout, /^ {2}files {2}1 content line and 3 metadata lines of 2 files$/m)
})

test('segments of the streams of an audit log are read with those of the log', async (t) => {
  const { run, cwd } = world(t)
  const entry = (log: string): string =>
    JSON.stringify({
      ...{ v: 1, log, seq: 0, prev: 'x', ts: '2026-05-28T20:26:40.000Z', action: 'query' },
      ...{ outcome: 'success', actor: { type: 'user', id: 'u' }, trace: { trace_id: TRACE } },
    })
  const segment = `${'0'.repeat(20)}.jsonl`
  folderFiles(cwd, {
    [`audit/${segment}`]: `${entry('acme')}\n`,
    [`audit/streams/eu/${segment}`]: `${entry('acme/eu')}\n`,
    'audit/streams/eu/notes.jsonl': 'not a segment\n',
  })
  const { stderr } = await run('index', 'audit/*.jsonl', 'logs/app.jsonl')
  assert.match(stderr, /^Read 4 files, /)
  const { stdout } = await run('show', TRACE, '--db', 'recount.db', '--json')
  const { audit } = JSON.parse(stdout) as { audit: { log: string }[] }
  assert.deepEqual(
    audit.map(({ log }) => log),
    ['acme', 'acme/eu'],
  )
})
