import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { type AuditEntry, type ExportFilter, openAudit, verifyAudit } from '../src/index.ts'
import { assertAllHold, bundleOf, verdicts } from './bundle-maker.ts'
import { entriesIn, event, filesIn, jsonLines, mixed, opened } from './export-setup.ts'
import { folder, richLog } from './tamper-log.ts'

const FILTERS: readonly [string, ExportFilter, (entry: AuditEntry) => boolean][] = [
  ['tenant', { tenant: ['beta'] }, ({ tenant }) => tenant === 'beta'],
  ['actor', { actor: ['u1', 'u2'] }, ({ actor }) => ['u1', 'u2'].includes(actor.id)],
  ['action', { action: ['app.*', 'tool_call'] }, ({ action }) => /^app\.|^tool_call$/.test(action)],
  [
    'subject',
    { subject: ['u1'] },
    ({ subject, actor }) => (subject ?? (actor.type === 'user' ? actor.id : '')) === 'u1',
  ],
  [
    'tenant and actor',
    { tenant: ['beta'], actor: ['u1'] },
    ({ tenant, actor }) => tenant === 'beta' && actor.id === 'u1',
  ],
]

for (const [what, filter, isWanted] of FILTERS)
  test(`a bundle by ${what} shows all that was asked for, and of the rest the hashes`, async (t) => {
    const { audit, out } = await opened(t)
    for (const each of mixed()) await audit.append(each)
    const made = await audit.export({ out, filter })
    await audit.close()
    const all = await entriesIn(audit.dir)
    const wanted = all.filter(({ seq }) => seq < made.size).filter(isWanted)
    const shown = jsonLines(join(out, 'entries.jsonl'))
    const ours = shown.filter(({ action }) => !action.startsWith('audit.'))
    assert.ok(wanted.length > 0)
    assert.deepEqual(
      ours.map(({ seq }) => seq),
      wanted.map(({ seq }) => seq),
    )
    assert.equal(made.disclosed + made.withheld, made.size)
    assert.equal(made.disclosed, shown.length)
    assert.equal((await verifyAudit({ dir: out, publicKey: audit.publicKey })).result, 'unanchored')
  })

test('a period begins at its first moment and ends before its last', async (t) => {
  const log = await richLog(folder(t))
  const times = log.lines.map((line) => (JSON.parse(line) as AuditEntry).ts)
  const [from = '', to = ''] = [times[5], times[8]]
  const { dir } = await bundleOf(t, log, { filter: { from: new Date(from), to: new Date(to) } })
  const seqs = jsonLines(join(dir, 'entries.jsonl')).map(({ seq }) => seq)
  assert.deepEqual(seqs, [0, 5, 6, 7])
  const lines = readFileSync(join(dir, 'log', `${'0'.repeat(20)}.jsonl`), 'utf8').split('\n')
  assert.match(lines[4] ?? '', /"reason":"period","seq":4,"withheld":true/)
})

test('nothing of a withheld entry is in the bundle, in clear or encoded', async (t) => {
  const { audit, out } = await opened(t)
  const canary = (place: string): string => `canary-${place}-7f3a`
  await audit.append({
    ...event('app.other', canary('actor')),
    subject: canary('subject'),
    tenant: canary('tenant'),
    target: { type: 'model', id: canary('target') },
    reason: canary('reason'),
    ext: { own: { note: canary('ext') } },
    src: { service: canary('src') },
    llm: { model: canary('llm') },
    op: canary('op'),
    data: [{ part: canary('part'), text: canary('text') }],
  })
  await audit.append(event('query', 'u1'))
  await audit.append({ action: canary('action') } as never).catch(() => undefined)
  await audit.erase({ subject: canary('subject'), reason: canary('erasure'), request: canary('r') })
  await audit.hold({ subject: canary('subject'), reason: canary('hold') })
  const other = { subject: [canary('subject')] }
  await audit.export({ out: `${out}-other`, filter: other, reason: canary('export') })
  const made = await audit.export({
    out,
    filter: { subject: ['u1'] },
    formats: ['jsonl', 'csv', 'ocsf'],
  })
  await audit.close()
  assert.ok(made.withheld >= 5, `${made.withheld} are withheld`)
  const needles = ['canary', 'Y2FuYX', 'NhbmFye', 'jYW5hcn', '63616e617279']
  for (const path of filesIn(out)) {
    const text = readFileSync(join(out, path), 'latin1')
    for (const needle of needles) assert.ok(!text.includes(needle), `${needle} in ${path}`)
  }
})

test('a close that is shown and a start that is withheld are no fault', async (t) => {
  const log = await richLog(folder(t))
  // Entry 12 closes the log, entry 13 opens it again.
  const times = log.lines.map((line) => new Date((JSON.parse(line) as AuditEntry).ts))
  const periods = [
    { from: times[2], to: times[13] },
    { from: times[13], to: times[15] },
    { from: times[12], to: times[13] },
  ]
  for (const { from, to } of periods) {
    if (from === undefined || to === undefined) throw new Error('the log is shorter')
    const { dir, keyFile } = await bundleOf(t, log, { filter: { from, to } })
    const all = await verdicts(dir, keyFile)
    assertAllHold(all)
    assert.deepEqual(all.report.findings, [])
  }
})

test('where names are replaced, somebody is found under the pseudonyms, and named nowhere', async (t) => {
  const { options, out, audit } = await opened(t)
  await audit.close()
  const log = await openAudit({ ...options, pseudonyms: true })
  const stream = await openAudit({ ...options, pseudonyms: true, stream: 's1' })
  for (const tenant of ['acme', 'beta']) {
    await log.append({ ...event('query', 'canary-user'), tenant })
    await log.append({ ...event('query', 'other'), tenant })
    await stream.append({ ...event('query', 'canary-user'), tenant })
  }
  await stream.close()
  await log.export({ out, filter: { subject: ['canary-user'] } })
  const nobody = await log.export({ out: `${out}-2`, filter: { subject: ['canary-unknown'] } })
  await log.close()
  const shown = jsonLines(join(out, 'entries.jsonl')).filter(({ action }) => action === 'query')
  assert.equal(shown.length, 4)
  assert.ok(nobody.withheld >= 6)
  for (const dir of [out, `${out}-2`, options.dir])
    for (const path of filesIn(dir))
      assert.ok(!readFileSync(join(dir, path), 'latin1').includes('canary'), path)
})
