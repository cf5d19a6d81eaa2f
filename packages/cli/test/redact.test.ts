import assert from 'node:assert/strict'
import { test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { folderWith, jsonl, recount } from './helpers.ts'

const mail = 'ada.lovelace@example.org'

test('text in, redacted text out: from a file, from stdin with and without a dash, and from gzip', async (t) => {
  const text = `Dear ${mail},\r\ncall +44 20 7946 0958.`
  const expected = 'Dear [REDACTED:email],\r\ncall [REDACTED:phone].'
  const cwd = folderWith(t, { 'a.txt': text, 'b.txt.gz': gzipSync(text) })
  for (const args of [['a.txt'], ['b.txt.gz'], ['-'], []]) {
    const input = args.length === 0 || args[0] === '-' ? text : ''
    const { status, stdout, stderr } = await recount(['redact', ...args], { cwd, input })
    assert.deepEqual({ status, stdout, stderr }, { status: 0, stdout: expected, stderr: '' })
  }
})

test('with --json each line has its findings, with offsets in UTF-16 units of the input', async () => {
  const texts = [`\u{1f600} ${mail}`, 'nothing', `a\u200bb ${mail.replace('@', '\uff20')}!`]
  const input = jsonl(...texts.map((text) => ({ text })))
  const { status, stdout } = await recount(['redact', '--json'], { input })
  assert.equal(status, 0)
  const lines = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as unknown)
  const at = (start: number) => [{ type: 'email', start, end: start + mail.length }]
  assert.deepEqual(lines, [
    { text: '\u{1f600} [REDACTED:email]', findings: at(3) },
    { text: 'nothing', findings: [] },
    { text: 'a\u200bb [REDACTED:email]!', findings: at(4) },
  ])
})

test('a line that is no {text} keeps its place, is named without its content, and ends with 1', async () => {
  const input = `{"text":"a"}\n{"txt":"${mail}"}\n${mail}\n{"text":"b"}`
  const { status, stdout, stderr } = await recount(['redact', '--json', '-'], { input })
  assert.equal(status, 1)
  assert.equal(stdout.trimEnd().split('\n').length, 4)
  assert.match(stderr, /^-:2: Expected a JSON object with a string `text`$/m)
  assert.match(stderr, /^2 lines could not be redacted$/m)
  assert.doesNotMatch(stdout + stderr, /lovelace/)
})

test('nothing is lost or left at the seams of a text of many megabytes', async () => {
  const card = '4111 1111 1111 1111'
  const lines = Array.from(
    { length: 300_000 },
    (_, index) => `line ${index % 10} of ${mail} pays by ${card}`,
  )
  for (const separator of ['\n', ' ']) {
    const { status, stdout } = await recount(['redact'], { input: lines.join(separator) })
    assert.equal(status, 0)
    const expected = lines.map((line) =>
      line.replace(mail, '[REDACTED:email]').replace(card, '[REDACTED:credit_card]'),
    )
    assert.ok(stdout === expected.join(separator))
  }
})

test('a file that is not there ends with 3 and its name', async () => {
  const { status, stderr } = await recount(['redact', 'nowhere.txt'])
  assert.notEqual(status, 0)
  assert.match(stderr, /nowhere\.txt/)
})
