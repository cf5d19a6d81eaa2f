import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { gunzipSync } from 'node:zlib'
import { file } from '../src/destination/file.ts'
import {
  clockAt,
  hiddenFiles,
  linesOf,
  numberedLine,
  numbersOf,
  openFile,
  temporaryFolder,
  until,
  upTo,
  visibleFiles,
} from './destination-files.ts'

const NOON = Date.UTC(2026, 10, 21, 12)
const LINES = 500

for (const name of ['app.gz', 'app.jsonl.gz', '.gz', 'app', 'app.1', 'app.w2', 'a.jsonl.jsonl']) {
  for (const gzip of [true, false]) {
    test(`no rotation replaces a file of a path like ${name}, with gzip ${gzip}`, async (t) => {
      const folder = temporaryFolder(t)
      const path = join(folder, name)
      const destination = file({ path, gzip, maxBytes: 20_000, keep: 1000, clock: () => NOON })
      t.after(() => destination.close())
      for (const number of upTo(LINES)) destination.write(numberedLine(number))
      assert.deepEqual(destination.dropped, { lines: 0, bytes: 0 })
      const rotated = (): string[] => filesOf(folder).filter((each) => each !== name)
      if (gzip) await until(() => rotated().every((each) => each.endsWith('.gz')))
      assert.ok(rotated().length >= 8)
      const numbers = filesOf(folder).flatMap((each) => numbersOf(linesIn(join(folder, each))))
      assert.deepEqual(
        numbers.sort((one, other) => one - other),
        upTo(LINES),
      )
    })
  }
}

test('paths that differ by .gz alone have nothing to do with each other', async (t) => {
  const folder = temporaryFolder(t)
  const names = ['app', 'app.gz']
  const open = names.map((name) =>
    file({ path: join(folder, name), maxBytes: 2000, keep: 2, clock: () => NOON }),
  )
  t.after(() => open.map((destination) => destination.close()))
  for (const number of upTo(40)) for (const each of open) each.write(numberedLine(number))
  const rotated = (): string[] => filesOf(folder).filter((name) => !names.includes(name))
  const ofEach = (start: string): number =>
    rotated().filter((name) => name.startsWith(start) && name.endsWith('.gz')).length
  // Each compresses for itself, and neither waits for the other.
  const compressed = (): number[] => [ofEach('app.2026-'), ofEach('app.gz.2026-')]
  await until(() => rotated().length === 4 && compressed().every((count) => count === 2))
  assert.deepEqual(compressed(), [2, 2])
})

test('a rotated file takes no name that something else has', (t) => {
  const folder = temporaryFolder(t)
  const last = 999_999_999_999_999
  const others = [last, last + 1, last + 2].map((number) => `app.2026-11-21.${number}.jsonl`)
  for (const other of others) writeFileSync(join(folder, other), 'mine\n')
  const clock = clockAt(NOON).read
  const destination = openFile(t, folder, { maxBytes: 10, keep: 100, gzip: false, clock })
  for (const number of upTo(3)) destination.write(`line ${number}\n`)
  for (const other of others) assert.deepEqual(linesOf(join(folder, other)), ['mine'])
  assert.equal(visibleFiles(folder).length, others.length + 3)
})

/** All but claims and copies in the making; a path may itself begin with a dot. */
function filesOf(folder: string): string[] {
  const hidden = hiddenFiles(folder).filter((name) => !/\.(?:claim|tmp)$/.test(name))
  return [...visibleFiles(folder), ...hidden]
}

/** What is compressed is told by its first bytes: the path itself holds plain lines, whatever its name is. */
function linesIn(path: string): string[] {
  const bytes = readFileSync(path)
  const text = (bytes[0] === 0x1f ? gunzipSync(bytes) : bytes).toString()
  return text.split('\n').slice(0, -1)
}
