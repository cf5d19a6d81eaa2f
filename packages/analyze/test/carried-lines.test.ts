import assert from 'node:assert/strict'
import { test } from 'node:test'
import { analyze } from '../src/index.ts'
import { file } from './fixtures.ts'
import { ownLog } from './own-log.ts'

type Row = Readonly<Record<string, unknown>>

const AT = '2026-09-21T14:20:00.000000000Z'

/** What others make of a line of ours. */
const AROUND: Readonly<Record<string, (line: string, row: Row) => unknown>> = {
  docker: (line) => ({ log: `${line}\n`, stream: 'stdout', time: AT }),
  'a logger that has it as text': (line) => ({
    level: 50,
    time: 1,
    pid: 1,
    status: 'x',
    msg: line,
  }),
  'a logger that has it as an object': (_, row) => ({ level: 50, time: 1, record: row, msg: '' }),
  'a logger inside of docker': (line) => ({ log: JSON.stringify({ level: 30, msg: line }) }),
  'Google Cloud': (_, row) => ({ severity: 'INFO', timestamp: AT, jsonPayload: row }),
  journald: (line) => ({ PRIORITY: '6', _PID: '7', MESSAGE: line, __REALTIME_TIMESTAMP: '1' }),
  'Elasticsearch with its own status': (line) => ({
    _source: { '@timestamp': AT, status: 'error', message: line, kubernetes: { pod: 'p' } },
  }),
  'the collector of OpenTelemetry': (line) => ({
    resourceLogs: [{ scopeLogs: [{ logRecords: [{ body: { stringValue: line } }] }] }],
  }),
  'the collector of OpenTelemetry, as an object': (_, row) => ({
    resourceLogs: [{ scopeLogs: [{ logRecords: [{ body: otlpValue(row) }] }] }],
  }),
  CloudWatch: (line) => ({ logGroup: 'g', logEvents: [{ id: '1', timestamp: 5, message: line }] }),
  'a container runtime': (line) => `${AT} stdout F ${line}`,
  'a container runtime inside of a collector': (line) => ({ log: `${AT} stdout F ${line}` }),
  syslog: (line) => `<34>1 ${AT} host app 1234 ID47 [x@1 a="b"] ${line}`,
  'docker compose': (line) => `app-1  | ${line}`,
  'a function of a cloud': (line) => `${AT}\t9f0c-11\tINFO\t${line}`,
}

function otlpValue(value: unknown): Row {
  if (typeof value === 'string') return { stringValue: value }
  if (typeof value === 'boolean') return { boolValue: value }
  if (typeof value === 'number')
    return Number.isInteger(value) ? { intValue: String(value) } : { doubleValue: value }
  if (Array.isArray(value)) return { arrayValue: { values: value.map(otlpValue) } }
  if (value === null) return {}
  const values = Object.entries(value as Row).map(([key, of]) => ({ key, value: otlpValue(of) }))
  return { kvlistValue: { values } }
}

const LINES = ownLog(1500, 11)
  .map((line) => ({ line, row: rowOf(line) }))
  .filter((one): one is { line: string; row: Row } => one.row?.recount === 1)

function rowOf(line: string): Row | undefined {
  try {
    return JSON.parse(line) as Row
  } catch {
    return undefined
  }
}

for (const [name, around] of Object.entries(AROUND)) {
  test(`a line of ours counts inside of another's as it does alone: ${name}`, async () => {
    const options = { by: 'user,day', mergeable: true }
    const alone = await analyze(file(LINES.map(({ line }) => `${line}\n`).join('')), options)
    assert.ok(alone.totals.retries > 5 && alone.input.interrupted > 5)
    const carried = LINES.map(({ line, row }) => around(line, row))
    const text = carried.map((one) => (typeof one === 'string' ? one : JSON.stringify(one)))
    const report = await analyze(file(`${text.join('\n')}\n`), options)
    const { bytes } = alone.input
    assert.deepEqual({ ...report, input: { ...report.input, bytes } }, alone)
  })
}

test('what stands behind some text and is none of ours is no JSON, but after the prefix of a container runtime', async () => {
  const foreign = JSON.stringify({ model: 'm', usage: { prompt_tokens: 3, completion_tokens: 4 } })
  const report = await analyze(
    file(`answer: ${foreign}\n${AT} stderr F ${foreign}\n{"a":${foreign}\n`),
  )
  assert.deepEqual([report.totals.calls, report.input.skipped.malformed], [1, 2])
})

test('what a model was told of our lines is no line of ours', async () => {
  const line = LINES.find(({ row }) => row.event === 'llm_call')?.line as string
  const usage = { prompt_tokens: 3, completion_tokens: 4 }
  const said = { model: 'm', usage, latency_ms: 5, messages: [{ role: 'user', content: line }] }
  const report = await analyze(file(`${JSON.stringify(said)}\n`), { explainInput: true })
  assert.equal(report.totals.input_tokens, 3)
  assert.notEqual(report.explain?.[0]?.shapes[0]?.shape, 'recount')
})
