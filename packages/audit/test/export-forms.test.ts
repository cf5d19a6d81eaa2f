import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { Ajv2020 } from 'ajv/dist/2020.js'
import type { AuditEntry } from '../src/entry.ts'
import { CSV_HEADER, csvCell, csvLine } from '../src/export/csv.ts'
import { htmlText } from '../src/export/html-text.ts'
import { ocsfEvent } from '../src/export/ocsf.ts'
import { REPORT_STYLE } from '../src/export/report-style.ts'
import { bundleOf } from './bundle-maker.ts'
import { LogBuilder } from './log-builder.ts'
import { folder } from './tamper-log.ts'

const ENTRY: AuditEntry = {
  v: 1,
  log: 'acme.example/audit',
  seq: 7,
  prev: '',
  ts: '2026-11-20T12:00:00.123Z',
  id: '0192f3c4-5678-7abc-8def-000000000007',
  action: 'query',
  actor: { type: 'user', id: 'u1', via: ['planner'] },
  target: { type: 'model', id: 'gpt-4o' },
  outcome: 'success',
}

for (const text of ['=1+1', '+1', '-1', '@x', '\t=1', '\r=1', ' =1', '＝1', '=cmd|x', '%x', '\n=1'])
  test(`a cell ${JSON.stringify(text)} is no formula`, () => {
    const cell = csvCell(text)
    assert.match(cell.replace(/^"/, ''), /^'/)
  })

test('a table is RFC 4180: a second reader finds every field as it was', () => {
  const nasty = 'a "quoted", two\r\nlines; é \u{1f600}'
  const entry = { ...ENTRY, reason: nasty, subject: ' x ', details: { query_length: 3 } }
  const table = CSV_HEADER + csvLine(entry) + csvLine({ ...ENTRY, seq: -1 })
  const program =
    'import csv,io,json,sys; print(json.dumps(list(csv.reader(io.StringIO(sys.stdin.buffer.read().decode(), newline="")))))'
  const { stdout } = spawnSync('python3', ['-c', program], { input: table, encoding: 'utf8' })
  const [head = [], row = [], other = []] = JSON.parse(stdout) as string[][]
  const field = (name: string, of = row): string | undefined => of[head.indexOf(name)]
  assert.equal(field('reason'), nasty)
  assert.equal(field('subject'), ' x ')
  assert.equal(field('details'), '{"query_length":3}')
  assert.equal(field('seq'), '7')
  // A number is a number.
  assert.equal(field('seq', other), '-1')
  assert.deepEqual([head.length, row.length, other.length], [head.length, head.length, head.length])
  assert.ok(table.endsWith('\r\n'))
})

// What ocsf-schema 1.7.0 requires of the class api_activity with the profile ai_operation, and the types of what we fill.
const text = { type: 'string', minLength: 1 }
const number = { type: 'integer' }
const OCSF_API_ACTIVITY = {
  type: 'object',
  required:
    'activity_id actor api category_uid class_uid metadata severity_id src_endpoint time type_uid'.split(
      ' ',
    ),
  properties: {
    activity_id: { enum: [0, 1, 2, 3, 4, 99] },
    activity_name: text,
    category_uid: { const: 6 },
    category_name: { const: 'Application Activity' },
    class_uid: { const: 6003 },
    class_name: { const: 'API Activity' },
    type_uid: { enum: [600300, 600301, 600302, 600303, 600304, 600399] },
    type_name: text,
    severity_id: { enum: [0, 1, 2, 3, 4, 5, 6, 99] },
    severity: text,
    status_id: { enum: [0, 1, 2, 99] },
    status: text,
    status_code: text,
    status_detail: text,
    time: number,
    metadata: {
      type: 'object',
      required: ['product', 'version'],
      properties: {
        version: { const: '1.7.0' },
        product: {
          type: 'object',
          anyOf: [{ required: ['name'] }, { required: ['uid'] }],
          properties: { name: text, vendor_name: text },
          additionalProperties: false,
        },
        uid: text,
        original_event_uid: text,
        event_code: text,
        log_name: text,
        sequence: number,
        original_time: text,
        correlation_uid: text,
        tenant_uid: text,
        profiles: { type: 'array', items: { enum: ['ai_operation', 'trace'] } },
      },
      additionalProperties: false,
    },
    actor: {
      type: 'object',
      anyOf: ['user', 'invoked_by', 'session', 'app_name', 'app_uid'].map((name) => ({
        required: [name],
      })),
      properties: {
        user: {
          type: 'object',
          properties: { uid: text, type: text, type_id: { enum: [0, 1, 2, 3, 4, 99] } },
          additionalProperties: false,
        },
        app_uid: text,
        app_name: text,
        invoked_by: text,
        session: { type: 'object', properties: { uid: text }, additionalProperties: false },
      },
      additionalProperties: false,
    },
    api: {
      type: 'object',
      required: ['operation'],
      properties: {
        operation: text,
        version: text,
        service: { type: 'object', properties: { name: text }, additionalProperties: false },
        request: {
          type: 'object',
          required: ['uid'],
          properties: { uid: text },
          additionalProperties: false,
        },
      },
      additionalProperties: false,
    },
    src_endpoint: {
      type: 'object',
      anyOf: [{ required: ['name'] }, { required: ['instance_uid'] }],
      properties: { name: text, instance_uid: text },
      additionalProperties: false,
    },
    resources: {
      type: 'array',
      items: {
        type: 'object',
        properties: { type: text, uid: text, version: text },
        additionalProperties: false,
      },
    },
    ai_model: {
      type: 'object',
      required: ['name', 'ai_provider'],
      properties: { name: text, ai_provider: text },
      additionalProperties: false,
    },
    unmapped: { type: 'object' },
  },
  additionalProperties: false,
}

test('an OCSF event has all that the class API Activity asks for, and nothing of another type', () => {
  const validate = new Ajv2020({ strict: false }).compile(OCSF_API_ACTIVITY)
  const variants: Partial<AuditEntry>[] = [
    {},
    { action: 'data_access', outcome: 'denied', target: { type: 'data_source', id: 'orders' } },
    { action: 'app.login', outcome: 'partial', reason: { code: 'late', text: 'x' } },
    {
      actor: { type: 'agent', id: 'a1' },
      llm: { provider: 'openai', model: 'm', input_tokens: 3 },
    },
    { src: { service: 'web', instance: 'i-1', release: '7' }, tenant: 'acme', op: 'o1' },
    { trace: { trace_id: 'a'.repeat(32), session_id: 's', request_id: 'r' } },
    { action: 'audit.erasure', sys: { kids: [] }, actor: { type: 'system', id: 'recount' } },
    { outcome: 'aborted', data: [{ part: 'input', commitment: 'c' }] },
  ]
  for (const variant of variants) {
    const event = ocsfEvent({ ...ENTRY, ...variant }) as Record<string, unknown>
    assert.ok(validate(event), JSON.stringify([validate.errors, event], null, 1))
    assert.equal(event.type_uid, 600300 + Number(event.activity_id))
  }
})

test('an OCSF event has the time, the ids and the outcome of its entry', () => {
  const event = ocsfEvent({ ...ENTRY, outcome: 'denied' }) as Record<string, unknown>
  assert.equal(event.time, Date.parse(ENTRY.ts))
  assert.deepEqual([event.status_id, event.status_code], [2, 'denied'])
  const { sequence, uid } = event.metadata as Record<string, unknown>
  assert.deepEqual([sequence, uid], [7, ENTRY.id])
})

test('the report shows names as text, whatever they are, and asks for nothing outside', async (t) => {
  const log = new LogBuilder(folder(t)).open()
  const name = '"><script src=https://evil.example/x></script><img onerror=x>\u202eevil'
  log.append({ actor: { type: 'user', id: name } }).close()
  await log.checkpoint()
  const { dir } = await bundleOf(t, log, { reason: name, preset: 'hipaa' })
  const report = readFileSync(join(dir, 'report.html'), 'utf8')
  assert.doesNotMatch(report, /<script|<img|<link|<iframe|\son\w+=x[ >]|\u202e|@import|url\(/)
  assert.ok(report.includes(htmlText(name)))
  const hash = createHash('sha256').update(REPORT_STYLE).digest('base64')
  assert.match(report, /http-equiv="Content-Security-Policy" content="default-src 'none'; /)
  assert.ok(report.includes(`style-src 'sha256-${hash}'`))
  assert.ok(report.includes(`<style>${REPORT_STYLE}</style>`))
  assert.doesNotMatch(report, /\sstyle="/)
})

test('the report counts by action and actor, and tells gaps, erasures, holds and keys', async (t) => {
  const log = new LogBuilder(folder(t)).open().entries(10)
  log.own('audit.gap', { cause: 'disk full', count: 4, critical: 1, from: 'a', to: 'b' })
  log.erase('0123456789abcdef', 'r-17').own('audit.hold', { hold: 'h' }, { reason: 'a lawsuit' })
  log.close()
  await log.checkpoint()
  const { dir } = await bundleOf(t, log, { preset: 'eu-ai-act' })
  const report = readFileSync(join(dir, 'report.html'), 'utf8')
  assert.match(report, /<td>query<\/td><td class="number">10<\/td>/)
  assert.match(report, /<td>user u1<\/td><td class="number">2<\/td>/)
  assert.match(report, /4 appends were refused: disk full/)
  assert.match(report, /under request r-17/)
  assert.match(report, /a lawsuit/)
  assert.match(
    report,
    /No entry that is shown tells of: expired entries, changes of keys, earlier exports\./,
  )
  assert.match(report, /At least 6 months\./)
  assert.match(report, /does not say that the rule is met/)
})
