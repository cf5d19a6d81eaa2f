import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { type TestContext, test } from 'node:test'
import {
  type AuditLog,
  type AuditOptions,
  openAudit,
  parseTlogProof,
  parseVerifierKey,
  proveEntry,
  verifyAudit,
  verifyTlogProof,
} from '../src/index.ts'
import { forge } from './forged-tail.ts'
import { LogBuilder, testSigner } from './log-builder.ts'
import { event, folder, ORIGIN, optionsIn } from './log-setup.ts'
import { ALL_BROKEN, ALL_HOLD, statuses } from './statuses.ts'

// When a segment expires, what tells about keys, streams and expiry stays.

const DAY = 86_400_000
const START = Date.UTC(2026, 0, 1)

/** A log with a clock of its own; each `fill` ends several segments on that day. */
class Aging {
  readonly options: AuditOptions
  now = START
  #count = 0

  constructor(t: TestContext) {
    this.options = optionsIn(folder(t), { segmentBytes: 4000, clock: () => this.now })
  }

  get dir(): string {
    return this.options.dir
  }

  async fill(audit: AuditLog, day: number): Promise<void> {
    this.now = START + day * DAY
    for (let n = 0; n < 20; n++) await audit.append(event(this.#count + n))
    this.#count += 20
  }

  before(day: number): { before: Date; reason: string } {
    return { before: new Date(START + day * DAY), reason: 'six months' }
  }

  /** The file of what stays of the range that begins here. */
  kept(first = 0): string {
    return join(this.dir, 'hashes', `${String(first).padStart(20, '0')}.kept`)
  }

  /** A file with a key, for the scripts. */
  keyFile(vkey: string): string {
    const path = join(dirname(this.dir), 'trusted.vkey')
    writeFileSync(path, `${vkey}\n`)
    return path
  }
}

/** Two keys, and all segments with the first and with the rotation have expired. */
async function rotatedAndExpired(t: TestContext): Promise<{ log: Aging; first: string }> {
  const log = new Aging(t)
  const audit = await openAudit(log.options)
  const first = audit.publicKey
  await log.fill(audit, 1)
  await audit.rotateKey({ key: join(dirname(log.dir), 'second.key') })
  await log.fill(audit, 2)
  await log.fill(audit, 9)
  const pruned = await audit.prune(log.before(5))
  assert.ok((pruned.at(-1)?.last ?? 0) > 22, 'the rotation has expired')
  await audit.append(event(0))
  await audit.close()
  return { log, first }
}

test('the first key is enough for a log whose rotation has expired, for its proofs and its bundle', async (t) => {
  const { log, first } = await rotatedAndExpired(t)
  assert.deepEqual(await statuses(log.dir, log.keyFile(first)), ALL_HOLD)
  const { entries } = await verifyAudit({ dir: log.dir })
  const { proof, entry } = await proveEntry(log.dir, entries - 1)
  const key = parseVerifierKey(first)
  assert.equal(verifyTlogProof(parseTlogProof(proof), Buffer.from(entry), [key]), null)
  const audit = await openAudit({ ...log.options, key: join(dirname(log.dir), 'second.key') })
  const out = join(dirname(log.dir), 'bundle')
  await audit.export({ out, filter: { actor: ['nobody'] } })
  await audit.close()
  assert.deepEqual(await statuses(out, log.keyFile(first)), ALL_HOLD)
  const stranger = log.keyFile(testSigner(ORIGIN, 9).key.vkey)
  assert.deepEqual(await statuses(log.dir, stranger), ALL_BROKEN)
})

test('what tells of an expiry stays itself, through years of them', async (t) => {
  const { log, first } = await rotatedAndExpired(t)
  const key = join(dirname(log.dir), 'second.key')
  for (const day of [20, 40, 60]) {
    const audit = await openAudit({ ...log.options, key })
    await log.fill(audit, day)
    assert.ok((await audit.prune(log.before(day))).length > 0)
    await audit.close()
  }
  assert.deepEqual(await statuses(log.dir, log.keyFile(first), false), ALL_HOLD)
  const { findings } = await verifyAudit({ dir: log.dir })
  assert.deepEqual(
    findings.filter(({ code }) => code === 'GAP'),
    [],
  )
})

const CHANGES: Readonly<Record<string, (path: string) => void>> = {
  'is taken away': (path) => rmSync(path),
  'misses a line': (path) => writeFileSync(path, readFileSync(path, 'utf8').replace(/^.*\n/, '')),
  'has another byte': (path) =>
    writeFileSync(path, readFileSync(path, 'utf8').replace('success', 'failure')),
  'has a line twice': (path) => writeFileSync(path, readFileSync(path, 'utf8').repeat(2)),
  'is empty': (path) => writeFileSync(path, ''),
}

for (const [what, change] of Object.entries(CHANGES))
  test(`it is seen when what stayed of an expired segment ${what}`, async (t) => {
    const { log } = await rotatedAndExpired(t)
    change(log.kept())
    assert.deepEqual(await statuses(log.dir, undefined, false), ALL_BROKEN)
  })

test('a segment of which nothing had to stay is given nothing later', async (t) => {
  const { log } = await rotatedAndExpired(t)
  const names = readdirSync(join(log.dir, 'hashes'))
  const bare = names.find((name) => !existsSync(join(log.dir, 'hashes', keptName(name))))
  assert.ok(bare)
  writeFileSync(join(log.dir, 'hashes', keptName(bare)), '')
  assert.deepEqual(await statuses(log.dir, undefined, false), ALL_BROKEN)
})

function keptName(name: string): string {
  return name.replace('.bin', '.kept')
}

test('a stream with a key of its own counts after the entries that named it have expired', async (t) => {
  const log = new Aging(t)
  const own = { ...log.options, stream: 'web-1', key: join(dirname(log.dir), 'web-1.key') }
  const audit = await openAudit(log.options)
  const stream = await openAudit(own)
  await stream.append(event(1))
  await stream.checkpoint()
  await audit.recordStreams({ keys: [stream.publicKey] })
  await log.fill(audit, 1)
  await log.fill(audit, 9)
  await audit.prune(log.before(5))
  await stream.append(event(2))
  await stream.close()
  assert.deepEqual(await statuses(log.dir, undefined, false), ALL_HOLD)
  const [recorded] = await audit.recordStreams()
  assert.equal(recorded?.origin, stream.origin, 'its key is known, and need not be given again')
  await audit.close()
  assert.deepEqual(await statuses(log.dir, undefined, false), ALL_HOLD)
  rmSync(stream.dir, { recursive: true })
  assert.deepEqual(await statuses(log.dir, undefined, false), ALL_BROKEN)
})

test('of a segment that expires nothing stays that its writer had found unsigned', async (t) => {
  const log = new Aging(t)
  const first = await openAudit(log.options)
  await log.fill(first, 1)
  await first.close()
  const evil = testSigner(ORIGIN, 9).key.vkey
  forge(log.dir, [
    ['audit.key_rotate', { new: evil, old: first.publicKey }],
    ['audit.stream', { key: evil, origin: `${ORIGIN}/web-1`, root: 'AAAA', size: 3 }],
  ])
  const audit = await openAudit(log.options)
  await log.fill(audit, 2)
  await log.fill(audit, 9)
  await audit.prune(log.before(5))
  await audit.close()
  const names = readdirSync(join(log.dir, 'hashes')).filter((name) => name.endsWith('.kept'))
  const stayed = names.map((name) => readFileSync(join(log.dir, 'hashes', name), 'utf8')).join('')
  assert.match(stayed, /audit\.genesis/)
  assert.ok(!stayed.includes(evil))
  assert.deepEqual(await statuses(log.dir, log.keyFile(first.publicKey), false), ALL_HOLD)
})

test('what stayed has the hashes of its places: another byte that is named is seen', async (t) => {
  const log = await new LogBuilder(folder(t)).open().entries(2).checkpoint()
  log.rotate().entries(1)
  const said = log.prepareExpiry(0, 3, /genesis/)
  const path = join(log.dir, 'hashes', `${'0'.repeat(20)}.kept`)
  const changed = readFileSync(path, 'utf8').replace('success', 'failure')
  writeFileSync(path, changed)
  log.own('audit.prune', { ...said, kept: createHash('sha256').update(changed).digest('hex') })
  rmSync(log.segmentPath(0))
  await log.close().checkpoint()
  assert.deepEqual(await statuses(log.dir, undefined, false), ALL_BROKEN)
})

test('that what told of an expiry has expired itself is a note, and nothing stayed that no entry names', async (t) => {
  // As it was before such entries stayed.
  const log = await new LogBuilder(folder(t)).open().entries(2).checkpoint()
  log.rotate().own('audit.prune', log.prepareExpiry(0, 3))
  rmSync(log.segmentPath(0))
  await log.checkpoint()
  log.rotate().own('audit.prune', log.prepareExpiry(4, 4))
  rmSync(log.segmentPath(4))
  await log.close().checkpoint()
  assert.deepEqual(await statuses(log.dir, undefined, false), ALL_HOLD)
  const { findings } = await verifyAudit({ dir: log.dir })
  const gaps = findings.filter(({ code }) => code === 'GAP')
  assert.deepEqual(
    gaps.map(({ severity, seq }) => [severity, seq]),
    [['note', 0]],
  )
  writeFileSync(join(log.dir, 'hashes', `${'0'.repeat(20)}.kept`), '')
  assert.deepEqual(await statuses(log.dir, undefined, false), ALL_BROKEN)
})
