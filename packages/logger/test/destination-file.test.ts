import assert from 'node:assert/strict'
import { once } from 'node:events'
import { existsSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { type FileOptions, file } from '../src/destination/file.ts'
import {
  clockAt,
  hiddenFiles,
  linesIn,
  linesOf,
  numberedLine,
  numbersOf,
  openFile,
  temporaryFolder,
  until,
  upTo,
  visibleFiles,
} from './destination-files.ts'

const MIDNIGHT = Date.UTC(2026, 10, 22)
const BEFORE_MIDNIGHT = MIDNIGHT - 1000

test('a path alone is enough; folder and file are made, for the owner and to be read by the group', (t) => {
  const folder = join(temporaryFolder(t), 'deep', 'logs')
  const path = join(folder, 'app.jsonl')
  const destination = file(path)
  assert.ok(!existsSync(folder), 'nothing is made before the first line')
  destination.write('one\n')
  assert.deepEqual(linesOf(path), ['one'])
  assert.equal(statSync(path).mode & 0o777 & ~0o640, 0)
  assert.equal(statSync(folder).mode & 0o777 & ~0o750, 0)
  destination.close()
  assert.deepEqual(hiddenFiles(folder), [])
})

test('a file is rotated before it is larger than maxBytes, and no line is lost or cut', async (t) => {
  const folder = temporaryFolder(t)
  const clock = clockAt(BEFORE_MIDNIGHT)
  const destination = openFile(t, folder, { maxBytes: 1000, keep: 100, clock: clock.read })
  for (const number of upTo(20)) destination.write(numberedLine(number, 330))
  await until(() => visibleFiles(folder).filter((name) => name.endsWith('.jsonl')).length === 1)
  const rotated = ['1', '2', '3', '4', '5', '6'].map((n) => `app.2026-11-21.${n}.jsonl.gz`)
  assert.deepEqual(visibleFiles(folder), [...rotated, 'app.jsonl'])
  assert.deepEqual(numbersOf(linesIn(folder)), upTo(20))
  assert.equal(statSync(join(folder, rotated[0] ?? '')).mode & 0o777 & ~0o640, 0)
})

test('the first line of a new UTC day begins a new file; the old one is named after its day', (t) => {
  const folder = temporaryFolder(t)
  const clock = clockAt(BEFORE_MIDNIGHT)
  const destination = openFile(t, folder, { gzip: false, clock: clock.read })
  destination.write('evening\n')
  clock.now = MIDNIGHT
  destination.write('morning\n')
  clock.now = MIDNIGHT - 500
  destination.write('the clock was set back\n')
  assert.deepEqual(visibleFiles(folder), ['app.2026-11-21.1.jsonl', 'app.jsonl'])
  assert.deepEqual(linesOf(join(folder, 'app.2026-11-21.1.jsonl')), ['evening'])
  assert.deepEqual(linesOf(join(folder, 'app.jsonl')), ['morning', 'the clock was set back'])
})

test('with `never` and no size limit a file is left alone', (t) => {
  const folder = temporaryFolder(t)
  const clock = clockAt(BEFORE_MIDNIGHT)
  const options = { every: 'never' as const, maxBytes: Number.POSITIVE_INFINITY }
  const destination = openFile(t, folder, { ...options, clock: clock.read })
  destination.write('evening\n')
  clock.now = MIDNIGHT
  destination.write('morning\n')
  assert.deepEqual(visibleFiles(folder), ['app.jsonl'])
})

test('a file from an earlier day is rotated by the first line after a start', (t) => {
  const folder = temporaryFolder(t)
  const path = join(folder, 'app.jsonl')
  writeFileSync(path, 'old\n')
  const day = new Date('2026-10-01T12:00:00Z')
  utimesSync(path, day, day)
  const destination = openFile(t, folder, { gzip: false })
  destination.write('new\n')
  assert.deepEqual(linesOf(join(folder, 'app.2026-10-01.1.jsonl')), ['old'])
  assert.deepEqual(linesOf(path), ['new'])
})

test('a line that a crash has cut is ended, so that the next line is whole', (t) => {
  const folder = temporaryFolder(t)
  const path = join(folder, 'app.jsonl')
  writeFileSync(path, 'whole\n{"cu')
  openFile(t, folder).write('next\n')
  assert.deepEqual(linesOf(path), ['whole', '{"cu', 'next'])
})

test('a removed file is made anew, and at most the lines of a second are lost with it', (t) => {
  const folder = temporaryFolder(t)
  const clock = clockAt(BEFORE_MIDNIGHT)
  const destination = openFile(t, folder, { every: 'never', clock: clock.read })
  destination.write('removed\n')
  rmSync(join(folder, 'app.jsonl'))
  clock.now += 1000
  destination.write('next\n')
  assert.deepEqual(linesIn(folder), ['next'])
})

test('a removed folder is made anew, with its claim', (t) => {
  const folder = join(temporaryFolder(t), 'logs')
  const clock = clockAt(BEFORE_MIDNIGHT)
  const destination = openFile(t, folder, { every: 'never', clock: clock.read })
  destination.write('removed\n')
  rmSync(folder, { recursive: true })
  clock.now += 1000
  destination.write('next\n')
  assert.deepEqual(linesIn(folder), ['next'])
  assert.equal(hiddenFiles(folder).length, 1)
})

test('a folder that cannot be made costs nothing but memory, and lines arrive when it can', async (t) => {
  const folder = temporaryFolder(t)
  const path = join(folder, 'logs', 'app.jsonl')
  writeFileSync(join(folder, 'logs'), 'in the way')
  const warned = once(process, 'warning')
  const destination = file(path)
  t.after(() => destination.close())
  destination.write('one\n')
  destination.write('two\n')
  const [warning] = (await warned) as [NodeJS.ErrnoException]
  assert.equal(warning.code, 'LOGGER_DESTINATION_FAILED')
  rmSync(join(folder, 'logs'))
  destination.flushSync()
  assert.deepEqual(linesOf(path), ['one', 'two'])
})

test('after an outside rotation, reopen continues at the path, and nothing is lost', (t) => {
  const folder = temporaryFolder(t)
  const path = join(folder, 'app.jsonl')
  const destination = openFile(t, folder, { sync: false })
  destination.write('one\n')
  destination.flushSync()
  renameSync(path, join(folder, 'moved'))
  destination.write('two\n')
  destination.reopen()
  destination.write('three\n')
  destination.flushSync()
  assert.deepEqual(linesOf(join(folder, 'moved')), ['one', 'two'])
  assert.deepEqual(linesOf(path), ['three'])
})

test('loggers of one thread share the destination of a path; the last one closes it', (t) => {
  const folder = temporaryFolder(t)
  const one = openFile(t, folder)
  const other = openFile(t, folder)
  one.write('one\n')
  other.write('two\n')
  one.close()
  one.close()
  other.write('three\n')
  assert.deepEqual(visibleFiles(folder), ['app.jsonl'])
  assert.deepEqual(linesIn(folder), ['one', 'two', 'three'])
  assert.equal(hiddenFiles(folder).length, 1)
  other.close()
  assert.equal(hiddenFiles(folder).length, 0)
  other.write('late\n')
  assert.deepEqual(other.dropped, { lines: 1, bytes: 5 })
})

test('opening a path twice with different options is refused', (t) => {
  const folder = temporaryFolder(t)
  openFile(t, folder, { keep: 3 }).write('one\n')
  assert.throws(() => openFile(t, folder, { keep: 4 }), { code: 'LOGGER_FILE_IN_USE' })
})

test('a device is written to as it is: no claim, no rotation', () => {
  const destination = file({ path: '/dev/null', maxBytes: 1 })
  destination.write('one\n')
  destination.write('two\n')
  assert.deepEqual(
    hiddenFiles('/dev').filter((name) => name.endsWith('.claim')),
    [],
  )
  assert.equal(destination.dropped.lines, 0)
  destination.close()
})

test('flush calls back when the lines are written', async (t) => {
  const folder = temporaryFolder(t)
  const destination = openFile(t, folder, { sync: false })
  destination.write('one\n')
  const error = await new Promise((resolve) => destination.flush(resolve))
  assert.equal(error, undefined)
  assert.deepEqual(linesIn(folder), ['one'])
})

test('with sync false, lines are written without being asked', async (t) => {
  const folder = temporaryFolder(t)
  const destination = openFile(t, folder, { sync: false })
  destination.write('one\n')
  assert.deepEqual(visibleFiles(folder), [])
  await until(() => visibleFiles(folder).length === 1)
  assert.deepEqual(linesIn(folder), ['one'])
})

test('an option of file that is not right is named', (t) => {
  const folder = temporaryFolder(t)
  const wrong: [object, string][] = [
    [{ path: '' }, 'Expected `path` to be a path, got `` (string)'],
    [{}, 'Expected `path` to be given, got `undefined` (undefined)'],
    [{ maxBytes: '1' }, 'Expected `maxBytes` to be an integer >= 1, or Infinity, got `1` (string)'],
    [{ every: 'hour' }, "Expected `every` to be 'day' or 'never', got `hour` (string)"],
    [{ mode: 0o1777 }, 'Expected `mode` to be permission bits such as 0o640, got `1023` (number)'],
  ]
  for (const [options, message] of wrong) {
    const path = 'path' in options || Object.keys(options).length === 0 ? {} : { path: folder }
    assert.throws(() => file({ ...path, ...options } as FileOptions), {
      code: 'LOGGER_OPTION_INVALID',
      message,
    })
  }
  assert.throws(() => file({ path: folder, maxSize: 1 } as FileOptions), /got `maxSize`$/)
})
