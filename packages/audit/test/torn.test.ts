import assert from 'node:assert/strict'
import {
  cpSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { type AuditError, openAudit } from '../src/index.ts'
import { genesisLink } from '../src/line.ts'
import { remainsOf, scanSegment } from '../src/scan.ts'
import { seeded } from './kill.ts'
import { readClosedLog, segmentLines } from './log-oracle.ts'
import { event, folder, ORIGIN, optionsIn } from './log-setup.ts'
import { rechained } from './rechain.ts'

const SEGMENT = '00000000000000000000.jsonl'

/** A log as a killed writer leaves it: `audit` is copied while it is open, without a checkpoint over its last entries. */
async function killedLog(t: TestContext, events: number): Promise<string> {
  const path = folder(t)
  const options = optionsIn(path)
  const audit = await openAudit(options)
  for (let n = 0; n < events; n++) await audit.append(event(n))
  cpSync(options.dir, join(path, 'killed'), { recursive: true })
  await audit.close()
  return path
}

/** Opens and closes a copy of the killed log after something happened to its segment; its entries. */
async function recovered(
  path: string,
  change: (segment: string) => void,
): ReturnType<typeof readEntries> {
  const dir = join(path, 'copy')
  cpSync(join(path, 'killed'), dir, { recursive: true, force: true })
  change(join(dir, SEGMENT))
  return readEntries(dir, join(path, 'audit.key'))
}

async function readEntries(
  dir: string,
  key: string,
): Promise<readonly { n: number | undefined; action: string }[]> {
  const audit = await openAudit({ dir, origin: ORIGIN, key, reserveBytes: 0 })
  await audit.close()
  const entries = readClosedLog(dir, ORIGIN).map(({ ext, action }) => ({ n: ext?.n, action }))
  rmSync(dir, { recursive: true })
  return entries
}

function numbers(entries: readonly { n: number | undefined }[]): number[] {
  return entries.map(({ n }) => n).filter((n) => n !== undefined)
}

test('a segment that is cut at any byte keeps exactly its whole lines', async (t) => {
  const path = await killedLog(t, 50)
  const lines = readFileSync(join(path, 'killed', SEGMENT))
    .toString()
    .split('\n')
    .slice(0, -1)
  const bytes = Buffer.from(`${lines.join('\n')}\n`)
  const from = { seq: 0, prev: genesisLink(ORIGIN), time: 0 }
  let whole = 0
  for (let cut = 0; cut <= bytes.length; cut++) {
    if (cut > 0 && bytes[cut - 1] === 0x0a) whole += 1
    const all = { limit: Number.MAX_SAFE_INTEGER, signed: 0 }
    const { leaves, end } = scanSegment(bytes.subarray(0, cut), ORIGIN, from, all)
    assert.equal(leaves.length, whole, `cut at ${cut}`)
    const remains = remainsOf(bytes.subarray(end, cut), ORIGIN, { ...from, seq: whole })
    assert.equal(remains?.bytes.length ?? 0, cut - end)
    assert.equal(remains?.lines ?? 0, 0)
  }
})

test('a writer that finds its newest line cut, at any byte of it, goes on behind the one before', async (t) => {
  const path = await killedLog(t, 3)
  const length = Buffer.byteLength(`${lastLine(join(path, 'killed', SEGMENT))}\n`)
  const full = bytesOfLines(join(path, 'killed', SEGMENT))
  for (let cut = 1; cut <= length; cut++) {
    const entries = await recovered(path, (segment) => truncateSync(segment, full - cut))
    assert.deepEqual(numbers(entries), [0, 1], `${cut} bytes were cut`)
    // A cut at a line's end leaves nothing behind.
    const said = entries.filter(({ action }) => action === 'audit.recovered')
    assert.equal(said.length, cut === length ? 0 : 1)
  }
})

test('zeros, garbage and old bytes behind the newest line harm nothing', async (t) => {
  const path = await killedLog(t, 3)
  const full = bytesOfLines(join(path, 'killed', SEGMENT))
  const random = seeded(3)
  const garbage = (size: number): Buffer =>
    Buffer.from(Array.from({ length: size }, () => Math.floor(random() * 256)))
  for (const size of [1, 511, 512, 513, 4096, 10_000]) {
    for (const tail of [
      Buffer.alloc(size),
      garbage(size),
      oldBytes(path, size),
      Buffer.alloc(size, '\n'),
    ]) {
      const entries = await recovered(path, (segment) => {
        const bytes = readFileSync(segment).subarray(0, full)
        writeFileSync(segment, Buffer.concat([bytes, tail]))
      })
      assert.deepEqual(numbers(entries), [0, 1, 2])
    }
  }
})

test('what a crash left is kept in quarantine, and an entry says what and why', async (t) => {
  const path = await killedLog(t, 3)
  const dir = join(path, 'killed')
  const full = bytesOfLines(join(dir, SEGMENT))
  truncateSync(join(dir, SEGMENT), full - 10)
  const audit = await openAudit({ ...optionsIn(path), dir })
  await audit.close()
  const [said] = readClosedLog(dir, ORIGIN).filter(({ action }) => action === 'audit.recovered')
  const [file, ...others] = readdirSync(join(dir, 'quarantine'))
  assert.deepEqual(others, [])
  assert.equal(said?.sys?.file, file)
  assert.equal(said?.sys?.cause, 'torn')
  assert.equal(said?.sys?.bytes, statSync(join(dir, 'quarantine', file as string)).size)
})

test('lines behind a changed one are no crash as long as the machine did not restart', async (t) => {
  const path = await killedLog(t, 5)
  const dir = join(path, 'killed')
  const segment = join(dir, SEGMENT)
  const text = readFileSync(segment, 'latin1')
  writeFileSync(segment, text.replace('{"n":2}', '{"n":7}'), 'latin1')
  const before = readFileSync(segment)
  await assert.rejects(openAudit({ ...optionsIn(path), dir }), { code: 'AUDIT_DAMAGED' })
  assert.deepEqual(readFileSync(segment), before, 'a refused log is left as it was')
  assert.deepEqual(
    readdirSync(dir).filter((name) => name.includes('recovering')),
    [],
  )
})

test('after a restart of the machine a hole in what was not acknowledged is recovered from', async (t) => {
  const path = await killedLog(t, 5)
  const dir = join(path, 'killed')
  const segment = join(dir, SEGMENT)
  // Another boot: its name stands in audit.open, so the chain behind it is made anew.
  const lines = rechained(ORIGIN, textLines(segment), (entry) =>
    entry.action === 'audit.open'
      ? { ...entry, sys: { ...(entry.sys as object), boot: 'before' } }
      : entry,
  )
  const bytes = Buffer.from(lines.map((line) => `${line}\n`).join(''))
  const hole = bytes.indexOf('{"n":2}')
  bytes.fill(0, hole - 20, hole + 50)
  writeFileSync(segment, bytes)
  // No checkpoint covers it, else it would be damage.
  for (const name of ['checkpoint', 'checkpoints', 'tree.json'])
    rmSync(join(dir, name), { recursive: true })
  const audit = await openAudit({ ...optionsIn(path), dir })
  await audit.close()
  const entries = readClosedLog(dir, ORIGIN)
  assert.deepEqual(numbers(entries.map(({ ext, action }) => ({ n: ext?.n, action }))), [0, 1])
  const [said] = entries.filter(({ action }) => action === 'audit.recovered')
  assert.equal(said?.sys?.cause, 'hole')
  assert.equal(said?.sys?.lines, 2)
})

test('a log that is shorter than its checkpoint is refused', async (t) => {
  const path = folder(t)
  const options = optionsIn(path)
  const audit = await openAudit(options)
  await audit.append(event(1))
  await audit.close()
  const lines = segmentLines(options.dir)
  writeFileSync(
    join(options.dir, SEGMENT),
    lines
      .slice(0, -1)
      .map((line) => `${line}\n`)
      .join(''),
  )
  await assert.rejects(openAudit(options), (error: AuditError) => error.code === 'AUDIT_TRUNCATED')
})

test('an entry that is changed before the checkpoint is refused, also without the cache', async (t) => {
  const path = folder(t)
  const options = optionsIn(path)
  const audit = await openAudit(options)
  await audit.append(event(1))
  await audit.close()
  const segment = join(options.dir, SEGMENT)
  writeFileSync(segment, readFileSync(segment, 'utf8').replace('acme-large', 'acme-small'))
  await assert.rejects(openAudit(options), { code: 'AUDIT_DAMAGED' })
  rmSync(join(options.dir, 'tree.json'))
  await assert.rejects(openAudit(options), { code: 'AUDIT_DAMAGED' })
})

function textLines(segment: string): string[] {
  return readFileSync(segment, 'utf8').split('\n').slice(0, -1)
}

function lastLine(segment: string): string {
  return textLines(segment).at(-1) as string
}

function bytesOfLines(segment: string): number {
  return readFileSync(segment).lastIndexOf(0x0a) + 1
}

/** Bytes of earlier lines, as a block of the disk may hold that was another file's before. */
function oldBytes(path: string, size: number): Buffer {
  const bytes = readFileSync(join(path, 'killed', SEGMENT))
  const full = bytes.lastIndexOf(0x0a) + 1
  return Buffer.concat(Array.from({ length: 20 }, () => bytes.subarray(0, full))).subarray(0, size)
}
