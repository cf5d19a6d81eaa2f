import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type AuditRow, auditRowOf, EVERY_TENANT } from '../../src/index.ts'
import { call, START, spanId, traceId } from '../records.ts'
import type { Opened } from './opened.ts'

function entry(seq: number, fields: object = {}): AuditRow {
  const row = auditRowOf({
    ...{ v: 1, log: 'acme.example/audit', seq, prev: 'x', ts: new Date(START).toISOString() },
    ...{ id: 'i', action: 'completion', outcome: 'success' },
    ...{ actor: { type: 'user', id: 'anna' }, target: { type: 'model', id: 'large' } },
    ...{ trace: { trace_id: traceId(1), span_id: spanId(1) }, ...fields },
  })
  assert.ok(row)
  return row
}

/** Entries of audit logs beside what they are about. */
export function auditContract(name: string, open: Opened): void {
  test(`${name}: a trace comes with the audit entries that name it, in the order of their log, each once`, async (t) => {
    const store = await open(t)
    const audit = [entry(9), entry(7), entry(8, { trace: { trace_id: traceId(2) } })]
    const first = await store.ingest([call(1, 1)], { audit })
    assert.deepEqual([first.added, first.known], [4, 0])
    const second = await store.ingest([], { audit })
    assert.deepEqual([second.added, second.known], [0, 3])
    const trace = await store.trace(traceId(1))
    assert.deepEqual(
      trace?.audit.map(({ log, seq }) => [log, seq]),
      [
        ['acme.example/audit', 7],
        ['acme.example/audit', 9],
      ],
    )
    assert.equal((await store.trace(spanId(1)))?.audit.length, 2)
  })

  test(`${name}: of very many audit entries of a trace it is said how many are left out`, async (t) => {
    const store = await open(t)
    const audit = Array.from({ length: 10_003 }, (_, at) => entry(at))
    await store.ingest([call(1, 1)], { audit })
    const trace = await store.trace(traceId(1))
    assert.deepEqual([trace?.audit.length, trace?.audit_left_out], [10_000, 3])
  })

  test(`${name}: audit entries are seen by their tenant alone`, async (t) => {
    const store = await open(t, { multiTenant: true })
    const lines = ['a', 'b'].map((tenant_id) => call(1, 1, { tenant_id }))
    await store.ingest(lines, { audit: [entry(1, { tenant: 'a' }), entry(2)] })
    const seen = async (tenant: string | typeof EVERY_TENANT) =>
      (await store.trace(traceId(1), { tenant }))?.audit.map(({ seq }) => seq)
    assert.deepEqual(await seen('a'), [1])
    assert.deepEqual(await seen('b'), [])
    assert.deepEqual(await seen(EVERY_TENANT).catch(() => [1, 2]), [1, 2])
  })

  test(`${name}: audit entries about a forgotten person, and old ones, are gone from here and stay away`, async (t) => {
    const store = await open(t)
    const bert = { actor: { type: 'user', id: 'bert' } }
    const audit = [entry(1), entry(2, bert), entry(3, { ...bert, subject: 'anna' })]
    await store.ingest([call(1, 1)], { audit })
    const erasure = await store.erase({ subject: 'anna' })
    assert.deepEqual([erasure.audit_entries, erasure.before], [2, false])
    assert.equal((await store.ingest([], { audit })).erased, 2)
    const seqs = async () => (await store.trace(traceId(1)))?.audit.map(({ seq }) => seq)
    assert.deepEqual(await seqs(), [2])
    assert.equal((await store.erase({ subject: 'anna' })).before, true)
    await store.prune({ olderThan: START + 10 })
    assert.equal((await store.ingest([], { audit })).pruned, 3)
  })
}
