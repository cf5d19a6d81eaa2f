import assert from 'node:assert/strict'
import { test } from 'node:test'
import { EVERY_TENANT, type LinesQuery, type Store } from '../../src/index.ts'
import { call, callStarted, content, message, record, START, spanId } from '../records.ts'
import type { Opened } from './opened.ts'

const DAY = 86_400_000

async function linesOf(store: Store, query: LinesQuery = {}): Promise<string[]> {
  const lines: string[] = []
  for await (const line of store.lines(query)) lines.push(line)
  return lines
}

function named(line: string): string {
  const { event, span_id, score } = JSON.parse(line) as { [key: string]: unknown }
  return `${event} ${span_id ?? score}`
}

/** Metadata comes out as it went in. */
export function linesContract(name: string, open: Opened): void {
  test(`${name}: metadata lines come out as they went in, in time, without content and without starts of what ended`, async (t) => {
    const store = await open(t)
    const first = call(1, 2, {
      ...{ user_id: 'u\u0000\ud83d\ude00', tags: ['a'], metadata: { tier: 'gold', n: 1.5 } },
      ...{ cost_usd: null, input_tokens: 7, prompt: { name: 'p', version: '2' }, ttft_ms: 0.25 },
    })
    const check = record('validation', {
      ...{ trace_id: first.trace_id, span_id: first.span_id, time: START + 2 },
      ...{ rule: 'json', passed: false, path: null, message: 'no' },
    })
    const waiting = callStarted(3, 9)
    const score = record('evaluation', {
      ...{ name: 'good', evaluator: 'human' },
      score: 0.5,
      time: START + 5,
    })
    await store.ingest([
      ...[score, waiting, callStarted(1, 2), first, check],
      content(1, 2, 'output', [message('assistant', 'words')]),
    ])
    const lines = await linesOf(store)
    assert.deepEqual(
      lines.map((line) => JSON.parse(line)).sort((a, b) => (a.event < b.event ? -1 : 1)),
      [score, first, waiting, check],
    )
    assert.equal(named(lines.at(-1) ?? ''), `llm_call_started ${spanId(9)}`)
    assert.equal(named(lines.at(-2) ?? ''), 'evaluation 0.5')
  })

  test(`${name}: lines are asked for by whole days, and by tenant`, async (t) => {
    const store = await open(t, { multiTenant: true })
    const at = (span: number, days: number, tenant_id: string): ReturnType<typeof call> =>
      call(span, span, { tenant_id, start_time: START + days * DAY, time: START + days * DAY })
    await store.ingest([at(1, 0, 'a'), at(2, 1, 'b'), at(3, 2, 'a')])
    const asked = async (query: LinesQuery): Promise<string[]> =>
      (await linesOf(store, query)).map(named)
    const [first, second, third] = [1, 2, 3].map((span) => `llm_call ${spanId(span)}`)
    assert.deepEqual(await asked({ tenant: EVERY_TENANT }), [first, second, third])
    assert.deepEqual(await asked({ tenant: 'a' }), [first, third])
    const since = START + DAY
    assert.deepEqual(await asked({ tenant: EVERY_TENANT, since }), [second, third])
    assert.deepEqual(await asked({ tenant: EVERY_TENANT, until: since }), [first, second])
    assert.deepEqual(await asked({ tenant: EVERY_TENANT, since, until: since + 1 }), [second])
    await assert.rejects(asked({}), { code: 'STORE_TENANT_REQUIRED' })
    await assert.rejects(asked({ tenant: 'a', since: Number.NaN }), { code: 'STORE_QUERY_INVALID' })
  })
}
