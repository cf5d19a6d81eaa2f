import assert from 'node:assert/strict'
import { test } from 'node:test'
import stringWidth from 'string-width'
import { call, folderWith, jsonl, line, recount, span, TRACE } from './helpers.ts'

const OTHER = 'bbbbbb0000000000000000000000000b'
const digest = (text: string): string =>
  `hmac-sha256:00000001:${Buffer.from(text).toString('hex').padEnd(32, '0').slice(0, 32)}`
const said = (id: string, text: string): object[] => {
  const ref = { part: 'output', digest: digest(text), bytes: text.length }
  const content = [{ role: 'assistant', parts: [{ type: 'text', content: text }] }]
  return [
    call(id, { model: 'acme-large', content: [ref] }),
    line('content', id, { ...ref, content }),
  ]
}
const inOther = (records: object[]): object[] =>
  records.map((record) => ({ ...record, trace_id: OTHER }))

test('two traces that did the same are the same, and the exit code says so', async (t) => {
  const log = jsonl(...said(span(1), 'yes'), ...inOther(said(span(2), 'yes')))
  const cwd = folderWith(t, { 'app.jsonl': log })
  const { status, stdout } = await recount(['diff', TRACE, OTHER, 'app.jsonl'], { cwd })
  assert.equal(status, 0)
  assert.match(stdout, /1 same/)
})

test('words that changed stand in marks without colours, and in colours with them', async (t) => {
  const log = jsonl(...said(span(1), 'for 30 days'), ...inOther(said(span(2), 'for 14 days')))
  const cwd = folderWith(t, { 'app.jsonl': log })
  const plain = await recount(['diff', TRACE, OTHER, 'app.jsonl'], { cwd })
  assert.equal(plain.status, 1)
  assert.match(plain.stdout, /for \[-30-\]\{\+14\+\} days/)
  const env = { FORCE_COLOR: '1' }
  const painted = await recount(['diff', TRACE, OTHER, 'app.jsonl'], { cwd, env })
  assert.ok(painted.stdout.includes('for \u001b[31m30\u001b[39m\u001b[32m14\u001b[39m days'))
})

test('two spans of one trace are compared by themselves', async (t) => {
  const log = jsonl(...said(span(1), 'yes'), ...said(span(2), 'no'), ...said(span(3), 'yes'))
  const cwd = folderWith(t, { 'app.jsonl': log })
  const same = await recount(['diff', span(1), span(3), 'app.jsonl', '--json'], { cwd })
  assert.deepEqual(JSON.parse(same.stdout).counts, { same: 1, changed: 0, added: 0, removed: 0 })
  const other = await recount(['diff', span(1), span(2), 'app.jsonl'], { cwd })
  assert.equal(other.status, 1)
})

test('hostile text moves no cursor, changes no colour and hides nothing, at any width', async (t) => {
  const evil =
    '\u001b[2J\u202egood\u0007 字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字'
  const log = jsonl(...said(span(1), 'fine'), ...inOther(said(span(2), evil)))
  const cwd = folderWith(t, { 'app.jsonl': log })
  const env = { COLUMNS: '40' }
  const { stdout } = await recount(['diff', TRACE, OTHER, 'app.jsonl'], { cwd, env })
  for (const hostile of ['\u001b', '\u202e', '\u0007']) assert.ok(!stdout.includes(hostile))
  for (const text of stdout.split('\n')) assert.ok(stringWidth(text) <= 40, text)
})

test('what was not kept is told apart by its digest', async (t) => {
  const [first] = said(span(1), 'yes')
  const [second] = inOther(said(span(2), 'no'))
  const cwd = folderWith(t, { 'app.jsonl': jsonl(first as object, second as object) })
  const { status, stdout } = await recount(['diff', TRACE, OTHER, 'app.jsonl'], { cwd })
  assert.equal(status, 1)
  assert.match(stdout, /output differs; the texts were not both kept/)
})

test('a trace that is not there is named, and one argument is not enough', async (t) => {
  const cwd = folderWith(t, { 'app.jsonl': jsonl(...said(span(1), 'yes')) })
  const { status, stderr } = await recount(['diff', TRACE, 'cccccc', 'app.jsonl'], { cwd })
  assert.equal(status, 1)
  assert.match(stderr, /cccccc.*CLI_TRACE_NOT_FOUND/)
  assert.equal((await recount(['diff', TRACE], { cwd })).status, 2)
})

test('the most similar call of another version is found, and compared', async (t) => {
  const asked = (id: string, text: string, version: number): object[] => {
    const ref = { part: 'input', digest: digest(`${text} ${version}`), bytes: 9 }
    const content = [{ role: 'user', parts: [{ type: 'text', content: text }] }]
    return [
      call(id, { prompt: { name: 'triage', version }, content: [ref] }),
      line('content', id, { ...ref, content }),
    ]
  }
  const log = jsonl(
    ...asked(span(1), 'Where is my parcel?', 1),
    ...inOther(asked(span(2), 'where is my parcel', 2)),
    ...inOther(asked(span(3), 'How do I pay?', 2)).map((record) => {
      return { ...record, trace_id: 'cccccc0000000000000000000000000c' }
    }),
  )
  const cwd = folderWith(t, { 'app.jsonl': log })
  const { stdout } = await recount(['diff', TRACE, 'app.jsonl', '--sibling'], { cwd })
  assert.match(stdout, /b was asked the same as a by 100 %, with another prompt version/)
  assert.match(stdout, new RegExp(OTHER))
  assert.match(stdout, /prompt\.version \[-1-\] → \{\+2\+\}/)
  const json = await recount(['diff', TRACE, 'app.jsonl', '--sibling', '--json'], { cwd })
  const { sibling } = JSON.parse(json.stdout) as { sibling: object }
  assert.deepEqual(sibling, {
    ...{ trace_id: OTHER, span_id: span(2), similarity: 1, differs: ['prompt_version'] },
  })
})

test('a call that shares a word or two is no sibling, unless any is good enough', async (t) => {
  const asked = (id: string, text: string, model: string): object[] => {
    const ref = { part: 'input', digest: digest(text), bytes: 9 }
    const content = [{ role: 'user', parts: [{ type: 'text', content: text }] }]
    return [call(id, { model, content: [ref] }), line('content', id, { ...ref, content })]
  }
  const log = jsonl(
    ...asked(span(1), 'Where is my parcel?', 'a'),
    ...inOther(asked(span(2), 'Where is the toilet?', 'b')),
  )
  const cwd = folderWith(t, { 'app.jsonl': log })
  const args = ['diff', TRACE, 'app.jsonl', '--sibling']
  const none = await recount(args, { cwd })
  assert.equal(none.status, 1)
  assert.match(none.stderr, new RegExp(`the nearest, ${span(2)}, is like it by 31 % only; --any`))
  const any = await recount([...args, '--any'], { cwd })
  assert.match(any.stdout, /b was asked the same as a by 31 %, with another model/)
})
