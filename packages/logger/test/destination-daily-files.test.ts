import assert from 'node:assert/strict'
import { existsSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { dailyFiles } from '../src/destination/daily-files.ts'
import { clockAt, linesIn, linesOf, temporaryFolder, visibleFiles } from './destination-files.ts'

const MIDNIGHT = Date.UTC(2026, 10, 22)

test('folder and file are made by the first line, and nobody else may read them', (t) => {
  const parent = join(temporaryFolder(t), 'logs')
  const folder = join(parent, 'content')
  const destination = dailyFiles({ folder, clock: clockAt(MIDNIGHT).read })
  t.after(() => destination.close())
  assert.ok(!existsSync(parent))
  destination.write('one\n')
  const name = `2026-11-22.${process.pid}.jsonl`
  assert.deepEqual(visibleFiles(folder), [name])
  assert.deepEqual(linesIn(folder), ['one'])
  assert.equal(statSync(join(folder, name)).mode & 0o777, 0o600)
  assert.equal(statSync(folder).mode & 0o777, 0o700)
  assert.notEqual(statSync(parent).mode & 0o050, 0, 'the folder above is as for other logs')
})

test('a new UTC day has a new file, and nothing is rotated or removed', (t) => {
  const folder = temporaryFolder(t)
  const clock = clockAt(MIDNIGHT - 1)
  const destination = dailyFiles({ folder, clock: clock.read })
  t.after(() => destination.close())
  destination.write('evening\n')
  clock.now = MIDNIGHT
  destination.write('morning\n')
  const [evening = '', morning = ''] = ['2026-11-21', '2026-11-22'].map((day) =>
    join(folder, `${day}.${process.pid}.jsonl`),
  )
  assert.deepEqual(linesOf(evening), ['evening'])
  assert.deepEqual(linesOf(morning), ['morning'])
})

test('a removed folder of daily files is made anew', (t) => {
  const folder = join(temporaryFolder(t), 'content')
  const clock = clockAt(MIDNIGHT)
  const destination = dailyFiles({ folder, clock: clock.read })
  t.after(() => destination.close())
  destination.write('removed\n')
  rmSync(folder, { recursive: true })
  clock.now += 1000
  destination.write('next\n')
  assert.deepEqual(linesIn(folder), ['next'])
})

test('loggers with the same folder share its file', (t) => {
  const folder = temporaryFolder(t)
  const one = dailyFiles({ folder })
  const other = dailyFiles({ folder })
  one.write('one\n')
  other.write('two\n')
  one.close()
  other.close()
  assert.equal(visibleFiles(folder).length, 1)
  assert.deepEqual(linesIn(folder), ['one', 'two'])
})

test('an option of dailyFiles that is not right is named', () => {
  assert.throws(() => dailyFiles({ folder: '' }), { code: 'LOGGER_OPTION_INVALID' })
  assert.throws(() => dailyFiles({} as { folder: string }), { code: 'LOGGER_OPTION_INVALID' })
})
