import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import {
  appendFileSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { gunzipSync, gzipSync } from 'node:zlib'
import type { AnyRecord } from '@recount/record'
import { type Erasure, eraseInFiles, openStore } from '../src/index.ts'
import { folder, jsonl } from './folder.ts'
import { call, content, message, record, START, spanId, traceId } from './records.ts'

const PEOPLE = 120

/** Each has a trace with a call that names them, a step that names nobody, what both said, and a remark of nobody. */
function said(id: number): { metadata: AnyRecord[]; words: AnyRecord[]; remark: AnyRecord } {
  const fields = { user_id: id % 2 === 0 ? 'anna' : 'ben', message_id: `m-${nameOf(id)}` }
  const error = { type: 'Failed', message: `${nameOf(id)} failed` }
  const step = {
    ...{ trace_id: traceId(id), span_id: spanId(900 + id), start_time: START + id, duration_ms: 1 },
    ...{ status: 'error', name: 'look up', error },
  }
  const words = [
    content(id, id, 'input', [message('user', `${nameOf(id)} asked`)], fields),
    content(id, 900 + id, 'tool_result', `${nameOf(id)} found`),
  ]
  const about = { message_id: fields.message_id, comment: `${nameOf(id)} remarked` }
  const remark = record('user_action', { action: 'rated', ...about })
  const [, found] = words as { part: string; digest: string; bytes: number }[]
  const led = [{ part: found?.part, digest: found?.digest, bytes: found?.bytes }]
  const metadata = [call(id, id, fields), record('tool_call', { ...step, tool: 'x', content: led })]
  return { metadata, words, remark }
}

function nameOf(id: number): string {
  return `${id % 2 === 0 ? 'annas' : 'bens'}${id}zz`
}

function everything(): AnyRecord[] {
  return Array.from({ length: PEOPLE }, (_, at) => said(at + 1)).flatMap(
    ({ metadata, words, remark }) => [...metadata, ...words, remark],
  )
}

/** How many texts of each are left in files, compressed ones among them. */
function leftIn(paths: readonly string[]): { annas: number; bens: number } {
  const text = paths
    .filter((path) => existsSync(path))
    .map((path) => readFileSync(path))
    .map((bytes) => (bytes[0] === 0x1f ? gunzipSync(bytes) : bytes).toString('latin1'))
    .join('\n')
  const count = (name: RegExp): number => new Set(text.match(name)).size
  return {
    annas: count(/annas\d+zz( \w+)?|zz\d+sanna|"anna"/g),
    bens: count(/bens\d+zz \w+/g),
  }
}

test('an erasure in a store that was killed between any two of its steps is finished by the next one', async (t) => {
  const path = join(folder(t), 'recount.db')
  const store = await openStore(path)
  await store.ingest(everything())
  await store.close()
  const full = leftIn([path])
  assert.ok(full.annas > PEOPLE)
  const killed = await openStore(path)
  let erasure: Erasure | undefined
  const done = killed.erase({ user: 'anna' }).then((result) => {
    erasure = result
  })
  // Calls are synchronous: between two of them the files are what a kill would leave.
  const states: string[] = []
  let last = ''
  while (erasure === undefined) {
    await new Promise((resolve) => setImmediate(resolve))
    const now = `${statSync(path).mtimeMs} ${statSync(`${path}-wal`, { throwIfNoEntry: false })?.size}`
    if (now === last) continue
    last = now
    const copy = `${path}.${states.length}`
    for (const end of ['', '-wal']) if (existsSync(path + end)) copyFileSync(path + end, copy + end)
    states.push(copy)
  }
  await done
  await killed.close()
  assert.ok(states.length > 4, String(states.length))
  for (const state of states) {
    const next = await openStore(state)
    const again = await next.erase({ user: 'anna' })
    assert.equal(again.unfinished, null)
    assert.ok(again.before || again.spans > 0)
    assert.deepEqual(await next.list({ user_id: 'anna' }), { items: [], cursor: null })
    await next.close()
    assert.deepEqual(leftIn([state, `${state}-wal`]), { annas: 0, bens: full.bens }, state)
  }
})

/** Lets writes to open files fail from one on, until it is called again without. */
async function failingWrites(t: TestContext): Promise<(from?: number) => void> {
  const any = await open(process.execPath)
  const prototype = Object.getPrototypeOf(any) as FileHandle
  await any.close()
  let left = Number.POSITIVE_INFINITY
  const { write } = prototype
  t.mock.method(prototype, 'write', function (this: FileHandle, ...values: unknown[]) {
    left -= 1
    if (left < 0) throw new Error('ENOSPC: no space left on device, write')
    return (write as (...all: unknown[]) => unknown).apply(this, values)
  })
  return (from = Number.POSITIVE_INFINITY) => {
    left = from
  }
}

test('an erasure in files that could not write from any moment on is finished by the next one', async (t) => {
  const cwd = folder(t)
  const paths = ['app.jsonl', 'words.jsonl', 'remarks.jsonl'].map((name) => join(cwd, name))
  const [app = '', words = '', remarks = ''] = paths
  const fail = await failingWrites(t)
  const all = Array.from({ length: 4 }, (_, at) => said(at + 1))
  const write = (apart: boolean): void => {
    const lines = [all.flatMap((one) => one.metadata), all.flatMap((one) => one.words)]
    const late = all.map(({ remark }) => remark)
    writeFileSync(app, jsonl(apart ? (lines[0] ?? []) : [...lines, late].flat()))
    writeFileSync(words, jsonl(apart ? (lines[1] ?? []) : []))
    writeFileSync(remarks, jsonl(apart ? late : []))
  }
  for (const apart of [true, false])
    for (const from of [0, 1, 3, 5, 7, 9, 10]) {
      write(apart)
      const { bens } = leftIn(paths)
      fail(from)
      const first = await eraseInFiles({ paths, span_ids: [], ids: ['anna'] })
      // Two people of four, with five lines each.
      assert.equal(first.failed.length > 0, from < 10, `${from}`)
      fail()
      const second = await eraseInFiles({ paths, span_ids: [], ids: ['anna'] })
      assert.deepEqual(second.failed, [])
      assert.deepEqual(leftIn(paths), { annas: 0, bens }, `${apart} ${from}`)
    }
})

test('what leads to content of a compressed file that could not be written anew stays until it could', async (t) => {
  const cwd = folder(t)
  const [app, words] = [join(cwd, 'app.jsonl'), join(cwd, 'words.jsonl.gz')] as const
  const { metadata, words: contents, remark } = said(2)
  writeFileSync(app, jsonl([...metadata, remark]))
  writeFileSync(words, gzipSync(jsonl(contents)))
  const person = { paths: [app, words], span_ids: [], ids: ['anna'] }
  // Where the new file would be, there is a folder.
  const inTheWay = join(cwd, `.${statSync(words).ino}.${process.pid}.erasing`)
  mkdirSync(inTheWay)
  const first = await eraseInFiles(person)
  assert.deepEqual(first.failed.map(({ path }) => path).sort(), [app, words])
  rmdirSync(inTheWay)
  assert.deepEqual((await eraseInFiles(person)).failed, [])
  assert.deepEqual(leftIn([app, words]), { annas: 0, bens: 0 })
})

test('what a killed erasure wrote beside a compressed file goes with the next one, and nobody reads it as a log', async (t) => {
  const cwd = folder(t)
  const path = join(cwd, 'app.jsonl.gz')
  const { metadata, words } = said(2)
  writeFileSync(path, gzipSync(jsonl([...metadata, ...words])), { mode: 0o640 })
  const gone = spawnSync(process.execPath, ['-e', '']).pid
  const left = join(cwd, `.${statSync(path).ino}.${gone}.erasing`)
  writeFileSync(left, gzipSync(jsonl(metadata)).subarray(0, 40))
  assert.doesNotMatch(left, /\.jsonl/)
  const { failed } = await eraseInFiles({ paths: [path], span_ids: [], ids: ['anna'] })
  assert.deepEqual(failed, [])
  assert.deepEqual(readdirSync(cwd), ['app.jsonl.gz'])
  assert.equal(statSync(path).mode & 0o777, 0o640)
  assert.deepEqual(leftIn([path]), { annas: 0, bens: 0 })
})

test('what is written to files while a person is erased is erased with what it leads to, or left as a whole', async (t) => {
  const cwd = folder(t)
  const [app, remarks] = [join(cwd, 'app.jsonl'), join(cwd, 'remarks.jsonl')] as const
  writeFileSync(app, jsonl(said(2).metadata))
  writeFileSync(remarks, jsonl([said(2).remark]))
  const any = await open(app)
  const prototype = Object.getPrototypeOf(any) as FileHandle
  await any.close()
  const { write } = prototype
  let isWritten = false
  // A call and its remark are written at the moment at which the first line goes.
  t.mock.method(prototype, 'write', function (this: FileHandle, ...values: unknown[]) {
    if (!isWritten) appendFileSync(remarks, jsonl([said(4).remark]))
    if (!isWritten) appendFileSync(app, jsonl(said(4).metadata))
    isWritten = true
    return (write as (...all: unknown[]) => unknown).apply(this, values)
  })
  const { failed } = await eraseInFiles({ paths: [remarks, app], span_ids: [], ids: ['anna'] })
  assert.deepEqual(failed, [])
  assert.deepEqual(leftIn([app, remarks]), { annas: 0, bens: 0 })
})

test('a store beside which no log can be made says that it could not be written', async (t) => {
  const path = join(folder(t), 'recount.db')
  await (await openStore(path)).close()
  rmSync(`${path}-wal`, { force: true })
  mkdirSync(`${path}-wal`)
  await assert.rejects(openStore(path), { code: 'STORE_UNWRITABLE' })
})
