import assert from 'node:assert/strict'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { createLogger } from '../src/create-logger.ts'
import { file } from '../src/destination/file.ts'
import { linesIn, linesOf, openFile, temporaryFolder, upTo } from './destination-files.ts'

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

/** How many of these things still take memory. */
async function countLeft(things: readonly WeakRef<object>[]): Promise<number> {
  // What a weak reference has shown is kept until the turn of the event loop ends.
  await setImmediate()
  collectGarbage()
  return things.filter((thing) => thing.deref() !== undefined).length
}

test('loggers that nobody holds any more go, though what they share stays open; the newest may stay to report', async (t) => {
  const folder = temporaryFolder(t)
  const destination = openFile(t, folder)
  const places = [undefined, destination.path, destination]
  for (const place of places) {
    const loggers = upTo(50).map((number) => {
      const log = createLogger({
        env: { LOG_LEVEL: 'warn' },
        contentFolder: join(folder, 'content'),
        ...(place === undefined ? {} : { destination: place }),
      })
      log.info({ number }, 'line')
      return new WeakRef<object>(log)
    })
    assert.ok((await countLeft(loggers)) <= 1)
  }
})

test('a handle that is gone without being closed takes no line with it', async (t) => {
  const folder = temporaryFolder(t)
  const options = { path: join(folder, 'app.jsonl'), sync: false }
  const kept = file(options)
  t.after(() => kept.close())
  const gone = upTo(9).map((number) => {
    const destination = file(options)
    destination.write(`${number}\n`)
    return new WeakRef<object>(destination)
  })
  assert.equal(await countLeft(gone), 0)
  kept.write('9\n')
  kept.flushSync()
  assert.deepEqual(linesIn(folder), upTo(10).map(String))
})

test('losses are told as long as the destination is open, also when the one that came last has closed', (t) => {
  const folder = temporaryFolder(t)
  const logs = join(folder, 'logs')
  writeFileSync(logs, 'in the way')
  const options = { maxPendingBytes: 400 }
  const first = openFile(t, logs, options)
  const last = openFile(t, logs, options)
  const report = (name: string) => () => `${name}\n`
  first.onReturn = report('told by the first')
  last.onReturn = report('told by the last')
  last.close()
  for (const number of upTo(20)) first.write(`line ${number}\n`)
  assert.ok(first.dropped.lines > 0)
  rmSync(logs)
  mkdirSync(logs)
  first.flushSync()
  assert.ok(linesOf(join(logs, 'app.jsonl')).includes('told by the last'))
})
