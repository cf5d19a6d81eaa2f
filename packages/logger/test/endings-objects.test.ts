import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { test } from 'node:test'
import type { Recorder } from '../src/testing.ts'
import { REJECTION_NAMES } from './fixtures/ending.ts'
import { SdkPromise, SdkStream, TaggedPromise } from './fixtures/sdk-promise.ts'
import { assertValid, validRecorder } from './helpers.ts'

const CALL = { provider: 'acme', model: 'large' }
const PROGRAM = join(import.meta.dirname, 'fixtures', 'ending.js')

function statuses({ records }: Recorder): string[] {
  return records('llm_call').map(({ status }) => status)
}

test('an SDK stream stays what it is: instanceof, getters, setters, methods with private state, identity of methods', async (t) => {
  const made = validRecorder(t, { content: 'off' })
  const original = new SdkStream(['a', 'b'])
  const stream = made.logger.llm(CALL, () => original)
  assert.ok(stream instanceof SdkStream)
  assert.equal(stream.constructor, SdkStream)
  assert.equal(stream.controller, original.controller)
  assert.equal(stream.length, 2)
  assert.equal(stream.toReadableStream, stream.toReadableStream)
  assert.deepEqual(await readAll(stream), ['a', 'b'])
  assert.deepEqual(statuses(made), ['ok'])
  await assert.rejects(readAll(stream), /already read/)
  stream.chosen = 0
  assert.deepEqual(await readAll(stream), ['a', 'b'])
  assert.deepEqual(statuses(made), ['ok'])
  assert.deepEqual(stream, original)
})

test('an SDK stream handed on as a ReadableStream, or in two, is watched there', async (t) => {
  const handedOn = validRecorder(t, { content: 'off' })
  const stream = handedOn.logger.llm(CALL, () => new SdkStream(['a', 'b']))
  assert.deepEqual(await readAll(stream.toReadableStream()), ['a', 'b'])
  assert.deepEqual(statuses(handedOn), ['ok'])
  const inTwo = validRecorder(t, { content: 'off' })
  const [one, two] = inTwo.logger.llm(CALL, () => new SdkStream(['a', 'b'])).tee()
  assert.deepEqual([await readAll(two), statuses(inTwo)], [['a', 'b'], []])
  assert.deepEqual([await readAll(one), statuses(inTwo)], [['a', 'b'], ['ok']])
  assert.ok(one instanceof SdkStream)
})

const FREEZERS: readonly [string, <T extends object>(value: T) => Readonly<T>][] = [
  ['a frozen', Object.freeze],
  ['a sealed', Object.seal],
  ['an unextendable', Object.preventExtensions],
]
for (const [name, freeze] of FREEZERS) {
  test(`${name} iterable can be read, and equals what it was`, async (t) => {
    const made = validRecorder(t, { content: 'off' })
    const original = freeze({
      id: 7,
      async *[Symbol.asyncIterator]() {
        yield 'a'
      },
    })
    const stream = made.logger.llm(CALL, () => original)
    assert.deepEqual(Object.keys(stream), ['id'])
    assert.equal(stream.id, 7)
    assert.deepEqual(await readAll(stream), ['a'])
    assert.deepEqual(statuses(made), ['ok'])
  })
}

test('an iterator without return can be left by break, and was stopped', async (t) => {
  const made = validRecorder(t, { content: 'off' })
  const stream: AsyncIterable<number> = made.logger.llm(CALL, () => ({
    [Symbol.asyncIterator]: () => ({ next: async () => ({ done: false, value: 1 }) }),
  }))
  for await (const _ of stream) break
  assert.deepEqual(statuses(made), ['aborted'])
})

test('an iterator that throws at once, and does not reject, fails as it did', async (t) => {
  const made = validRecorder(t, { content: 'off' })
  const stream = made.logger.llm(CALL, () => ({
    [Symbol.asyncIterator]: () => ({
      next(): Promise<IteratorResult<string>> {
        throw new Error('at once')
      },
    }),
  }))
  await assert.rejects(readAll(stream), /at once/)
  assert.deepEqual(statuses(made), ['error'])
})

function sdkPromise(): { promise: SdkPromise<{ text: string }>; parsed(): number } {
  let parsed = 0
  const parse = async (response: Response): Promise<{ text: string }> => {
    parsed++
    return (await response.json()) as { text: string }
  }
  const response = Promise.resolve(new Response('{"text":"yes"}'))
  return { promise: new SdkPromise(response, parse), parsed: () => parsed }
}

test('an SDK promise stays what it is, and its answer is recorded', async (t) => {
  const made = validRecorder(t, { content: 'inline' })
  const { promise, parsed } = sdkPromise()
  const asked = made.logger.llm(CALL, () => promise)
  assert.ok(asked instanceof SdkPromise)
  assert.deepEqual([await asked, await asked], [{ text: 'yes' }, { text: 'yes' }])
  assert.equal(parsed(), 1)
  const [end] = made.records('llm_call')
  assert.equal(end?.status, 'ok')
  assert.ok(made.content(end.span_id, 'output'))
})

test('the body of an SDK promise is the readers who ask for it', async (t) => {
  const made = validRecorder(t, { content: 'off' })
  const { promise, parsed } = sdkPromise()
  const response = await made.logger.llm(CALL, () => promise).asResponse()
  assert.equal(await response.text(), '{"text":"yes"}')
  assert.equal(parsed(), 0)
  assert.deepEqual(statuses(made), ['ok'])
})

test('an SDK promise gives the answer and its response together, and both are recorded as one call', async (t) => {
  const made = validRecorder(t, { content: 'inline' })
  const { promise } = sdkPromise()
  const { data, request_id } = await made.logger.llm(CALL, () => promise).withResponse()
  assert.deepEqual([data, request_id], [{ text: 'yes' }, 'req-1'])
  const [end] = made.records('llm_call')
  assert.deepEqual(statuses(made), ['ok'])
  assert.ok(made.content(end?.span_id ?? '', 'output'))
})

test('a stream that comes with its response is watched', async (t) => {
  const made = validRecorder(t, { content: 'off' })
  const promise = new SdkPromise(Promise.resolve(new Response()), async () => new SdkStream(['a']))
  const { data } = await made.logger.llm(CALL, () => promise).withResponse()
  assert.ok(data instanceof SdkStream)
  assert.deepEqual(statuses(made), [])
  assert.deepEqual(await readAll(data), ['a'])
  assert.deepEqual(statuses(made), ['ok'])
})

test('an SDK promise does nothing before somebody asks', async (t) => {
  const made = validRecorder(t, { content: 'off' })
  const { promise, parsed } = sdkPromise()
  void made.logger.llm(CALL, () => promise)
  await new Promise((resolve) => setImmediate(resolve))
  assert.equal(parsed(), 0)
  assert.deepEqual(statuses(made), [])
})

test('catch and finally of an SDK promise work, and its failure is recorded once', async (t) => {
  const made = validRecorder(t, { content: 'off' })
  const refused = new Error('refused')
  const asked = made.logger.llm(
    CALL,
    () => new SdkPromise<string>(Promise.reject(refused), async () => 'never'),
  )
  let ended = 0
  assert.equal(await asked.finally(() => ended++).catch((error) => error), refused)
  assert.equal(await asked.catch((error) => error), refused)
  assert.equal(ended, 1)
  assert.deepEqual(statuses(made), ['error'])
})

test('a promise with a method more keeps it, and is recorded though nobody waits for it', async (t) => {
  const made = validRecorder(t, { content: 'off' })
  const asked = made.logger.llm(CALL, () => TaggedPromise.resolve('yes') as TaggedPromise<string>)
  assert.ok(asked instanceof TaggedPromise)
  await new Promise((resolve) => setImmediate(resolve))
  assert.deepEqual(statuses(made), ['ok'])
  assert.deepEqual(await asked.withTag('x'), ['x', 'yes'])
  assert.equal(await asked, 'yes')
})

test('a query builder goes on building, runs when it is awaited, and once', async (t) => {
  const made = validRecorder(t, { content: 'off' })
  let runs = 0
  const builder = {
    rows: 10,
    limit(rows: number) {
      this.rows = rows
      return this
    },
    // biome-ignore lint/suspicious/noThenProperty: query builders are thenables
    then(
      done: (value: number[]) => unknown,
      failed?: (error: unknown) => unknown,
    ): Promise<unknown> {
      runs++
      return Promise.resolve([this.rows]).then(done, failed)
    },
  }
  const query = made.logger.retrieval({ source: 'db' }, () => builder).limit(3)
  await new Promise((resolve) => setImmediate(resolve))
  assert.equal(runs, 0)
  assert.deepEqual(await query, [3])
  assert.equal(runs, 1)
  assert.deepEqual(
    made.records('retrieval').map(({ status }) => status),
    ['ok'],
  )
})

for (const name of REJECTION_NAMES) {
  test(`a rejection (${name}) goes unhandled as often as without us`, () => {
    const run = (how: string): unknown => {
      const { stdout, stderr } = spawnSync(process.execPath, [PROGRAM, 'rejection', name, how], {
        encoding: 'utf8',
      })
      assert.equal(stderr, '')
      return JSON.parse(stdout)
    }
    assert.deepEqual(run('recorded'), run('plain'))
  })
}

test('process.exit in the middle of a call leaves its start line', () => {
  const { stdout, status } = spawnSync(process.execPath, [PROGRAM, 'exit'], {
    encoding: 'utf8',
    env: { LOG_LEVEL: 'info' },
  })
  assert.equal(status, 3)
  const lines = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
  assertValid(lines)
  assert.deepEqual(
    lines.map(({ event, model }) => [event, model]),
    [
      ['step_started', undefined],
      ['llm_call_started', 'large'],
    ],
  )
})

async function readAll<T>(stream: AsyncIterable<T>): Promise<T[]> {
  const chunks: T[] = []
  for await (const chunk of stream) chunks.push(chunk)
  return chunks
}
