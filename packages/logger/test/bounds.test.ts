import assert from 'node:assert/strict'
import { test } from 'node:test'
import { validRecorder } from './helpers.ts'

/** Texts of 5 MB, also with surrogate pairs at every place where they may be cut. */
const LONG: readonly string[] = ['x', '😀', 'a😀', '"\n\u0001', '/'].map((piece) =>
  piece.repeat(5_000_000 / piece.length),
)

function assertBounded(value: unknown, most: number, name: string): void {
  assert.ok(typeof value === 'string', name)
  assert.ok(value.length <= most && value.length > most / 2, `${name}: ${value.length}`)
  assert.ok(value.endsWith('…'), `${name}: no mark`)
  assert.ok(value.isWellFormed(), name)
}

test('ids of chunks and subjects are cut at 256 characters', (t) => {
  const { logger, records } = validRecorder(t)
  for (const long of LONG) {
    const chunk = { id: long, subject_id: long, score: 1 }
    const nested = { metadata: { source_id: long, subject_id: long } }
    logger.retrieval({ source: long, subject_id: long }, () => [chunk, nested, { id: 7 }])
    const line = records('retrieval').at(-1)
    assertBounded(line?.source, 1024, 'source')
    assertBounded(line?.subject_id, 256, 'subject_id')
    for (const found of line?.chunks.slice(0, 2) ?? []) {
      assertBounded(found.source_id, 256, 'source_id of a chunk')
      assertBounded(found.subject_id, 256, 'subject_id of a chunk')
    }
    assert.equal(line?.chunks[2]?.source_id, '7')
  }
})

for (const content of ['off', 'files'] as const) {
  test(`a path is cut at 512 characters, content: ${content}`, (t) => {
    const { logger, records } = validRecorder(t, content === 'off' ? { content } : {})
    const paths = [...LONG, Array(100_000).fill('key'), Array(100_000).fill('not a key')]
    for (const path of paths) {
      const errors = [{ rule: 'long', path, message: 'x' }]
      logger.validate(1, { schema: () => ({ valid: false, errors }) })
      const said = records('validation').at(-1)?.path ?? ''
      assert.ok(said.length <= 512 && said.isWellFormed())
      assert.ok(said.endsWith('…') || said === '[Content]', said)
    }
    assert.equal(records('validation').length, paths.length)
  })
}

const NAMES = [
  'provider',
  'model',
  'operation',
  'user_id',
  'session_id',
  'tenant_id',
  'workflow',
  'agent',
  'message_id',
  'request_id',
]
test('every other text is cut at 1,024 characters, and no line grows with what it is given', (t) => {
  const { logger, lines, records } = validRecorder(t, { content: 'off' })
  for (const long of LONG) {
    const options = Object.fromEntries(NAMES.map((name) => [name, long]))
    const labels = { tags: Array(2000).fill(long.slice(0, 9999)), consent: [long] }
    logger.trace(long, () => {
      logger.llm({ ...options, ...labels } as never, () => 1)
      logger.tool({ tool: long, tool_call_id: long }, () => 1)
      logger.step(long, () => logger.validate(1, { rules: { [long]: () => long } }))
    })
    const call = records('llm_call').at(-1) as unknown as Record<string, unknown>
    for (const name of NAMES) assertBounded(call[name], 1024, name)
    assertBounded(records('tool_call').at(-1)?.tool, 1024, 'tool')
    assertBounded(records('validation').at(-1)?.rule, 1024, 'rule')
  }
  for (const line of lines) assert.ok(JSON.stringify(line).length < 500_000)
})
