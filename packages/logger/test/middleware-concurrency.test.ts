import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isSpanId, newSpanId, newTraceId } from '@recount/record'
import { APPS } from './http-apps.ts'
import { type Answer, isEnd, type Line, randomFrom } from './http-client.ts'
import { story } from './http-story.ts'

for (const app of APPS) {
  test(`${app.name}: of 1,000 concurrent requests every line has the right trace and parent`, async (t) => {
    const { lines, until, ask } = await story(t, app)
    const random = randomFrom(42)
    const asked = Array.from({ length: 1000 }, (_, index) => {
      const continued = random() < 0.5
      const parent = { trace_id: newTraceId(), span_id: newSpanId() }
      return { id: `u${index}`, request_id: `r-${index}`, parent: continued ? parent : undefined }
    })
    const answers = await Promise.all(
      asked.map(({ id, request_id, parent }) => {
        const traceparent = parent && `00-${parent.trace_id}-${parent.span_id}-01`
        return ask(`/users/${id}?secret=1`, {
          headers: { 'x-request-id': request_id, ...(parent && { traceparent }) },
        })
      }),
    )
    await until(1000, isEnd)

    const byTrace = byTraceId(lines)
    assert.equal(byTrace.size, 1000)
    for (const [index, { id, request_id, parent }] of asked.entries()) {
      const { status, body, headers } = answers[index] as Answer
      assert.deepEqual([status, JSON.parse(body)], [200, { id }])
      assert.equal(headers['x-request-id'], request_id)
      if (parent) assert.equal(headers['x-trace-id'], parent.trace_id)
      checkTrace(byTrace.get(headers['x-trace-id']) ?? [], {
        id,
        request_id,
        parent_span_id: parent?.span_id,
        route: app.route,
      })
    }
  })
}

function byTraceId(lines: Line[]): Map<unknown, Line[]> {
  const traces = new Map<unknown, Line[]>()
  for (const line of lines) traces.set(line.trace_id, [...(traces.get(line.trace_id) ?? []), line])
  return traces
}

interface Expected {
  readonly id: string
  readonly request_id: string
  readonly parent_span_id: string | undefined
  readonly route: string | undefined
}

/** One request's lines: a root, two calls and a step, each with its start, and the lines written inside them. */
function checkTrace(lines: Line[], { id, request_id, parent_span_id, route }: Expected): void {
  for (const line of lines) assert.equal(line.request_id, request_id)
  const root = lines.find(isEnd) as Line
  assert.ok(isSpanId(root.span_id))
  assert.equal(root.parent_span_id, parent_span_id)
  assert.deepEqual(root.metadata, { method: 'GET', ...(route && { route }), status: 200 })

  const ends = lines.filter(({ event }) => event === 'step' || event === 'llm_call')
  const starts = lines.filter(({ event }) => String(event).endsWith('_started'))
  assert.equal(ends.length, 4)
  assert.deepEqual(
    new Set(starts.map(({ span_id }) => span_id)),
    new Set(ends.map(({ span_id }) => span_id)),
  )
  const step = ends.find((line) => line.step === 'look up' && line.event === 'step')
  const [one, two] = ['one', 'two'].map((model) => ends.find((line) => line.model === model))
  assert.deepEqual(
    [step?.parent_span_id, one?.parent_span_id, two?.parent_span_id],
    [root.span_id, root.span_id, step?.span_id],
  )

  const written = lines.filter((line) => line.id !== undefined)
  assert.deepEqual(
    written.map((line) => line.id),
    [id, id, id],
  )
  const spanOf = (inside: unknown): unknown =>
    written.find((line) => line.inside === inside)?.span_id
  assert.deepEqual(
    [spanOf('one'), spanOf('two'), spanOf(undefined)],
    [one?.span_id, two?.span_id, root.span_id],
  )
}
