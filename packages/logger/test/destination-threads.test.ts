import assert from 'node:assert/strict'
import { once } from 'node:events'
import { join } from 'node:path'
import { test } from 'node:test'
import { Worker } from 'node:worker_threads'
import { startChild } from './destination-child.ts'
import {
  hiddenFiles,
  linesOf,
  openFile,
  temporaryFolder,
  upTo,
  visibleFiles,
} from './destination-files.ts'

const SOURCE = new URL('../src/destination/file.js', import.meta.url).href

/** A worker thread that has written a line and goes on living. */
async function startWorker(path: string, line: string): Promise<Worker> {
  const worker = new Worker(
    `const { parentPort, workerData } = require('node:worker_threads')
    import(workerData.source).then(({ file }) => {
      file(workerData.path).write(workerData.line)
      parentPort.on('message', () => {}).postMessage('written')
    })`,
    { eval: true, workerData: { source: SOURCE, path, line } },
  )
  await once(worker, 'message')
  return worker
}

test('a worker thread that is terminated leaves its file to the next one', async (t) => {
  const folder = temporaryFolder(t)
  const path = join(folder, 'app.jsonl')
  for (const number of upTo(10)) {
    const worker = await startWorker(path, `${number}\n`)
    assert.equal(hiddenFiles(folder).length, 1, 'no claim but its own')
    await worker.terminate()
  }
  openFile(t, folder).write('main\n')
  assert.deepEqual(visibleFiles(folder), ['app.jsonl'])
  assert.deepEqual(linesOf(path), [...upTo(10).map(String), 'main'])
})

test('another process has a file beside that of a worker thread, until the worker is terminated', async (t) => {
  const folder = temporaryFolder(t)
  const path = join(folder, 'app.jsonl')
  const worker = await startWorker(path, 'worker\n')
  t.after(() => worker.terminate())
  const beside = startChild(t, ['file', { path }])
  await beside.ask({ write: 1 })
  await beside.end()
  assert.deepEqual(visibleFiles(folder), ['app.jsonl', 'app.w2.jsonl'])
  assert.deepEqual(linesOf(path), ['worker'])
  await worker.terminate()
  const after = startChild(t, ['file', { path }])
  await after.ask({ write: 1 })
  await after.end()
  assert.equal(linesOf(path).length, 2)
})

test('the main thread keeps its file when a worker thread is terminated', async (t) => {
  const folder = temporaryFolder(t)
  const path = join(folder, 'app.jsonl')
  const main = openFile(t, folder)
  main.write('main\n')
  await (await startWorker(path, 'first\n')).terminate()
  await (await startWorker(path, 'second\n')).terminate()
  main.write('main\n')
  assert.deepEqual(linesOf(path), ['main', 'main'])
  assert.deepEqual(linesOf(join(folder, 'app.w2.jsonl')), ['first', 'second'])
})
