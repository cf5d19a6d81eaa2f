import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { startChild } from './destination-child.ts'
import {
  linesIn,
  linesOf,
  temporaryFolder,
  until,
  upTo,
  visibleFiles,
} from './destination-files.ts'

/** docs/operating.md names no wait for files; a busy machine gets some time, a hang would get none. */
const BOUND_MS = 1000

interface Line {
  number?: number
  event?: string
  reason?: string
  count?: number
}

/** Every line is whole; kept lines are in order; the report stands where the lost ones would be. */
function checkOneGap(
  lines: readonly string[],
  written: number,
  lost: number,
  reason: string,
): void {
  const parsed = lines.map((line) => JSON.parse(line) as Line)
  const gap = parsed.findIndex((line) => line.event === 'records_dropped')
  assert.deepEqual([parsed[gap]?.reason, parsed[gap]?.count], [reason, lost])
  const numbers = parsed.toSpliced(gap, 1).map((line) => line.number)
  const all = upTo(written)
  assert.deepEqual(numbers, all.toSpliced(gap, lost))
}

/** A small file system of its own, where this user may mount one. */
function smallFileSystem(t: TestContext, size = 'size=128k'): string | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'destination-'))
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', size, 'tmpfs', folder], { stdio: 'ignore' })
  } catch {
    rmdirSync(folder)
    t.diagnostic('left out: a full tmpfs (this user may not mount one)')
    return undefined
  }
  t.after(() => {
    execFileSync('umount', ['-l', folder])
    rmdirSync(folder)
  })
  return folder
}

function fillWithFiles(folder: string): string[] {
  const paths: string[] = []
  try {
    for (;;) {
      const path = join(folder, `other ${paths.length}`)
      writeFileSync(path, '')
      paths.push(path)
    }
  } catch {
    return paths
  }
}

test('a full disk costs the lines that do not fit in memory, which are told when there is room', async (t) => {
  const folder = smallFileSystem(t)
  if (folder === undefined) return
  writeFileSync(join(folder, 'other'), Buffer.alloc(40_000))
  const child = startChild(t, [
    'file',
    { path: join(folder, 'app.jsonl'), maxPendingBytes: 20_000 },
  ])
  const { dropped, slowestMs } = await child.ask({ write: 1000, bytes: 200 })
  assert.ok(dropped.lines > 0)
  assert.ok(slowestMs < BOUND_MS, `${slowestMs} ms`)
  t.diagnostic(`slowest call on a full disk: ${slowestMs.toFixed(1)} ms`)
  // A line that is written in part stays in its file, also when the day ends meanwhile.
  await child.ask({ advance: 86_400_000, flush: true })
  rmSync(join(folder, 'other'))
  await child.ask({ flush: true })
  const after = await child.ask({ write: 10, bytes: 200 })
  await child.end()
  assert.equal(visibleFiles(folder).length, 2)
  checkOneGap(linesIn(folder), after.written, dropped.lines, 'ENOSPC')
})

test('without room for a new file, lines go on in the old one, and rotation comes later', async (t) => {
  const folder = smallFileSystem(t, 'nr_inodes=20')
  if (folder === undefined) return
  const child = startChild(t, [
    'file',
    { path: join(folder, 'app.jsonl'), maxBytes: 1000, gzip: false },
  ])
  await child.ask({ write: 1, bytes: 330 })
  const others = fillWithFiles(folder)
  const { dropped } = await child.ask({ write: 9, bytes: 330 })
  assert.equal(dropped.lines, 0)
  assert.equal(linesOf(join(folder, 'app.jsonl')).length, 10)
  for (const path of others) rmSync(path)
  assert.deepEqual(visibleFiles(folder), ['app.jsonl'])
  await child.ask({ advance: 1000, write: 1, bytes: 330 })
  await child.end()
  assert.deepEqual(linesIn(folder).length, 11)
  assert.deepEqual(visibleFiles(folder).length, 2)
})

test('a process that ends while the disk is full leaves whole lines', async (t) => {
  const folder = smallFileSystem(t)
  if (folder === undefined) return
  const child = startChild(t, ['file', { path: join(folder, 'app.jsonl') }])
  await child.ask({ write: 1000, bytes: 333 })
  await child.end()
  const lines = linesIn(folder)
  assert.deepEqual(
    lines.map((line) => (JSON.parse(line) as Line).number),
    upTo(lines.length),
  )
})

test('a file that may not grow costs the lines that do not fit in memory, which are told in the next file', async (t) => {
  const folder = temporaryFolder(t)
  const path = join(folder, 'app.jsonl')
  const child = startChild(t, ['file', { path, maxPendingBytes: 20_000 }], {
    limit: 'ulimit -f 64',
  })
  const { dropped, slowestMs } = await child.ask({ write: 1000, bytes: 200 })
  assert.ok(dropped.lines > 0)
  assert.ok(slowestMs < BOUND_MS, `${slowestMs} ms`)
  const before = linesOf(path).filter((line) => !line.startsWith('cut:'))
  rmSync(path)
  await child.ask({ advance: 1000, flush: true })
  const after = await child.ask({ write: 10, bytes: 200 })
  await child.end()
  checkOneGap([...before, ...linesOf(path)], after.written, dropped.lines, 'EFBIG')
})

test('without file descriptors to open, lines go on in the old file, and rotation comes later', async (t) => {
  const folder = temporaryFolder(t)
  const child = startChild(
    t,
    ['file', { path: join(folder, 'app.jsonl'), maxBytes: 1000, gzip: false }],
    { limit: 'ulimit -n 64' },
  )
  await child.ask({ write: 2, bytes: 330 })
  await until(() => visibleFiles(folder).length === 1)
  const { dropped } = await child.ask({ exhaust: true, write: 18, bytes: 330 })
  assert.equal(dropped.lines, 0)
  assert.deepEqual(visibleFiles(folder), ['app.jsonl'])
  assert.equal(linesIn(folder).length, 20)
  await child.ask({ release: true, write: 1, bytes: 330 })
  assert.deepEqual(visibleFiles(folder), ['app.jsonl'], 'not tried again within a second')
  await child.ask({ advance: 1000, write: 1, bytes: 330 })
  await child.end()
  assert.equal(visibleFiles(folder).length, 2)
  const numbers = linesIn(folder).map((line) => (JSON.parse(line) as Line).number)
  assert.deepEqual(numbers, upTo(22))
})

test('without file descriptors at the first line, lines wait', async (t) => {
  const folder = temporaryFolder(t)
  const child = startChild(t, ['file', { path: join(folder, 'app.jsonl') }], {
    limit: 'ulimit -n 64',
  })
  const { dropped, slowestMs } = await child.ask({ exhaust: true, write: 100 })
  assert.equal(dropped.lines, 0)
  assert.ok(slowestMs < BOUND_MS, `${slowestMs} ms`)
  await child.ask({ release: true, settle: true })
  await child.end()
  assert.equal(linesIn(folder).length, 100)
})

test('/dev/full as a log file costs nothing but the lines', async (t) => {
  const child = startChild(t, ['file', { path: '/dev/full', maxPendingBytes: 10_000 }])
  const { dropped, slowestMs } = await child.ask({ write: 1000 })
  assert.ok(dropped.lines > 900)
  assert.ok(slowestMs < BOUND_MS, `${slowestMs} ms`)
  await child.end()
})

test('a named pipe as a log file without a reader does not stop the process', async (t) => {
  const folder = temporaryFolder(t)
  const path = join(folder, 'pipe')
  execFileSync('mkfifo', [path])
  const child = startChild(t, ['file', { path }])
  const { slowestMs, dropped } = await child.ask({ write: 100 })
  assert.ok(slowestMs < BOUND_MS, `${slowestMs} ms`)
  assert.equal(dropped.lines, 0)
  await child.end()
})
