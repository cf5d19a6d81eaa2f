import assert from 'node:assert/strict'
import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { keyedDigest, loadKeyFile } from '@recount/redact'
import { createLogger, type Logger } from '../src/create-logger.ts'
import { file } from '../src/destination/file.ts'
import type { LoggerOptions } from '../src/options.ts'
import { filesIn, type Line, linesIn, temporaryFolder } from './folder.ts'
import { assertValid, validRecorder } from './helpers.ts'

const CALL = { provider: 'acme', model: 'acme-large' }

function inFiles(folder: string, options: LoggerOptions = {}): Logger {
  return createLogger({
    destination: join(folder, 'app.jsonl'),
    keyFile: join(folder, 'recount.key'),
    content: 'files',
    env: {},
    ...options,
  })
}

const contentsOf = (lines: readonly Line[]): Line[] =>
  lines.filter((line) => line.event === 'content')

test('what is known before the call is on disk before the callback runs, the rest after it', (t) => {
  const folder = temporaryFolder(t)
  const log = inFiles(folder)
  const parts = (): unknown[] => contentsOf(linesIn(folder)).map((line) => line.part)
  log.llm({ ...CALL, input: 'question', system: 'be kind', raw_request: '{}' }, (call) => {
    assert.deepEqual(parts(), ['system', 'input', 'raw_request'])
    assert.ok(linesIn(folder).some((line) => line.event === 'llm_call_started'))
    call.set({ raw_response: 'wire', output: 'answer' })
    assert.equal(parts().length, 3)
  })
  assert.deepEqual(parts(), ['system', 'input', 'raw_request', 'raw_response', 'output'])
  log.tool({ tool: 'search', arguments: { q: 1 } }, () => {
    assert.equal(parts().at(-1), 'tool_arguments')
    return 'found'
  })
  assert.equal(parts().at(-1), 'tool_result')
  assertValid(linesIn(folder))
})

test('the start line of a call names the digest of its input, the last line all that was kept', (t) => {
  const { logger, records } = validRecorder(t)
  logger.llm({ ...CALL, input: 'question' }, () => 'answer')
  const contents = records('content')
  const [input, output] = contents
  assert.equal(records('llm_call_started')[0]?.input_digest, input?.digest)
  assert.deepEqual(
    records('llm_call')[0]?.content,
    contents.map(({ part, digest, bytes }) => ({ part, digest, bytes })),
  )
  assert.equal(output?.part, 'output')
})

test('content is last on its line, in files and inline', (t) => {
  const folder = temporaryFolder(t)
  for (const content of ['files', 'inline'] as const) {
    const log = inFiles(join(folder, content), { content })
    log.llm({ ...CALL, input: 'question' }, () => 'answer')
  }
  const lines = filesIn(folder)
    .filter((file) => file.endsWith('.jsonl'))
    .flatMap((file) => readFileSync(join(folder, file), 'utf8').trim().split('\n'))
    .filter((line) => line.includes('"event":"content"'))
  assert.equal(lines.length, 4)
  for (const line of lines) assert.equal(Object.keys(JSON.parse(line) as object).at(-1), 'content')
})

test('inline content stands in the stream, and no content file or folder is made', (t) => {
  const folder = temporaryFolder(t)
  inFiles(folder, { content: 'inline' }).llm({ ...CALL, input: 'question' }, () => 'answer')
  assert.deepEqual(filesIn(folder), ['app.jsonl', 'recount.key'])
  assert.deepEqual(
    linesIn(folder).map((line) => line.event),
    ['content', 'llm_call_started', 'content', 'llm_call'],
  )
})

test('content files are daily, beside the log file, and only their owner may read them', (t) => {
  const folder = temporaryFolder(t)
  inFiles(folder).llm({ ...CALL, input: 'question' }, () => 'answer')
  const [file = ''] = filesIn(folder).filter((name) => name.startsWith('content/'))
  assert.match(file, /^content\/\d{4}-\d\d-\d\d\.\d+\.jsonl$/)
  assert.equal(statSync(join(folder, file)).mode & 0o777, 0o600)
  assert.equal(statSync(join(folder, 'content')).mode & 0o777, 0o700)
})

test('content goes beside the file of file(), too', (t) => {
  const folder = temporaryFolder(t)
  const destination = file({ path: join(folder, 'app.jsonl') })
  t.after(() => destination.close())
  const log = createLogger({ env: {}, keyFile: false, content: 'files', destination })
  log.llm({ ...CALL, input: 'question' }, () => 'answer')
  assert.ok(filesIn(folder).some((name) => name.startsWith('content/')))
})

test('a content folder of your own is used', (t) => {
  const folder = temporaryFolder(t)
  const log = inFiles(folder, { contentFolder: join(folder, 'elsewhere') })
  log.llm({ ...CALL, input: 'question' }, () => 'answer')
  assert.ok(filesIn(folder).some((file) => file.startsWith('elsewhere/')))
  assert.ok(!filesIn(folder).some((file) => file.startsWith('content/')))
})

test('nothing is written twice: a validation does not repeat the output of its call', (t) => {
  const { logger, records } = validRecorder(t)
  logger.trace('ask', () => {
    const reply = logger.llm({ ...CALL, input: 'question' }, () => '{"dose":5}')
    logger.validate(reply, { parse: JSON.parse })
  })
  const parts = records('content').map((line) => line.part)
  assert.deepEqual(parts, ['input', 'output', 'parsed'])
  assert.deepEqual(
    records('validation')[0]?.content?.map((ref) => ref.part),
    ['parsed'],
  )
})

test('a validation keeps the raw answer where its call did not', (t) => {
  const { logger, records } = validRecorder(t)
  logger.trace('ask', () => {
    logger.llm({ ...CALL, content: ['input'], input: 'question' }, () => 'raw')
    logger.validate('raw', {})
  })
  assert.deepEqual(
    records('content').map((line) => line.part),
    ['input', 'output', 'parsed'],
  )
})

test('equal content has equal digests, in the shape of any provider; other content has others', (t) => {
  const { logger, records } = validRecorder(t)
  const inputs = [
    'hello',
    [{ role: 'user', content: 'hello' }],
    [{ content: [{ type: 'text', text: 'hello' }], role: 'user' }],
    [{ role: 'user', parts: [{ type: 'text', content: 'hello' }] }],
    'hello ',
  ]
  for (const input of inputs) logger.llm({ ...CALL, input }, () => undefined)
  const digests = records('content').map((line) => line.digest)
  assert.equal(new Set(digests.slice(0, 4)).size, 1)
  assert.equal(new Set(digests).size, 2)
})

test('a digest is over the whole masked JSON before it is cut, and bytes are its UTF-8 bytes', (t) => {
  const folder = temporaryFolder(t)
  const log = inFiles(folder, { contentBudget: 1024 })
  const value = { password: 'hidden', text: 'é'.repeat(5000) }
  log.tool({ tool: 'search', arguments: value }, () => undefined)
  const json = JSON.stringify({ password: '[REDACTED]', text: value.text })
  const [line] = contentsOf(linesIn(folder))
  assert.equal(line?.digest, keyedDigest(loadKeyFile(join(folder, 'recount.key')), json))
  assert.equal(line?.bytes, Buffer.byteLength(json))
  assert.equal(line?.truncated, true)
  const kept = JSON.stringify(line?.content)
  assert.ok(kept.length <= 1024)
  assert.match(kept, /TRUNCATED/)
})

test('two loggers with one key file give one digest; without a file it is the process that counts', (t) => {
  const folder = temporaryFolder(t)
  for (const name of ['a', 'b']) {
    const log = inFiles(join(folder, name), { keyFile: join(folder, 'recount.key') })
    log.llm({ ...CALL, input: 'question' }, () => undefined)
  }
  const shared = contentsOf(linesIn(folder)).map((line) => line.digest)
  assert.equal(new Set(shared).size, 1)
  const { logger, records } = validRecorder(t)
  logger.llm({ ...CALL, input: 'question' }, () => undefined)
  assert.notEqual(records('content')[0]?.digest, shared[0])
})

test('credentials in content are masked, and the last line says where, never what', (t) => {
  const { logger, lines, records } = validRecorder(t)
  logger.tool({ tool: 'login', arguments: { user: 'ada', api_key: 'c4n4ry' } }, () => ({
    session: { access_token: 'c4n4ry' },
    max_tokens: 5,
  }))
  assert.doesNotMatch(JSON.stringify(lines), /c4n4ry/)
  assert.deepEqual(records('tool_call')[0]?.redactions, [
    { path: 'tool_arguments.api_key', rule: 'credential-key', count: 1 },
    { path: 'tool_result.session', rule: 'credential-key', count: 1 },
  ])
  assert.deepEqual(records('content')[1]?.content, { session: '[REDACTED]', max_tokens: 5 })
})

test('where retrieved texts are kept, each chunk has the digest of its own, else only its size', (t) => {
  const { logger, records } = validRecorder(t)
  const chunks = [
    { id: 'a', text: 'same' },
    'same',
    { id: 'b', pageContent: 'other', score: 0.5 },
    7,
  ]
  logger.retrieval({ source: 'handbook' }, () => chunks)
  logger.retrieval({ source: 'handbook', content: false }, () => chunks)
  const [open, closed] = records('retrieval')
  const [first, second, third, fourth] = open?.chunks ?? []
  assert.equal(first?.digest, second?.digest)
  assert.notEqual(first?.digest, third?.digest)
  assert.deepEqual([third?.source_id, third?.score, third?.bytes, fourth], ['b', 0.5, 5, {}])
  assert.deepEqual(closed?.chunks[0], { source_id: 'a', bytes: 4 })
})

test('content lines carry whose they are, so that they can be found and erased', (t) => {
  const { logger, records } = validRecorder(t)
  const who = { session_id: 's', user_id: 'u', tenant_id: 't' }
  logger.trace('ask', who, () => logger.llm({ ...CALL, input: 'question' }, () => 'answer'))
  for (const { session_id, user_id, tenant_id } of records('content'))
    assert.deepEqual({ session_id, user_id, tenant_id }, who)
})

test('an input that the caller changes during the call is kept as it was sent', (t) => {
  const { logger, records } = validRecorder(t)
  const input = [{ role: 'user', content: 'before' }]
  logger.llm({ ...CALL, input }, () => {
    input.push({ role: 'user', content: 'after' })
  })
  assert.doesNotMatch(JSON.stringify(records('content')), /after/)
})
