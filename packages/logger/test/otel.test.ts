import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { after, test } from 'node:test'
import { context, ROOT_CONTEXT, type Span, trace } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { BasicTracerProvider } from '@opentelemetry/sdk-trace-base'
import { newSpanId, newTraceId } from '@recount/record'
import { validRecorder } from './helpers.ts'

const CALL = { provider: 'acme', model: 'large' }

context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
trace.setGlobalTracerProvider(new BasicTracerProvider())
const tracer = trace.getTracer('test')
after(() => {
  trace.disable()
  context.disable()
})

test('the active OpenTelemetry span is the parent and gives the trace', async (t) => {
  const { logger, records } = validRecorder(t, { content: 'off' })
  const span = await tracer.startActiveSpan('request', async (active) => {
    await Promise.resolve()
    await logger.trace('t', () => logger.llm(CALL, async () => 'x'))
    return active
  })
  const [step, call] = [records('step')[0], records('llm_call')[0]]
  assert.deepEqual(
    [step?.trace_id, step?.parent_span_id],
    [span.spanContext().traceId, span.spanContext().spanId],
  )
  assert.deepEqual([call?.trace_id, call?.parent_span_id], [step?.trace_id, step?.span_id])
})

test('of spans in one another, ours and theirs, the nearest is the parent', (t) => {
  const { logger, records } = validRecorder(t, { content: 'off' })
  const theirs: Span[] = []
  tracer.startActiveSpan('one', (one) => {
    logger.trace('two', () => {
      tracer.startActiveSpan('three', (three) => {
        theirs.push(one, three)
        logger.step('four', () => logger.llm({ ...CALL, model: 'five' }, () => {}))
        logger.llm({ ...CALL, model: 'beside four' }, () => {})
      })
      logger.llm({ ...CALL, model: 'beside three' }, () => {})
    })
  })
  const [one, three] = theirs.map((span) => span.spanContext().spanId)
  const [four, two] = records('step')
  const parents = Object.fromEntries(
    records('llm_call').map(({ model, parent_span_id }) => [model, parent_span_id]),
  )
  assert.deepEqual(
    { two: two?.parent_span_id, four: four?.parent_span_id, ...parents },
    {
      two: one,
      four: three,
      five: four?.span_id,
      'beside four': three,
      'beside three': two?.span_id,
    },
  )
  assert.equal(new Set(records().map(({ trace_id }) => trace_id)).size, 1)
})

test('an OpenTelemetry trace that begins inside ours, as SDKs begin one, takes nothing out of ours', (t) => {
  const { logger, records, lines } = validRecorder(t, { content: 'off' })
  logger.trace('ours', () => {
    tracer.startActiveSpan('theirs', () => {
      logger.info('inside')
      logger.llm({ ...CALL, model: 'in' }, () => {})
      logger.step('deeper', () => tracer.startActiveSpan('more', () => logger.llm(CALL, () => {})))
    })
    logger.llm({ ...CALL, model: 'out' }, () => {})
  })
  const [deeper, ours] = records('step')
  const parents = records('llm_call').map(({ parent_span_id }) => parent_span_id)
  assert.deepEqual(parents, [ours?.span_id, deeper?.span_id, ours?.span_id])
  assert.equal(deeper?.parent_span_id, ours?.span_id)
  assert.equal(lines.find(({ msg }) => msg === 'inside')?.span_id, ours?.span_id)
  assert.equal(new Set(records().map(({ trace_id }) => trace_id)).size, 1)
})

test('a root of theirs inside a trace that we took over from them takes nothing out of it either', (t) => {
  const { logger, records } = validRecorder(t, { content: 'off' })
  tracer.startActiveSpan('request', (request) => {
    logger.trace('ours', () => {
      tracer.startActiveSpan('root', { root: true }, () => logger.llm(CALL, () => {}))
    })
    const [step, call] = [records('step')[0], records('llm_call')[0]]
    assert.equal(call?.trace_id, request.spanContext().traceId)
    assert.equal(call?.parent_span_id, step?.span_id)
  })
})

test('a request that brings their trace into ours stands below their span', (t) => {
  const { logger, records } = validRecorder(t, { content: 'off' })
  logger.trace('server', () => {
    tracer.startActiveSpan('request', (request) => {
      const { traceId, spanId } = request.spanContext()
      logger.trace('t', { trace_id: traceId, parent_span_id: newSpanId() }, () => {})
      const [step] = records('step')
      assert.deepEqual([step?.trace_id, step?.parent_span_id], [traceId, spanId])
    })
  })
})

test('it wins over what a request brings', (t) => {
  const { logger, records } = validRecorder(t, { content: 'off' })
  tracer.startActiveSpan('request', (span) => {
    logger.trace('t', { trace_id: newTraceId(), parent_span_id: newSpanId() }, () => {})
    const { traceId, spanId } = span.spanContext()
    const [step] = records('step')
    assert.deepEqual([step?.trace_id, step?.parent_span_id], [traceId, spanId])
  })
})

test('a tool keeps the call that asked for it as parent', (t) => {
  const { logger, records } = validRecorder(t, { content: 'off' })
  tracer.startActiveSpan('request', () => {
    logger.trace('t', () => {
      logger.llm(CALL, () => ({ content: [{ type: 'tool_use', id: 'a', name: 'look' }] }))
      logger.llm({ ...CALL, model: 'later' }, () => {})
      logger.tool({ tool: 'look', tool_call_id: 'a' }, () => {})
    })
  })
  assert.equal(records('tool_call')[0]?.parent_span_id, records('llm_call')[0]?.span_id)
})

test('ordinary lines name the nearest span too', (t) => {
  const { logger, lines } = validRecorder(t, { content: 'off' })
  tracer.startActiveSpan('request', (span) => {
    logger.info('theirs')
    logger.trace('t', () => logger.info('ours'))
    const { traceId, spanId } = span.spanContext()
    const [theirs, ours] = lines.filter(({ recount }) => recount === undefined)
    const step = lines.find(({ event }) => event === 'step')
    assert.deepEqual([theirs?.trace_id, theirs?.span_id], [traceId, spanId])
    assert.deepEqual([ours?.trace_id, ours?.span_id], [traceId, step?.span_id])
  })
})

test('a span that says nothing (suppressed, or not valid) is no parent', (t) => {
  const { logger, records } = validRecorder(t, { content: 'off' })
  context.with(ROOT_CONTEXT, () => logger.trace('none', () => {}))
  const invalid = trace.wrapSpanContext({ traceId: '0', spanId: '0', traceFlags: 0 })
  context.with(trace.setSpan(ROOT_CONTEXT, invalid), () => logger.trace('invalid', () => {}))
  assert.deepEqual(
    records('step').map(({ parent_span_id }) => parent_span_id),
    [undefined, undefined],
  )
})

test('where nothing of OpenTelemetry is registered, none of it is loaded', () => {
  const { href: index } = new URL('../src/index.js', import.meta.url)
  const program = `
    import { createRequire } from 'node:module'
    const { createLogger } = await import(${JSON.stringify(index)})
    const logger = createLogger({ destination: { write() {} } })
    logger.trace('t', () => logger.info('x'))
    const loaded = Object.keys(createRequire(${JSON.stringify(index)}).cache)
    process.stdout.write(JSON.stringify([
      loaded.some((path) => path.includes('pino')),
      loaded.filter((path) => path.includes('opentelemetry')),
    ]))`
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', program], {
    encoding: 'utf8',
  })
  assert.equal(stderr, '')
  assert.deepEqual(JSON.parse(stdout), [true, []])
})
