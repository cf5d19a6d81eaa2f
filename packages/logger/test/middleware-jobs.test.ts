import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { isTraceId } from '@recount/record'
import { type TracedJob, traceMiddleware, withTrace } from '../src/middleware/jobs.ts'
import { isEnd, type Line, memory, onlyEnd, randomFrom } from './http-client.ts'

interface Email {
  readonly to: number
  readonly traceparent?: string
}
interface EmailJob extends TracedJob {
  readonly data: Email
}

const job = (data: Email, attemptsMade = 0): EmailJob => ({
  id: `j${data.to}`,
  name: 'send',
  queueName: 'emails',
  data,
  attemptsMade,
})

test('jobs: of 1,000 concurrent jobs every line has the trace and the parent of its producer', async () => {
  const { log, lines } = memory()
  const random = randomFrom(3)
  const processor = traceMiddleware({ logger: log })(
    async ({ data }: EmailJob, _token?: string) => {
      await delay(random() * 4)
      await log.llm({ provider: 'acme', model: 'one' }, () => delay(random() * 4))
      log.info({ to: data.to }, 'sent')
      return data.to
    },
  )
  const produced = Array.from({ length: 1000 }, (_, to) =>
    log.trace(`producer ${to}`, () => ({
      data: withTrace({ to }, log),
      traceparent: log.traceparent() ?? '',
    })),
  )
  lines.splice(0)
  const results = await Promise.all(produced.map(({ data }) => processor(job(data), 'token')))
  assert.deepEqual(
    results,
    produced.map((_, to) => to),
  )

  assert.equal(lines.filter(isEnd).length, 1000)
  for (const { data, traceparent } of produced) {
    const [, trace_id, span_id] = traceparent.split('-')
    const own = lines.filter((line) => line.trace_id === trace_id)
    const end = onlyEnd(own, trace_id)
    assert.deepEqual([end.parent_span_id, end.workflow, end.step_attempt], [span_id, 'send', 1])
    assert.deepEqual(end.metadata, { queue: 'emails', job_id: `j${data.to}` })
    assert.equal(own.find(({ event }) => event === 'llm_call')?.parent_span_id, end.span_id)
    const sent = own.filter(({ msg }) => msg === 'sent')
    assert.deepEqual(
      sent.map((line) => [line.to, line.span_id]),
      [[data.to, end.span_id]],
    )
  }
})

test('jobs: each attempt is a span of its own in the same trace', async () => {
  const { log, lines } = memory()
  const data = log.trace('producer', () => withTrace({ to: 1 }, log))
  lines.splice(0)
  const process = traceMiddleware({ logger: log })((_job: EmailJob) => 'done')
  for (const attempt of [0, 1, 2]) await process(job(data, attempt))
  const ends = lines.filter(isEnd)
  assert.deepEqual(
    ends.map((line) => line.step_attempt),
    [1, 2, 3],
  )
  assert.equal(new Set(ends.map(({ trace_id }) => trace_id)).size, 1)
  assert.equal(new Set(ends.map(({ span_id }) => span_id)).size, 3)
})

test('jobs: a traceparent that is none is ignored and named', async () => {
  const { log, lines } = memory()
  const process = traceMiddleware({ logger: log })((_job: EmailJob) => 'done')
  await process(job({ to: 1, traceparent: 'evil' }))
  const end = lines.find(isEnd)
  assert.ok(isTraceId(end?.trace_id))
  assert.match(String(end?.metadata?.ignored_headers), /^traceparent: /)
  assert.ok(!JSON.stringify(lines).includes('evil'))
})

test('jobs: what a job brings is not used where it is not trusted', async () => {
  const { log, lines } = memory()
  const data = log.trace('producer', () => withTrace({ to: 1 }, log))
  const [{ trace_id } = { trace_id: undefined }] = lines
  await traceMiddleware({ logger: log, trustIncoming: false })((_job: EmailJob) => 1)(job(data))
  assert.notEqual(lines.at(-1)?.trace_id, trace_id)
})

test('jobs: a worker that was started inside a trace does not draw its jobs into it', async () => {
  const { log, lines } = memory()
  const process = traceMiddleware({ logger: log })((_job: EmailJob) => 'done')
  await log.trace('start up', { session_id: 'boot' }, () => process(job({ to: 1 })))
  const [own, boot] = lines.filter(isEnd)
  assert.deepEqual([own?.workflow, boot?.workflow], ['send', 'start up'])
  assert.notEqual(own?.trace_id, boot?.trace_id)
  assert.equal(own?.session_id, undefined)
})

test('jobs: a failing job ends its trace once, as error, and the error is thrown on', async () => {
  const { log, lines } = memory()
  const error = new Error('boom')
  const fail = traceMiddleware({ logger: log })((_job: EmailJob): string => {
    throw error
  })
  await assert.rejects(fail(job({ to: 1 })), (thrown) => thrown === error)
  const [end, ...more] = lines.filter(isEnd)
  assert.deepEqual(
    [end?.status, (end?.error as Line | undefined)?.message, more],
    ['error', 'boom', []],
  )
})

test('jobs: a job that BullMQ is told to do later has not failed', async () => {
  const { log, lines } = memory()
  const later = ['DelayedError', 'WaitingError', 'WaitingChildrenError'].map((name) =>
    Object.assign(new Error('later'), { name }),
  )
  for (const error of [...later, new Error('bullmq:rateLimitExceeded')]) {
    const postpone = traceMiddleware({ logger: log })((_job: EmailJob) => Promise.reject(error))
    await assert.rejects(postpone(job({ to: 1 })), (thrown) => thrown === error)
    assert.equal(lines.findLast(isEnd)?.status, 'aborted')
  }
  const gone = Object.assign(new Error('gone'), { name: 'UnrecoverableError' })
  await assert.rejects(
    traceMiddleware({ logger: log })((_job: EmailJob) => Promise.reject(gone))(job({ to: 1 })),
  )
  assert.equal(lines.findLast(isEnd)?.status, 'error')
})

test('jobs: withTrace copies, and leaves alone what has no place for it', () => {
  const { log } = memory()
  const data = Object.freeze({ to: 1 })
  assert.equal(withTrace(data, log), data)
  log.trace('producer', () => {
    const traced: Email = withTrace<Email>(data, log)
    assert.deepEqual(traced, { to: 1, traceparent: log.traceparent() })
    assert.deepEqual(Object.keys(data), ['to'])
    assert.equal(
      withTrace<Email>({ to: 2, traceparent: 'old' }, log).traceparent,
      log.traceparent(),
    )
    for (const other of [undefined, null, 'text', 7]) assert.equal(withTrace(other, log), other)
    const list = [1]
    assert.equal(withTrace(list, log), list)
  })
})

test('jobs: options name, bind and ignore; when they throw the job runs all the same', async () => {
  const { log, lines } = memory()
  const options = {
    logger: log,
    name: ({ queueName }: TracedJob) => `${queueName} job`,
    bindings: () => ({ tenant_id: 'acme', metadata: { plan: 'pro' } }),
    ignore: ({ id }: TracedJob) => id === 'j9',
  }
  const process = traceMiddleware(options)((_job: EmailJob) => 'done')
  assert.equal(await process(job({ to: 9 })), 'done')
  assert.equal(lines.length, 0)
  assert.equal(await process(job({ to: 1 })), 'done')
  const end = lines.find(isEnd)
  assert.deepEqual(
    [end?.workflow, end?.tenant_id, end?.metadata],
    ['emails job', 'acme', { queue: 'emails', job_id: 'j1', plan: 'pro' }],
  )
  const fail = (): never => {
    throw new Error('from an option')
  }
  const guarded = traceMiddleware({
    logger: log,
    trustIncoming: fail,
    name: fail,
    bindings: fail,
    ignore: fail,
  })((_job: EmailJob) => 'done')
  assert.equal(await guarded(job({ to: 1 })), 'done')
  assert.equal(await guarded(undefined as never), 'done')
})
