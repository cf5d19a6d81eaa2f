import assert from 'node:assert/strict'
import { Readable } from 'node:stream'
import { test } from 'node:test'
import type { Recorder } from '../src/testing.ts'
import { validRecorder } from './helpers.ts'

const CALL = { provider: 'acme', model: 'large', stream: true }

/** The events so far, and the status where there is one. */
function story({ records }: Recorder): string[] {
  return records()
    .filter(({ event }) => event !== 'error_diagnosed')
    .map((record) => ('status' in record ? `${record.event} ${record.status}` : record.event))
}

const OK = ['llm_call_started', 'llm_call ok']
const ABORTED = ['llm_call_started', 'llm_call aborted']
const ERROR = ['llm_call_started', 'llm_call error']
const PARTIAL = ['llm_call_started', 'llm_call partial']
const OPEN = ['llm_call_started']

/** A stream that says when it is pulled and when it is closed, and fails where it is told to. */
interface Source {
  pulls: number
  closed: number
}
async function* words(source: Source, failAt = Number.POSITIVE_INFINITY): AsyncGenerator<string> {
  try {
    for (const word of ['Hello', ' ', 'world']) {
      source.pulls++
      if (source.pulls > failAt) throw new Error('cut')
      yield word
    }
  } finally {
    source.closed++
  }
}

function newSource(): Source {
  return { pulls: 0, closed: 0 }
}

for (const [name, wrapped] of [
  ['a promise of a stream', async <T>(stream: T) => stream],
  ['a stream', <T>(stream: T) => stream],
] as const) {
  const ask = async (
    made: Recorder,
    source: Source,
    failAt?: number,
  ): Promise<AsyncIterable<string>> =>
    await made.logger.llm(CALL, () => wrapped(words(source, failAt)) as AsyncIterable<string>)

  test(`${name} read to its end is ok, each chunk as it was, with the time of the first`, async (t) => {
    const made = validRecorder(t, { content: 'inline' })
    const heard: string[] = []
    for await (const word of await ask(made, newSource())) heard.push(word)
    assert.deepEqual(heard, ['Hello', ' ', 'world'])
    const [end] = made.records('llm_call')
    assert.equal(end?.status, 'ok')
    assert.ok((end?.ttft_ms ?? Number.NaN) <= (end?.duration_ms ?? 0))
    assert.deepEqual(made.content(end?.span_id ?? '', 'output'), [
      { role: 'assistant', parts: [{ type: 'text', content: 'Hello world' }] },
    ])
  })

  test(`${name} left by break was stopped, and its source is closed once`, async (t) => {
    const made = validRecorder(t, { content: 'off' })
    const source = newSource()
    for await (const _ of await ask(made, source)) break
    assert.deepEqual([story(made), source], [ABORTED, { pulls: 1, closed: 1 }])
  })

  test(`${name} whose reader throws was stopped, and the reader's error stays its own`, async (t) => {
    const made = validRecorder(t, { content: 'off' })
    const source = newSource()
    const mine = new Error('mine')
    const reading = async (): Promise<void> => {
      for await (const _ of await ask(made, source)) throw mine
    }
    await assert.rejects(reading, (error) => error === mine)
    assert.deepEqual([story(made), source.closed], [ABORTED, 1])
  })

  test(`${name} that fails before its first chunk is an error`, async (t) => {
    const made = validRecorder(t, { content: 'off' })
    await assert.rejects(readAll(await ask(made, newSource(), 0)), /cut/)
    assert.deepEqual(story(made), ERROR)
  })

  test(`${name} that fails after its first chunk is partial, and keeps what came`, async (t) => {
    const made = validRecorder(t, { content: 'inline' })
    await assert.rejects(readAll(await ask(made, newSource(), 1)), /cut/)
    const [end] = made.records('llm_call')
    assert.deepEqual([end?.status, end?.level, end?.error?.message], ['partial', 50, 'cut'])
    assert.deepEqual(made.content(end?.span_id ?? '', 'output'), [
      { role: 'assistant', parts: [{ type: 'text', content: 'Hello' }] },
    ])
  })

  test(`${name} that nobody reads has a start line only, and is not pulled`, async (t) => {
    const made = validRecorder(t, { content: 'off' })
    const source = newSource()
    await ask(made, source)
    await nextTurn()
    assert.deepEqual([story(made), source], [OPEN, { pulls: 0, closed: 0 }])
  })

  test(`${name} is pulled only when its reader pulls`, async (t) => {
    const made = validRecorder(t, { content: 'off' })
    const source = newSource()
    const iterator = (await ask(made, source))[Symbol.asyncIterator]()
    for (const pulls of [1, 2, 3]) {
      await iterator.next()
      await nextTurn()
      assert.equal(source.pulls, pulls)
    }
    assert.deepEqual(await iterator.next(), { done: true, value: undefined })
    assert.deepEqual(story(made), OK)
  })
}

test('chunks of a kind that nobody knows are partial answers too', async (t) => {
  const made = validRecorder(t, { content: 'off' })
  const stream = made.logger.llm(CALL, async function* () {
    yield { piece: 1 }
    throw new Error('cut')
  })
  await assert.rejects(readAll(stream), /cut/)
  assert.deepEqual(story(made), PARTIAL)
})

test('an async generator stays one: sent values, thrown errors, its return value, itself as its iterator', async (t) => {
  const made = validRecorder(t, { content: 'off' })
  const heard: unknown[] = []
  const chat = made.logger.llm(CALL, async function* () {
    heard.push(yield 'one')
    try {
      yield 'two'
    } catch (error) {
      heard.push(error)
    }
    return 'bye'
  }) as AsyncGenerator<string, string, unknown>
  assert.equal(chat[Symbol.asyncIterator](), chat)
  assert.deepEqual(await chat.next(), { done: false, value: 'one' })
  assert.deepEqual(await chat.next('sent'), { done: false, value: 'two' })
  assert.deepEqual(await chat.throw('thrown'), { done: true, value: 'bye' })
  assert.deepEqual(heard, ['sent', 'thrown'])
  assert.deepEqual(story(made), OK)
})

test('a generator stays one: sent values, thrown errors, its return value', (t) => {
  const made = validRecorder(t, { content: 'off' })
  const heard: unknown[] = []
  const chat = made.logger.llm(CALL, function* (): Generator<string, string, unknown> {
    heard.push(yield 'one')
    try {
      yield 'two'
    } catch (error) {
      heard.push(error)
    }
    return 'bye'
  })
  assert.equal(chat[Symbol.iterator](), chat)
  assert.deepEqual(
    [chat.next('unheard'), chat.next('sent'), chat.throw('thrown')],
    [
      { done: false, value: 'one' },
      { done: false, value: 'two' },
      { done: true, value: 'bye' },
    ],
  )
  assert.deepEqual(heard, ['sent', 'thrown'])
  assert.deepEqual(story(made), OK)
})

test('a generator left by break was stopped, with its own last value; one that throws is partial', (t) => {
  const stopped = validRecorder(t, { content: 'off' })
  const spoken = stopped.logger.llm(CALL, function* (): Generator<number, string> {
    yield 1
    return 'never'
  })
  for (const _ of spoken) break
  assert.deepEqual(spoken.return('mine'), { done: true, value: 'mine' })
  assert.deepEqual(story(stopped), ABORTED)
  const failing = validRecorder(t, { content: 'off' })
  const cut = failing.logger.llm(CALL, function* () {
    yield 'one'
    throw new Error('cut')
  })
  assert.throws(() => [...cut], /cut/)
  assert.deepEqual(story(failing), PARTIAL)
})

function readable(source: Source, failAt = Number.POSITIVE_INFINITY): ReadableStream<string> {
  return new ReadableStream(
    {
      pull(controller) {
        source.pulls++
        if (source.pulls > failAt) throw new Error('cut')
        if (source.pulls > 3) controller.close()
        else controller.enqueue(`word ${source.pulls}`)
      },
      cancel() {
        source.closed++
      },
    },
    { highWaterMark: 0 },
  )
}

test('a ReadableStream read to its end is ok, and is pulled only when its reader pulls', async (t) => {
  const made = validRecorder(t, { content: 'off' })
  const source = newSource()
  const stream = made.logger.llm(CALL, () => readable(source))
  const reader = stream.getReader()
  for (const pulls of [1, 2, 3]) {
    assert.deepEqual(await reader.read(), { done: false, value: `word ${pulls}` })
    await nextTurn()
    assert.equal(source.pulls, pulls)
  }
  assert.equal((await reader.read()).done, true)
  assert.deepEqual(story(made), OK)
})

test('a cancelled ReadableStream was stopped, and its source is told', async (t) => {
  const made = validRecorder(t, { content: 'off' })
  const source = newSource()
  const stream = await made.logger.llm(CALL, async () => readable(source))
  for await (const _ of stream) break
  assert.deepEqual([story(made), source], [ABORTED, { pulls: 1, closed: 1 }])
})

for (const [failAt, expected] of [
  [0, ERROR],
  [1, PARTIAL],
] as const) {
  test(`a ReadableStream that fails after ${failAt} chunks: ${expected[1]}`, async (t) => {
    const made = validRecorder(t, { content: 'off' })
    const stream = made.logger.llm(CALL, () => readable(newSource(), failAt))
    await assert.rejects(readAll(stream), /cut/)
    assert.deepEqual(story(made), expected)
  })
}

test('a ReadableStream that somebody reads already is left alone', (t) => {
  const made = validRecorder(t, { content: 'off' })
  const stream = readable(newSource())
  stream.getReader()
  assert.equal(
    made.logger.llm(CALL, () => stream),
    stream,
  )
  assert.deepEqual(story(made), OK)
})

test('a Node stream stays itself, in paused mode, and its end is seen', async (t) => {
  const made = validRecorder(t, { content: 'off' })
  const stream = Readable.from(['a', 'b'])
  assert.equal(
    made.logger.llm(CALL, () => stream),
    stream,
  )
  assert.deepEqual([stream.readableFlowing, story(made)], [null, OPEN])
  assert.deepEqual(await readAll(stream), ['a', 'b'])
  assert.deepEqual(story(made), OK)
})

test('a Node stream that fails is an error, whose event nobody but the caller hears; one destroyed was stopped', async (t) => {
  const failing = validRecorder(t, { content: 'off' })
  const broken = failing.logger.llm(CALL, () => new Readable({ read() {} }))
  assert.equal(broken.listenerCount('error'), 0)
  const closed = new Promise((resolve) => broken.on('error', () => broken.on('close', resolve)))
  broken.destroy(new Error('cut'))
  await closed
  assert.deepEqual(story(failing), ERROR)
  const stopped = validRecorder(t, { content: 'off' })
  for await (const _ of stopped.logger.llm(CALL, () => Readable.from(['a', 'b']))) break
  await nextTurn()
  assert.deepEqual(story(stopped), ABORTED)
})

async function readAll<T>(stream: AsyncIterable<T>): Promise<T[]> {
  const chunks: T[] = []
  for await (const chunk of stream) chunks.push(chunk)
  return chunks
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
