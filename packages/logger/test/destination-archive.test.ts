import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { Worker } from 'node:worker_threads'
import { gzipSync } from 'node:zlib'
import { compress } from '../src/destination/compress.ts'
import { familyOf } from '../src/destination/file-names.ts'
import {
  clockAt,
  hiddenFiles,
  linesIn,
  linesOf,
  openFile,
  temporaryFolder,
  until,
  upTo,
  visibleFiles,
} from './destination-files.ts'

const NOON = Date.UTC(2026, 10, 21, 12)

test('only so many rotated files stay, the newest', async (t) => {
  const folder = temporaryFolder(t)
  const destination = openFile(t, folder, {
    maxBytes: 10,
    keep: 3,
    clock: clockAt(NOON).read,
  })
  for (const number of upTo(12)) destination.write(`line ${number}\n`)
  const expected = ['9', '10', '11'].map((n) => `app.2026-11-21.${n}.jsonl.gz`).sort()
  await until(() => visibleFiles(folder).join() === [...expected, 'app.jsonl'].join())
})

test('what a crash left is repaired: half copies go, complete copies replace their originals, others are made again', async (t) => {
  const folder = temporaryFolder(t)
  const write = (name: string, content: string | Buffer): void =>
    writeFileSync(join(folder, name), content)
  write('app.2026-10-01.1.jsonl', 'complete\n')
  write('app.2026-10-01.1.jsonl.gz', gzipSync('complete\n'))
  write('app.2026-10-01.2.jsonl', 'damaged\n')
  write('app.2026-10-01.2.jsonl.gz', gzipSync('damaged\n').subarray(0, 15))
  write('app.2026-10-01.3.jsonl', 'plain\n')
  write('app.2026-10-01.4.jsonl', 'longer\n')
  write('app.2026-10-01.4.jsonl.gz', gzipSync('long\n'))
  // Process 1 lives, but did not start then: its number was another process's.
  const owner = `${ownPlace(t)}-1-1-00000000`
  write(`.app.2026-10-01.3.jsonl.gz.${owner}.tmp`, 'half')
  write(`.app.jsonl.${owner}.claim`, '')
  openFile(t, folder).write('new\n')
  const expected = ['1', '2', '3', '4'].map((n) => `app.2026-10-01.${n}.jsonl.gz`)
  await until(() => visibleFiles(folder).join() === [...expected, 'app.jsonl'].join())
  assert.deepEqual(linesIn(folder), ['complete', 'damaged', 'plain', 'longer', 'new'])
  assert.equal(hiddenFiles(folder).length, 1, 'our own claim alone')
})

test('files beside it that only look alike are not touched', async (t) => {
  const folder = temporaryFolder(t)
  const others = ['app.2.jsonl', 'app.old.jsonl', 'app.2026-10-01.jsonl', 'apple.jsonl', 'app.txt']
  for (const name of others) writeFileSync(join(folder, name), 'mine\n')
  const destination = openFile(t, folder, { maxBytes: 10, keep: 1, clock: clockAt(NOON).read })
  for (const number of upTo(9)) destination.write(`line ${number}\n`)
  await until(() => visibleFiles(folder).length === others.length + 2)
  for (const name of others) assert.equal(readFileSync(join(folder, name), 'utf8'), 'mine\n')
})

test('a worker thread has a file of its own', async (t) => {
  const folder = temporaryFolder(t)
  const path = join(folder, 'app.jsonl')
  openFile(t, folder).write('main\n')
  const source = new URL('../src/destination/file.js', import.meta.url).href
  const worker = new Worker(
    `import(${JSON.stringify(source)}).then(({ file }) => file(${JSON.stringify({ path })}.path).write('worker\\n'))`,
    { eval: true },
  )
  await once(worker, 'exit')
  assert.deepEqual(linesOf(path), ['main'])
  assert.deepEqual(linesOf(join(folder, 'app.w2.jsonl')), ['worker'])
  assert.equal(hiddenFiles(folder).length, 1, 'the worker has given its claim back')
})

test('the file of a process that ran beside this one, and is gone, is rotated, compressed and kept as ours are', async (t) => {
  const folder = temporaryFolder(t)
  const old = new Date('2026-10-01T12:00:00Z')
  const path = join(folder, 'app.w2.jsonl')
  writeFileSync(path, 'left behind\n')
  utimesSync(path, old, old)
  openFile(t, folder).write('new\n')
  const expected = ['app.jsonl', 'app.w2.2026-10-01.1.jsonl.gz']
  await until(() => visibleFiles(folder).join() === expected.join())
  assert.deepEqual(linesIn(folder), ['new', 'left behind'])
  await until(() => hiddenFiles(folder).length === 1)
})

test('a file that took a rotated name while the older one was compressed is not removed', async (t) => {
  const folder = temporaryFolder(t)
  const path = join(folder, 'app.2026-10-01.1.jsonl')
  writeFileSync(path, `${randomBytes(4_000_000).toString('hex')}\n`)
  const done = compress(familyOf(join(folder, 'app.jsonl')), 'app.2026-10-01.1.jsonl')
  await until(() => hiddenFiles(folder).length === 1)
  rmSync(path)
  writeFileSync(path, 'new\n')
  await done
  assert.deepEqual(linesOf(path), ['new'])
})

test('of threads that start at once, each has a file of its own, and one of them the path', async (t) => {
  const folder = temporaryFolder(t)
  const count = 6
  const gate = new Int32Array(new SharedArrayBuffer(8))
  const source = new URL('../src/destination/file.js', import.meta.url).href
  const program = `
    const { workerData } = require('node:worker_threads')
    const { source, path, gate, count } = workerData
    import(source).then(({ file }) => {
      const destination = file(path)
      Atomics.add(gate, 0, 1)
      while (Atomics.load(gate, 0) < count);
      destination.write('line\\n')
      Atomics.add(gate, 1, 1)
      while (Atomics.load(gate, 1) < count);
    })`
  const workerData = { source, path: join(folder, 'app.jsonl'), gate, count }
  const workers = upTo(count).map(() => new Worker(program, { eval: true, workerData }))
  await Promise.all(workers.map((worker) => once(worker, 'exit')))
  const names = visibleFiles(folder)
  assert.equal(names.length, count)
  assert.ok(names.includes('app.jsonl'))
  for (const name of names) assert.deepEqual(linesOf(join(folder, name)), ['line'])
})

test('a claim from another host holds as long as it is touched now and then', (t) => {
  const folder = temporaryFolder(t)
  const claim = join(folder, '.app.jsonl.01234567-1-1-00000000.claim')
  writeFileSync(claim, '')
  const first = openFile(t, folder)
  first.write('beside\n')
  assert.deepEqual(visibleFiles(folder), ['app.w2.jsonl'])
  first.close()
  const longAgo = new Date(Date.now() - 61_000)
  utimesSync(claim, longAgo, longAgo)
  const second = openFile(t, folder)
  second.write('alone\n')
  assert.deepEqual(visibleFiles(folder), ['app.jsonl', 'app.w2.jsonl'])
  assert.ok(!existsSync(claim))
})

test('a process whose claim was taken away goes on beside the one that has the path now', (t) => {
  const folder = temporaryFolder(t)
  const clock = clockAt(NOON)
  const destination = openFile(t, folder, { every: 'never', clock: clock.read })
  destination.write('one\n')
  for (const name of hiddenFiles(folder)) rmSync(join(folder, name))
  writeFileSync(join(folder, '.app.jsonl.01234567-1-1-00000000.claim'), '')
  clock.now += 1000
  destination.write('two\n')
  assert.deepEqual(linesOf(join(folder, 'app.jsonl')), ['one'])
  assert.deepEqual(linesOf(join(folder, 'app.w2.jsonl')), ['two'])
})

/** How claims name this machine and boot: learnt from a claim that we make. */
function ownPlace(t: TestContext): string {
  const folder = temporaryFolder(t)
  openFile(t, folder).write('x\n')
  const [claim = ''] = hiddenFiles(folder)
  const match = /([0-9a-f]{8})-\d+-\d+-[0-9a-f]{8}\.claim$/.exec(claim)
  return match?.[1] ?? assert.fail('no claim')
}
