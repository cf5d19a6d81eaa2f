import assert from 'node:assert/strict'
import { EventEmitter, once } from 'node:events'
import { test } from 'node:test'
import { isTraceId, newSpanId, newTraceId, type SpanNode } from '@recount/record'
import type { Recorder } from '../src/testing.ts'
import { validRecorder } from './helpers.ts'
import { pause, seeded } from './interleaving.ts'

const CALL = { provider: 'acme', model: 'large' }

/** Each trace as text: names of spans, those inside in brackets, in the order in which they began. */
function shapes({ tree }: Recorder): string[] {
  return tree().flatMap(({ roots }) => roots.map(shape))
}

function shape({ end, children }: SpanNode): string {
  const fields: { model?: string; tool?: string; source?: string; span_name?: string } = end ?? {}
  const name = fields.model ?? fields.tool ?? fields.source ?? fields.span_name ?? end?.event
  return children.length === 0 ? `${name}` : `${name}(${children.map(shape).join(' ')})`
}

test('what runs inside has the span around it as parent, through awaits and nested spans', async (t) => {
  const made = validRecorder(t, { content: 'off' })
  const { logger } = made
  await logger.trace('t', async () => {
    await logger.retrieval({ source: 'docs' }, async () => [])
    await logger.step('draft', async () => {
      await Promise.resolve()
      await logger.llm({ ...CALL, model: 'a' }, async () => 'x')
      await logger.step('inner', () => logger.llm({ ...CALL, model: 'b' }, () => 'y'))
    })
    logger.finalResponse()
  })
  assert.deepEqual(shapes(made), ['t(docs draft(a inner(b)) t)'])
})

test('branches of Promise.all do not see each other', async (t) => {
  const made = validRecorder(t, { content: 'off' })
  const { logger } = made
  const random = seeded(7)
  await logger.trace('t', () =>
    Promise.all(
      ['a', 'b', 'c'].map((name) =>
        logger.step(name, async () => {
          await pause(random)
          await logger.llm({ ...CALL, model: `${name}1` }, () => pause(random))
          await logger.llm({ ...CALL, model: `${name}2` }, () => pause(random))
        }),
      ),
    ),
  )
  assert.deepEqual(shapes(made), ['t(a(a1 a2) b(b1 b2) c(c1 c2))'])
})

test('timers, immediates and microtasks belong to the span that set them, even when it has ended', async (t) => {
  const made = validRecorder(t, { content: 'off' })
  const { logger } = made
  const done: Promise<void>[] = []
  const later = (model: string, how: (fn: () => void) => unknown): void => {
    done.push(
      new Promise((resolve) => {
        how(() => resolve(logger.llm({ ...CALL, model }, () => {})))
      }),
    )
  }
  logger.trace('t', () => {
    later('timeout', (fn) => setTimeout(fn, 0))
    later('immediate', setImmediate)
    later('microtask', queueMicrotask)
    later('tick', process.nextTick)
  })
  await Promise.all(done)
  const [root] = made.tree()[0]?.roots ?? []
  assert.equal(made.tree().length, 1)
  assert.deepEqual(root?.children.map(shape).sort(), ['immediate', 'microtask', 'tick', 'timeout'])
})

test('a listener belongs to whoever emits, a promise of an event to whoever waits', async (t) => {
  const made = validRecorder(t, { content: 'off' })
  const { logger } = made
  const emitter = new EventEmitter()
  logger.trace('listening', () =>
    emitter.on('asked', () => logger.llm({ ...CALL, model: 'heard' }, () => {})),
  )
  const waiting = logger.trace('waiting', async () => {
    await once(emitter, 'asked')
    logger.llm({ ...CALL, model: 'waited' }, () => {})
  })
  logger.trace('emitting', () => emitter.emit('asked'))
  await waiting
  assert.deepEqual(shapes(made).sort(), ['emitting(heard)', 'listening', 'waiting(waited)'])
})

test('the code of a generator runs in its span, its reader in its own', async (t) => {
  const made = validRecorder(t, { content: 'off' })
  const { logger } = made
  const stream = logger.trace('producer', () =>
    logger.llm({ ...CALL, model: 'chat' }, async function* () {
      for (const model of ['first', 'second']) {
        logger.llm({ ...CALL, model }, () => {})
        yield model
        await Promise.resolve()
      }
      logger.llm({ ...CALL, model: 'last' }, () => {})
    }),
  )
  await logger.trace('consumer', async () => {
    for await (const word of stream) logger.llm({ ...CALL, model: `after ${word}` }, () => {})
  })
  assert.deepEqual(shapes(made), [
    'producer(chat(first second last))',
    'consumer(after first after second)',
  ])
})

test('the code of a plain generator runs in its span, its reader in its own', (t) => {
  const made = validRecorder(t, { content: 'off' })
  const { logger } = made
  const numbers = logger.step('producer', function* () {
    for (const model of ['first', 'second']) {
      logger.llm({ ...CALL, model }, () => {})
      yield model
    }
  })
  logger.trace('consumer', () => {
    for (const word of numbers) logger.llm({ ...CALL, model: `after ${word}` }, () => {})
  })
  assert.deepEqual(shapes(made), ['producer(first second)', 'consumer(after first after second)'])
})

test('a ReadableStream pulls in its span, wherever it is read', async (t) => {
  const made = validRecorder(t, { content: 'off' })
  const { logger } = made
  let pulls = 0
  const stream = logger.trace('producer', () =>
    logger.llm({ ...CALL, model: 'chat' }, () => {
      const pull = (controller: ReadableStreamDefaultController<number>): void => {
        logger.tool({ tool: `pull ${++pulls}` }, () => {})
        if (pulls === 2) controller.close()
        else controller.enqueue(pulls)
      }
      return new ReadableStream({ pull }, { highWaterMark: 0 })
    }),
  )
  await logger.trace('consumer', async () => {
    for await (const _ of stream) logger.tool({ tool: 'read' }, () => {})
  })
  assert.deepEqual(shapes(made), ['producer(chat(pull 1 pull 2))', 'consumer(read)'])
})

test('a stream read outside its trace ends in it', async (t) => {
  const made = validRecorder(t, { content: 'off' })
  const { logger } = made
  const stream = await logger.trace('t', async () =>
    logger.llm(CALL, async function* () {
      yield 'a'
    }),
  )
  assert.deepEqual(made.records('step'), [])
  for await (const _ of stream);
  assert.deepEqual(shapes(made), ['t(large)'])
})

test('1,000 concurrent traces, interleaved at random: every line has its trace and parent', async (t) => {
  const made = validRecorder(t, { content: 'off' })
  const { logger, records } = made
  const random = seeded(20_261)
  const request = (n: number): Promise<void> =>
    logger.trace(`t${n}`, { metadata: { n } }, async () => {
      await pause(random)
      logger.info({ n }, 'plain')
      await Promise.all(
        ['x', 'y'].map((branch) =>
          logger.step(`${branch}${n}`, async () => {
            await pause(random)
            await logger.llm({ ...CALL, model: `${branch}-model-${n}` }, () => pause(random))
            await pause(random)
            await logger.tool({ tool: `${branch}-tool-${n}` }, () => pause(random))
          }),
        ),
      )
      logger.finalResponse()
    })
  await Promise.all(Array.from({ length: 1000 }, (_, n) => request(n)))

  const trees = made.tree()
  assert.equal(trees.length, 1000)
  const branch = (name: string, n: number): string =>
    `${name}${n}(${name}-model-${n}(${name}-tool-${n}))`
  for (const { roots } of trees) {
    const [root, ...others] = roots
    const n = Number(root?.end?.metadata?.n)
    assert.deepEqual(others, [])
    // Sorted, because which branch begins first is chance.
    const inside = root?.children.map(shape).sort()
    assert.deepEqual(inside, [`t${n}`, branch('x', n), branch('y', n)].sort())
  }
  for (const record of records()) {
    const named = 'model' in record ? record.model : record.workflow
    assert.equal(record.metadata?.n, Number(/\d+$/.exec(String(named))?.[0]))
  }
  const plain = made.lines.filter(({ msg }) => msg === 'plain')
  const traces = new Map(records('step').map(({ workflow, trace_id }) => [workflow, trace_id]))
  assert.equal(plain.length, 1000)
  for (const { n, trace_id } of plain) assert.equal(trace_id, traces.get(`t${n}`))
})

test('two loggers of one process share the context', (t) => {
  const one = validRecorder(t, { content: 'off' })
  const two = validRecorder(t, { content: 'off' })
  one.logger.trace('t', { user_id: 'u' }, () => two.logger.llm(CALL, () => {}))
  const [outer] = one.records('step')
  const [inner] = two.records('llm_call')
  assert.equal(inner?.trace_id, outer?.trace_id)
  assert.equal(inner?.parent_span_id, outer?.span_id)
  assert.equal(inner?.user_id, 'u')
})

test('a trace by hand holds what runs in it, and ends when it is told', async (t) => {
  const made = validRecorder(t, { content: 'off' })
  const { logger } = made
  const trace = logger.openTrace('t', { session_id: 's' })
  trace.run(() => logger.llm({ ...CALL, model: 'a' }, () => {}))
  await Promise.resolve()
  logger.llm({ ...CALL, model: 'outside' }, () => {})
  trace.annotate({ route: '/x' })
  await trace.run(async () => {
    await Promise.resolve()
    logger.llm({ ...CALL, model: 'b' }, () => {})
  })
  trace.end()
  assert.deepEqual(shapes(made).sort(), ['outside', 't(a b)'])
  const [end] = made.records('step')
  assert.deepEqual([end?.metadata, end?.session_id], [{ route: '/x' }, 's'])
  const [, , b] = made.records('llm_call')
  assert.deepEqual(b?.metadata, { route: '/x' })
})

test('a trace that another process began is continued; ids that are none are not', (t) => {
  const { logger, records, clear } = validRecorder(t, { content: 'off' })
  const [trace_id, parent_span_id] = [newTraceId(), newSpanId()]
  logger.trace('t', { trace_id, parent_span_id }, () => logger.llm(CALL, () => {}))
  const [call, step] = [records('llm_call')[0], records('step')[0]]
  assert.deepEqual([call?.trace_id, step?.trace_id], [trace_id, trace_id])
  assert.deepEqual([call?.parent_span_id, step?.parent_span_id], [step?.span_id, parent_span_id])
  clear()
  logger.trace('t', { trace_id: 'evil', parent_span_id: 'evil' }, () => {})
  const [own] = records('step')
  assert.ok(isTraceId(own?.trace_id))
  assert.equal(own?.parent_span_id, undefined)
})

test('a request that brings the trace we are in nests; one that brings another begins it', (t) => {
  const made = validRecorder(t, { content: 'off' })
  const { logger } = made
  const other = newTraceId()
  logger.trace('outer', () => {
    const trace_id = made.records('step_started')[0]?.trace_id
    logger.trace('same', { trace_id }, () => {})
    logger.trace('other', { trace_id: other }, () => logger.llm(CALL, () => {}))
  })
  assert.deepEqual(shapes(made), ['outer(same)', 'other(large)'])
  assert.equal(made.tree()[1]?.trace_id, other)
})

test('a request id is made once a trace, and one that is given is kept', (t) => {
  const { logger, records, clear } = validRecorder(t, { content: 'off' })
  logger.trace('t', () => logger.trace('inner', () => logger.llm(CALL, () => {})))
  const [first, ...others] = new Set(records().map(({ request_id }) => request_id))
  assert.match(first ?? '', /^[0-9a-f]{8}-[0-9a-f]{4}-7/)
  assert.deepEqual(others, [])
  clear()
  const trace = logger.openTrace('t', { request_id: 'mine' })
  assert.equal(trace.request_id, 'mine')
  assert.equal(records('step_started')[0]?.request_id, 'mine')
})
