import assert from 'node:assert/strict'
import { existsSync, mkdirSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import type { AuditSink, AuditEvent as RecordedEvent } from '@recount/record'
import { type AuditEvent, type AuditLog, openAudit } from '../src/index.ts'
import { assertNoAlarm, readClosedLog } from './log-oracle.ts'
import { event, folder, ORIGIN, optionsIn } from './log-setup.ts'

test('entries get their places in the order of the appends, and are in the log when the append resolves', async (t) => {
  const options = optionsIn(folder(t))
  const audit = await openAudit(options)
  const places = await Promise.all(Array.from({ length: 500 }, (_, n) => audit.append(event(n))))
  assert.deepEqual(
    places.map(({ seq }) => seq),
    places.map((_, n) => n + 2),
  )
  await audit.close()
  const entries = readClosedLog(options.dir, ORIGIN)
  assert.deepEqual(
    entries.map(({ action }) => action),
    ['audit.genesis', 'audit.open', ...places.map(() => 'query'), 'audit.close'],
  )
  assert.equal(entries[3]?.prev, places[0]?.hash)
  await assertNoAlarm(options.dir)
})

test('one chain goes through restarts and segments', async (t) => {
  const options = optionsIn(folder(t), { segmentBytes: 3000 })
  for (let session = 0; session < 4; session++) {
    const audit = await openAudit(options)
    for (let n = 0; n < 15; n++) await audit.append(event(session * 15 + n))
    await audit.close()
  }
  const segments = readdirSync(options.dir).filter((name) => name.endsWith('.jsonl'))
  assert.ok(segments.length > 5)
  const entries = readClosedLog(options.dir, ORIGIN)
  assert.equal(entries.filter(({ action }) => action === 'query').length, 60)
  const opened = entries.filter(({ action }) => action === 'audit.open')
  assert.deepEqual(
    opened.map(({ sys }) => [sys?.epoch, sys?.unclean]),
    [1, 2, 3, 4].map((epoch) => [epoch, false]),
  )
  await assertNoAlarm(options.dir)
})

test('a large segment that was closed is not copied: the next session begins a new one', async (t) => {
  const options = optionsIn(folder(t))
  for (let session = 0; session < 2; session++) {
    const audit = await openAudit(options)
    const long = { reason: 'x'.repeat(2000) }
    await Promise.all(Array.from({ length: 600 }, (_, n) => audit.append(event(n, long))))
    await audit.close()
  }
  assert.equal(readdirSync(options.dir).filter((name) => name.endsWith('.jsonl')).length, 2)
  readClosedLog(options.dir, ORIGIN)
  await assertNoAlarm(options.dir)
})

const BAD: readonly [string, unknown, RegExp][] = [
  ['nothing', undefined, /\//],
  ['an unknown action', event(1, { action: 'quary' }), /\/action/],
  ['an action of the log itself', event(1, { action: 'audit.close' }), /\/action/],
  ['an outcome that does not exist', event(1, { outcome: 'ok' }), /\/outcome/],
  ['a key that does not exist', { ...event(1), user: 'u1' }, /\/user is no key/],
  ['no target', { ...event(1), target: undefined }, /\/target is missing/],
  ['a fraction', event(1, { llm: { cost: 0.5 } }), /\/llm\/cost/],
  ['an unsafe integer', event(1, { llm: { tokens: 2 ** 53 } }), /\/llm\/tokens/],
  [
    'a detail of another action',
    event(1, { details: { records_accessed: 3 } }),
    /records_accessed/,
  ],
  ['half a surrogate pair', event(1, { reason: 'a\ud800' }), /\/reason/],
  ['a control character in a name', event(1, { subject: 'a\u0000b' }), /\/subject/],
  [
    'a long text',
    event(1, { ext: { a: { t: 'x'.repeat(70_000) } } }),
    /not valid: \/ext\/a\/t must have at most 2048 characters$/,
  ],
  [
    'too much',
    event(1, {
      ext: Object.fromEntries(Array.from({ length: 40 }, (_, n) => [`k${n}`, 'x'.repeat(2000)])),
    }),
    /at most 65535 bytes as a line, got about \d+; give long texts as `data`/,
  ],
]

test('an event that is not valid is refused by path and rule, and leaves an entry without its values', async (t) => {
  const options = optionsIn(folder(t))
  const audit = await openAudit(options)
  for (const [what, bad, expected] of BAD) {
    await assert.rejects(audit.append(bad as AuditEvent), (error: Error & { code: string }) => {
      assert.equal(error.code, 'AUDIT_EVENT_INVALID', what)
      assert.match(error.message, expected)
      return true
    })
  }
  await audit.close()
  const entries = readClosedLog(options.dir, ORIGIN)
  const said = entries.filter(({ action }) => action === 'audit.invalid_event')
  assert.equal(said.length, BAD.length)
  assert.ok(!JSON.stringify(said).includes('xxx'))
  await assertNoAlarm(options.dir)
})

test('after close every append is refused, and closing twice is closing once', async (t) => {
  const audit = await openAudit(optionsIn(folder(t)))
  const last = audit.append(event(1))
  await Promise.all([audit.close(), audit.close()])
  assert.equal((await last).seq, 2)
  await assert.rejects(audit.append(event(2)), { code: 'AUDIT_CLOSED' })
})

test('a clock that is set back is held and said once, and time does not run backwards', async (t) => {
  let now = Date.UTC(2026, 10, 20)
  const options = optionsIn(folder(t), { clock: () => now })
  const audit = await openAudit(options)
  await audit.append(event(1))
  now -= 3_600_000
  await audit.append(event(2))
  await audit.append(event(3))
  now += 7_200_000
  await audit.append(event(4))
  await audit.close()
  const entries = readClosedLog(options.dir, ORIGIN)
  const said = entries.filter(({ action }) => action === 'audit.clock')
  assert.deepEqual(
    said.map(({ sys }) => sys),
    [{ delta_ms: 3_600_000 }],
  )
  await assertNoAlarm(options.dir)
})

test('silence is written down', async (t) => {
  const options = optionsIn(folder(t), { heartbeatEvery: 15 })
  const audit = await openAudit(options)
  const before = audit.size
  while (audit.size < before + 2) await new Promise(setImmediate)
  await audit.close()
  assert.ok(readClosedLog(options.dir, ORIGIN).some(({ action }) => action === 'audit.heartbeat'))
})

test('checkpoints come by themselves while entries come', async (t) => {
  const options = optionsIn(folder(t), { checkpointEvery: 10 })
  const audit = await openAudit(options)
  const signed = (): number => statSync(join(options.dir, 'checkpoint')).mtimeMs
  const before = signed()
  await audit.append(event(1))
  while (signed() === before) await new Promise(setImmediate)
  await audit.close()
})

test('at the level os an entry survives the death of its process, and is synced before it is signed', async (t) => {
  const options = optionsIn(folder(t), { durability: 'os' })
  const audit = await openAudit(options)
  await audit.append(event(1))
  assert.equal((await audit.checkpoint()).size, 3)
  await audit.close()
  readClosedLog(options.dir, ORIGIN)
})

test('at the level s3 an append resolves once a checkpoint over it was shipped', async (t) => {
  const shipped: number[] = []
  const ship = async ({ size }: { size: number }): Promise<void> => void shipped.push(size)
  const audit = await openAudit(optionsIn(folder(t), { durability: 's3', ship }))
  const places = await Promise.all(Array.from({ length: 20 }, (_, n) => audit.append(event(n))))
  assert.ok((shipped.at(-1) ?? 0) > (places.at(-1)?.seq ?? 0))
  assert.ok(shipped.length < 20, 'those that wait go together')
  const local = await audit.append(event(21), { durability: 'local' })
  assert.ok((shipped.at(-1) ?? 0) <= local.seq)
  await audit.close()
})

test('an append that cannot be shipped is refused in time, and is in the log', async (t) => {
  const ship = (): Promise<void> => new Promise(() => undefined)
  const options = optionsIn(folder(t), { durability: 's3', ship, timeout: 50 })
  const audit = await openAudit(options)
  await assert.rejects(audit.append(event(1)), { code: 'AUDIT_TIMEOUT' })
  await audit.close()
  assert.deepEqual(
    readClosedLog(options.dir, ORIGIN).flatMap(({ ext }) => ext?.n ?? []),
    [1],
  )
})

test('more appends than may wait are refused, counted and written down', async (t) => {
  const options = optionsIn(folder(t), { maxQueued: 10 })
  const audit = await openAudit(options)
  const answers = await Promise.allSettled(
    Array.from({ length: 25 }, (_, n) => audit.append(event(n))),
  )
  const refused = answers.filter(({ status }) => status === 'rejected')
  assert.equal(refused.length, 15)
  await audit.close()
  const gaps = readClosedLog(options.dir, ORIGIN).filter(({ action }) => action === 'audit.gap')
  assert.deepEqual(
    gaps.map(({ sys }) => [sys?.count, sys?.cause]),
    [[15, 'overloaded']],
  )
})

test('the log is an AuditSink, and what the record calls an audit event can be appended', async (t) => {
  const audit: AuditLog = await openAudit(optionsIn(folder(t)))
  const sink: AuditSink = audit
  const recorded: RecordedEvent = {
    action: 'completion',
    actor: { type: 'user', id: 'u1' },
    target: { type: 'model', id: 'acme-large' },
    outcome: 'success',
    trace: { trace_id: 'a'.repeat(32), span_id: 'b'.repeat(16) },
    llm: { provider: 'acme', input_tokens: 3, cost_nusd: null },
    reason: 'asked',
  }
  assert.equal((await sink.append(recorded)).seq, 2)
  await audit.close()
})

test('options that cannot be are named before anything is made', async (t) => {
  const path = folder(t)
  const good = optionsIn(path)
  const bad = [
    { ...good, origin: 'with space' },
    { ...good, origin: '' },
    { ...good, dir: 7 },
    { ...good, key: undefined },
    { ...good, key: join(good.dir, 'audit.key') },
    { ...good, contentKey: join(good.dir, 'content.key') },
    { ...good, durability: 's3' },
    { ...good, durability: 'memory' },
    { ...good, timeout: 0 },
    { ...good, stream: '../other' },
    { ...good, normal: 'query' },
  ]
  for (const options of bad) {
    await assert.rejects(openAudit(options as never), { code: 'AUDIT_OPTION_INVALID' })
  }
  assert.ok(!existsSync(good.dir))
})

test('a folder keeps its origin and its key', async (t) => {
  const path = folder(t)
  const options = optionsIn(path)
  await (await openAudit(options)).close()
  await assert.rejects(openAudit({ ...options, origin: 'other.example/audit' }), {
    code: 'AUDIT_OPTION_INVALID',
  })
  await assert.rejects(openAudit({ ...options, key: join(path, 'nothing') }), {
    code: 'AUDIT_KEY_MISSING',
  })
  mkdirSync(join(path, 'second'))
  const second = optionsIn(join(path, 'second'))
  await (await openAudit(second)).close()
  await assert.rejects(openAudit({ ...options, key: second.key }), { code: 'AUDIT_KEY_INVALID' })
  assert.equal(statSync(options.key as string).mode & 0o777, 0o600)
  await (await openAudit(options)).close()
})
