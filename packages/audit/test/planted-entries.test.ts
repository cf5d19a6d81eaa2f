import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { type AuditOptions, openAudit, verifyAudit } from '../src/index.ts'
import { forge } from './forged-tail.ts'
import { LogBuilder } from './log-builder.ts'
import { segmentLines } from './log-oracle.ts'
import { event, folder, optionsIn } from './log-setup.ts'
import { ALL_HOLD, statuses } from './statuses.ts'

// Somebody without a key appends ordinary entries behind the newest checkpoint. They are named as unsigned, and hurt nothing later.

const DAY = 86_400_000
const KID = '0123456789abcdef'
const CT = createHash('sha256').update('nothing').digest('hex')
const START = Date.UTC(2026, 0, 1)

interface Planted {
  readonly options: AuditOptions
  readonly at: (day: number) => void
}

/** A closed log with these entries behind it, whose clock can be set. */
async function planted(t: TestContext, entries: Parameters<typeof forge>[1]): Promise<Planted> {
  let now = START
  const options = optionsIn(folder(t), { clock: () => now, segmentBytes: 4000 })
  const audit = await openAudit(options)
  await audit.append(event(1))
  await audit.close()
  forge(options.dir, entries)
  return {
    options,
    at: (day) => {
      now = START + day * DAY
    },
  }
}

async function goOn({ options, at }: Planted): Promise<void> {
  at(1)
  const audit = await openAudit(options)
  await audit.append(event(2))
  await audit.close()
}

const content = (ct: unknown, kid: unknown = KID): object => ({
  data: [{ bytes: 1, c: '', ct, kept: true, kid, part: 'input' }],
})

const NAMED: Readonly<Record<string, object>> = {
  'content that is not there': content(CT),
  'content by what is no hash': content('../../etc', 7),
  'content that is a folder': content('f'.repeat(64)),
  'other content than there is': content('e'.repeat(64)),
}

for (const [what, more] of Object.entries(NAMED))
  test(`an entry that nobody has signed and that names ${what} makes no log incomplete`, async (t) => {
    const log = await planted(t, [['query', {}, more]])
    const { dir } = log.options
    mkdirSync(join(dir, 'content', KID, 'f'.repeat(64)), { recursive: true })
    writeFileSync(join(dir, 'content', KID, 'e'.repeat(64)), 'x')
    assert.deepEqual(await statuses(dir, undefined, false), ALL_HOLD)
    await goOn(log)
    assert.deepEqual(await statuses(dir, undefined, false), ALL_HOLD)
    const { findings } = await verifyAudit({ dir })
    const said = findings.map(({ detail }) => detail).join('\n')
    assert.match(said, /entry 5, which names it, was not signed when the log was opened again/)
  })

test('missing content counts in what a writer signed before the next one started, also between two checkpoints', async (t) => {
  const log = await new LogBuilder(folder(t)).open().withContent(KID, 'hello').checkpoint()
  const lost = log.lines.find((line) => line.includes('"ct"'))
  const { ct } = JSON.parse(lost ?? '').data[0]
  assert.match(ct, /^[0-9a-f]{64}$/)
  // The checkpoint of size 3 was not kept, and the next writer found one entry behind it.
  log.entries(1).open(true, 3).close()
  await log.checkpoint()
  writeFileSync(join(log.dir, 'content', KID, ct), 'another')
  const { result } = await verifyAudit({ dir: log.dir })
  assert.equal(result, 'tampered')
})

test('a time in the far future that nobody has signed holds no later time, and its segment expires', async (t) => {
  const far = { ts: '2999-01-01T00:00:00.000Z' }
  const log = await planted(t, [
    ['query', {}, far],
    ['query', {}, far],
  ])
  const { dir } = log.options
  await goOn(log)
  const times = segmentLines(dir).map((line) => String(JSON.parse(line).ts))
  assert.ok(times.at(-1)?.startsWith('2026-01-02'), times.at(-1))
  assert.deepEqual(await statuses(dir, undefined, false), ALL_HOLD)
  const audit = await openAudit(log.options)
  for (let n = 0; n < 40; n += 1) await audit.append(event(n))
  log.at(20)
  for (let n = 0; n < 40; n += 1) await audit.append(event(n))
  const pruned = await audit.prune({ before: new Date(START + 10 * DAY), reason: 'x' })
  await audit.close()
  assert.ok(pruned.length > 2)
  assert.deepEqual(await statuses(dir, undefined, false), ALL_HOLD)
})

test('a clock that was ahead when a writer was killed holds no later time, and is told', async (t) => {
  const log = await new LogBuilder(folder(t)).open().entries(1).checkpoint()
  log.clock += DAY
  log.entries(2)
  log.clock -= DAY
  log.open(true, 3).close()
  await log.checkpoint()
  assert.deepEqual(await statuses(log.dir, undefined, false), ALL_HOLD)
  const { findings } = await verifyAudit({ dir: log.dir })
  assert.ok(findings.some(({ code, severity }) => code === 'CLOCK' && severity === 'note'))
})

const ODD: Readonly<Record<string, readonly [string, object, object]>> = {
  'has no actor': ['query', {}, { actor: null }],
  'has a time without milliseconds': ['query', {}, { ts: '2999-01-01T00:00:00Z' }],
  'is before the entry before it': ['query', {}, { ts: '1999-01-01T00:00:00.000Z' }],
  'begins a log within the log': ['audit.genesis', { keys: [] }, {}],
  'has content that is none': ['query', {}, { data: ['x'] }],
}

for (const [what, entry] of Object.entries(ODD))
  test(`a writer does not sign an entry that ${what}: no crash leaves one`, async (t) => {
    const log = await planted(t, [entry])
    const { dir } = log.options
    const before = readFileSync(newestOf(dir))
    await assert.rejects(openAudit(log.options), { code: 'AUDIT_DAMAGED' })
    assert.deepEqual(readFileSync(newestOf(dir)), before)
  })

function newestOf(dir: string): string {
  const names = readdirSync(dir).filter((name) => name.endsWith('.jsonl'))
  return join(dir, names.sort().at(-1) ?? '')
}

for (const epoch of ['x', 1e15, -1, null])
  test(`a start that somebody else wrote does not keep the next one from counting (${epoch})`, async (t) => {
    const log = await planted(t, [['audit.open', { epoch }]])
    await goOn(log)
    assert.deepEqual(await statuses(log.options.dir, undefined, false), ALL_HOLD)
  })

test('an export that somebody else tells of is not the one before', async (t) => {
  const log = await planted(t, [['audit.export', { size: 900, root: 'AAAA' }]])
  await goOn(log)
  const audit = await openAudit(log.options)
  const out = join(dirname(log.options.dir), 'bundle')
  await audit.export({ out })
  await audit.close()
  assert.deepEqual(await statuses(out, undefined, false), ALL_HOLD)
  assert.match(readFileSync(join(out, 'manifest.json'), 'utf8'), /"previous":null/)
})
