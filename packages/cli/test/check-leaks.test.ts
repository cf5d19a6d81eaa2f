import assert from 'node:assert/strict'
import { test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { folderWith, recount } from './helpers.ts'

const CANARY = 'canary "bird" 漢/42'
const escapes = Array.from(
  CANARY,
  (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
)

/** A line for each way in which the canary may stand in a file. */
const LINES: Readonly<Record<string, string>> = {
  clear: `not JSON: ${CANARY}`,
  json: JSON.stringify({ msg: `x ${CANARY} y` }),
  'json in json': JSON.stringify({ msg: JSON.stringify({ a: [CANARY] }) }),
  'four times in JSON': [0, 1, 2, 3].reduce<string>((text) => JSON.stringify({ v: text }), CANARY),
  'a key': JSON.stringify({ [CANARY]: 1 }),
  'unicode escapes': `{"a":"${escapes.join('')}"}`,
  'some unicode escapes': `{"a":"can\\u0061ry \\"bird\\" 漢\\/42"}`,
  url: `GET /?q=${encodeURIComponent(CANARY)}`,
  'a URL, in part': 'GET /?q=can%61ry "bird"%20漢/42&r=100%',
  'a URL, small digits': 'GET /?q=canary%20%22bird%22%20%e6%bc%a2%2f42',
  'a form': `q=${encodeURIComponent(CANARY).replaceAll('%20', '+')}&r=1`,
  'a form, in part': 'r=50%&q=canary+"bird"+漢%2F42',
  'a form in JSON': JSON.stringify({ body: 'q=canary+"bird"+漢%2F42' }),
  hex: Buffer.from(CANARY).toString('hex'),
  'base64, first': Buffer.from(CANARY).toString('base64'),
  'base64, second': Buffer.from(`1${CANARY}`).toString('base64'),
  'base64, third': Buffer.from(`12${CANARY}`).toString('base64'),
  base64url: Buffer.from(CANARY).toString('base64url'),
}

for (const [name, line] of Object.entries(LINES)) {
  test(`a canary is found: ${name}`, async (t) => {
    const cwd = folderWith(t, { 'app.jsonl': `{"a":1}\n${line}\n` })
    const { status, stdout } = await recount(['check', 'app.jsonl', '--leaks', CANARY], { cwd })
    assert.equal(status, 1)
    assert.match(stdout, /^app\.jsonl:2: text 1 is here \(\w/)
    assert.match(stdout, /^Found in 1 place: 2 lines in 1 file searched$/m)
    assert.doesNotMatch(stdout, /bird/)
  })
}

test('content files beside the log and compressed ones are searched, and nothing found ends with 0', async (t) => {
  const clean = `${JSON.stringify({ msg: 'nothing here' })}\n`
  const files = { 'app.jsonl': clean, 'content/2026-11-30.jsonl.gz': gzipSync(clean) }
  const fine = await recount(['check', 'app.jsonl', '--leaks', CANARY], {
    cwd: folderWith(t, files),
  })
  assert.equal(fine.status, 0)
  assert.equal(fine.stdout, 'Not found: 2 lines in 2 files searched\n')
  const leaking = { ...files, 'content/2026-11-30.jsonl.gz': gzipSync(JSON.stringify([CANARY])) }
  const { status, stdout } = await recount(['check', 'app.jsonl', '--json', '--leaks', CANARY], {
    cwd: folderWith(t, leaking),
  })
  assert.equal(status, 1)
  const found = JSON.parse(stdout) as { file: string; line: number; canary: number; form: string }
  assert.deepEqual([found.line, found.canary, found.form], [1, 1, 'json'])
  assert.match(found.file, /content/)
})

test('what cannot be searched is no "not found"', async (t) => {
  const cut = gzipSync('{"a":1}\n'.repeat(1000)).subarray(0, 40)
  const cwd = folderWith(t, { 'app.jsonl.gz': cut })
  const { status, stdout } = await recount(['check', 'app.jsonl.gz', '--leaks', CANARY], { cwd })
  assert.equal(status, 1)
  assert.match(stdout, /not searched, it cannot be decompressed/)
  assert.match(stdout, /Not found, but not all was searched/)
})

test('several canaries are searched for at once and told apart by number', async (t) => {
  const cwd = folderWith(t, { 'app.jsonl': '{"a":"second one"}\n' })
  const args = ['check', 'app.jsonl', '--leaks', 'first one', '--leaks', 'second one']
  const { status, stdout } = await recount(args, { cwd })
  assert.equal(status, 1)
  assert.match(stdout, /text 2 is here/)
})

test('the help says how long a text must be', async () => {
  const { stdout } = await recount(['check', '--help'])
  assert.match(stdout.replaceAll(/\s+/g, ' '), /at least 6 characters/)
})

test('a canary that is too short to mean anything is wrong usage', async (t) => {
  const cwd = folderWith(t, { 'app.jsonl': '{}\n' })
  const { status, stderr } = await recount(['check', 'app.jsonl', '--leaks', 'abc'], { cwd })
  assert.equal(status, 2)
  assert.match(stderr, /at least 6 characters, got 3/)
})
