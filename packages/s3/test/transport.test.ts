import assert from 'node:assert/strict'
import { once } from 'node:events'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { openAudit } from '@recount/audit'
import pino from 'pino'
import { restoreS3 } from '../src/index.ts'
import {
  appendTo,
  event,
  folder,
  linesIn,
  logOptions,
  ORIGIN,
  type StoreProcess,
  startStoreProcess,
  URL_OF_LOG,
} from './shipping-place.ts'

const TARGET = import.meta.resolve('../src/index.js')

test('the transport ships a log that somebody else writes, and its last entries when it ends', async (t) => {
  const path = folder(t)
  const store = await startStoreProcess(t)
  await appendTo(path, 5)
  const stream = start(t, store, { dir: join(path, 'audit'), every: 20 })
  const log = pino(stream)
  log.info('of no concern to the audit log')
  await appendTo(path, 5)
  await ended(stream)
  assert.deepEqual(await shippedLines(path, store), linesIn(join(path, 'audit')))
})

test('lines become entries of the log, in their order, and are shipped once the transport has ended', async (t) => {
  const path = folder(t)
  const store = await startStoreProcess(t)
  const { dir, key } = logOptions(path) as { dir: string; key: string }
  const stream = start(t, store, { dir, append: { origin: ORIGIN, key } })
  const log = pino({ name: 'support' }, stream)
  for (let n = 0; n < 3000; n += 1) log.info({ audit: event(n) })
  log.error('what was said')
  await ended(stream)
  const lines = await shippedLines(path, store)
  assert.deepEqual(lines, linesIn(dir))
  const entries = lines.map((line) => JSON.parse(line))
  const queries = entries.filter(({ action }) => action === 'query')
  assert.deepEqual(
    queries.map(({ ext }) => ext.n.n),
    Array.from({ length: 3000 }, (_, n) => n),
  )
  const other = entries.find(({ action }) => action === 'app.log')
  assert.equal(other?.outcome, 'failure')
  assert.ok(!lines.join('\n').includes('what was said'), 'content is in an entry')
})

test('a store that is away does not hold the log up, and gets it when it is back', async (t) => {
  const path = folder(t)
  const store = await startStoreProcess(t)
  const { dir, key } = logOptions(path) as { dir: string; key: string }
  const nowhere = { ...store, endpoint: 'http://127.0.0.1:1' }
  const stream = start(t, nowhere, { dir, every: 20, append: { origin: ORIGIN, key } })
  const log = pino(stream)
  log.info({ audit: event(1) })
  await ended(stream)
  assert.equal(linesIn(dir).filter((line) => line.includes('"action":"query"')).length, 1)
  await ended(start(t, store, { dir, every: 20 }))
  assert.deepEqual(await shippedLines(path, store), linesIn(dir))
})

test('a transport that starts while the one before it has the log waits for its end, and loses no line', async (t) => {
  const path = folder(t)
  const store = await startStoreProcess(t)
  const { dir, key } = logOptions(path) as { dir: string; key: string }
  const before = await openAudit(logOptions(path))
  const stream = start(t, store, { dir, append: { origin: ORIGIN, key } })
  const log = pino(stream)
  log.info({ audit: event(1) })
  await before.append(event(0))
  await before.close()
  await ended(stream)
  const lines = linesIn(dir).filter((line) => line.includes('"action":"query"'))
  assert.deepEqual(
    lines.map((line) => JSON.parse(line).ext.n.n),
    [0, 1],
  )
})

test('flush waits until the lines are with the transport', async (t) => {
  const path = folder(t)
  const store = await startStoreProcess(t)
  const { dir, key } = logOptions(path) as { dir: string; key: string }
  const stream = start(t, store, { dir, append: { origin: ORIGIN, key } })
  const log = pino(stream)
  for (let n = 0; n < 100; n += 1) log.info({ audit: event(n) })
  await new Promise<void>((resolve, reject) =>
    log.flush((error) => (error ? reject(error) : resolve())),
  )
  await ended(stream)
  assert.equal(linesIn(dir).filter((line) => line.includes('"action":"query"')).length, 100)
})

type Stream = ReturnType<typeof pino.transport>

const ready = new WeakMap<Stream, Promise<unknown>>()

function start(t: TestContext, { endpoint, credentials }: StoreProcess, options: object): Stream {
  // The SDK's own chain finds them, in the worker, too.
  process.env.AWS_ACCESS_KEY_ID = credentials.accessKeyId
  process.env.AWS_SECRET_ACCESS_KEY = credentials.secretAccessKey
  const stream = pino.transport({
    target: TARGET,
    options: { url: URL_OF_LOG, endpoint, backoff: 1, ...options },
  })
  ready.set(stream, once(stream, 'ready'))
  t.after(() => stream.end())
  return stream
}

/** Ends it once its worker runs and has all lines: pino gives that ten seconds, which a busy machine may not have. */
async function ended(stream: Stream): Promise<void> {
  await ready.get(stream)
  await new Promise((resolve) => stream.flush(resolve))
  const closed = once(stream, 'close')
  stream.end()
  await closed
}

async function shippedLines(path: string, { connection }: StoreProcess): Promise<string[]> {
  const dir = join(path, 'restored')
  await restoreS3({ url: URL_OF_LOG, dir, ...connection })
  return linesIn(dir)
}
