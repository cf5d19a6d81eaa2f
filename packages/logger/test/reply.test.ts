import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import type { LlmCall } from '@recount/record'
import { needsData } from './data-set.ts'
import { validRecorder } from './helpers.ts'
import { type Json, LEFT_OUT, replies, streams } from './provider-fixtures.ts'

const CALL = { provider: 'acme', model: 'asked' }

/** What a fixture itself says, read the long way. */
interface Said {
  readonly model: unknown
  readonly input: unknown
  readonly output: unknown
  readonly finish: unknown
}

function told(call: LlmCall | undefined): Said {
  const { response_model, input_tokens, output_tokens, finish_reason_raw } = call ?? {}
  return {
    model: response_model,
    input: input_tokens,
    output: output_tokens,
    finish: finish_reason_raw,
  }
}

function callWith(t: TestContext, reply: unknown): LlmCall | undefined {
  const { logger, records } = validRecorder(t, { content: 'off' })
  assert.equal(
    logger.llm(CALL, () => reply),
    reply,
  )
  return records('llm_call')[0]
}

async function callStreaming(
  t: TestContext,
  chunks: readonly Json[],
): Promise<LlmCall | undefined> {
  const { logger, records } = validRecorder(t)
  const seen: unknown[] = []
  for await (const chunk of logger.llm(CALL, () => pass(chunks))) seen.push(chunk)
  assert.deepEqual(seen, chunks)
  return records('llm_call')[0]
}

async function* pass(chunks: readonly Json[]): AsyncGenerator<Json> {
  for (const chunk of chunks) yield await Promise.resolve(chunk)
}

const get = (value: unknown, ...path: (string | number)[]): unknown =>
  path.reduce<unknown>((found, key) => (found as Json | undefined | null)?.[key], value)
const sum = (...values: unknown[]): number | undefined => {
  const numbers = values.filter((value) => typeof value === 'number')
  return numbers.length === 0 ? undefined : numbers.reduce((total, value) => total + value, 0)
}
/** The last value that is there. */
const last = (chunks: readonly Json[], ...path: (string | number)[]): unknown =>
  chunks
    .map((chunk) => get(chunk, ...path))
    .findLast((value) => value !== undefined && value !== null)

const isChat =
  (object: string) =>
  (reply: Json): boolean =>
    reply.object === object && Array.isArray(reply.choices)

for (const provider of ['openai', 'openai-compatible', 'groq', 'deepseek', 'mistral']) {
  test(`a chat completion's own numbers: ${provider}`, needsData, async (t) => {
    for (const [name, reply] of replies(provider, isChat('chat.completion'))) {
      await t.test(name, (t) => {
        assert.deepEqual(told(callWith(t, reply)), {
          model: reply.model,
          input: get(reply, 'usage', 'prompt_tokens'),
          output: get(reply, 'usage', 'completion_tokens'),
          finish: get(reply, 'choices', 0, 'finish_reason'),
        })
      })
    }
  })

  test(`a chat completion stream's own numbers: ${provider}`, needsData, async (t) => {
    for (const [name, chunks] of streams(provider, isChat('chat.completion.chunk'))) {
      await t.test(name, async (t) => {
        const call = await callStreaming(t, chunks)
        assert.deepEqual(told(call), {
          model: last(chunks, 'model'),
          input: last(chunks, 'usage', 'prompt_tokens'),
          output: last(chunks, 'usage', 'completion_tokens'),
          finish: last(chunks, 'choices', 0, 'finish_reason'),
        })
        assert.equal(typeof call?.ttft_ms, 'number')
      })
    }
  })
}

const inputOf = (usage: unknown): unknown =>
  sum(
    get(usage, 'input_tokens'),
    get(usage, 'cache_read_input_tokens'),
    get(usage, 'cache_creation_input_tokens'),
  )

test("a message's own numbers: anthropic", needsData, async (t) => {
  for (const [name, reply] of replies('anthropic', ({ type }) => type === 'message')) {
    await t.test(name, (t) => {
      assert.deepEqual(told(callWith(t, reply)), {
        model: reply.model,
        input: inputOf(reply.usage),
        output: get(reply, 'usage', 'output_tokens'),
        finish: reply.stop_reason,
      })
    })
  }
})

test("a message stream's own numbers: anthropic", needsData, async (t) => {
  for (const [name, chunks] of streams('anthropic', ({ type }) => type === 'message_start')) {
    await t.test(name, async (t) => {
      const usages = [
        ...chunks.map((chunk) => get(chunk, 'message', 'usage')),
        ...chunks.map(({ usage }) => usage),
      ]
      const counted = usages.filter((usage) => get(usage, 'input_tokens') !== undefined)
      assert.deepEqual(told(await callStreaming(t, chunks)), {
        model: last(chunks, 'message', 'model'),
        input: inputOf(counted.at(-1)),
        output:
          last(chunks, 'usage', 'output_tokens') ??
          last(chunks, 'message', 'usage', 'output_tokens'),
        finish: last(chunks, 'delta', 'stop_reason'),
      })
    })
  }
})

test("a response's own numbers: openai", needsData, async (t) => {
  for (const [name, reply] of replies('openai', ({ object }) => object === 'response')) {
    await t.test(name, (t) => {
      assert.deepEqual(told(callWith(t, reply)), {
        model: reply.model,
        input: get(reply, 'usage', 'input_tokens'),
        output: get(reply, 'usage', 'output_tokens'),
        finish: get(reply, 'incomplete_details', 'reason') ?? reply.status,
      })
    })
  }
})

test("a response stream's own numbers: openai", needsData, async (t) => {
  for (const [name, chunks] of streams('openai', ({ type }) => type === 'response.created')) {
    await t.test(name, async (t) => {
      const ended = chunks.findLast(({ type }) =>
        /^response\.(completed|incomplete|failed)$/.test(String(type)),
      )
      const call = await callStreaming(t, chunks)
      assert.deepEqual(told(call), {
        model: last(chunks, 'response', 'model'),
        input: get(ended, 'response', 'usage', 'input_tokens'),
        output: get(ended, 'response', 'usage', 'output_tokens'),
        finish:
          ended &&
          (get(ended, 'response', 'incomplete_details', 'reason') ??
            get(ended, 'response', 'status')),
      })
      const asked = chunks
        .filter((chunk) => chunk.type === 'response.output_item.added')
        .filter((chunk) => get(chunk, 'item', 'type') === 'function_call')
      assert.deepEqual(
        call?.tools?.called ?? [],
        asked.map((chunk) => get(chunk, 'item', 'name')),
      )
    })
  }
})

test('a stream that calls a tool names it, and the tool finds its parent by the id', async (t) => {
  const chat = {
    choices: [
      {
        delta: {
          tool_calls: [{ index: 0, id: 'c1', function: { name: 'get_weather', arguments: '' } }],
        },
      },
    ],
  }
  const more = {
    choices: [
      {
        delta: { tool_calls: [{ index: 0, function: { arguments: '{}' } }] },
        finish_reason: 'tool_calls',
      },
    ],
  }
  const block = {
    type: 'content_block_start',
    content_block: { type: 'tool_use', id: 'c2', name: 'search' },
  }
  const { logger, records } = validRecorder(t)
  await logger.trace('ask', async () => {
    for await (const _ of logger.llm(CALL, () => pass([chat, more])));
    for await (const _ of logger.llm(CALL, () => pass([block])));
    logger.tool({ tool: 'get_weather', tool_call_id: 'c1' }, () => 'sunny')
    logger.tool({ tool: 'search', tool_call_id: 'c2' }, () => 'found')
  })
  const calls = records('llm_call')
  assert.deepEqual(
    calls.map(({ tools }) => tools?.called),
    [['get_weather'], ['search']],
  )
  assert.deepEqual(
    records('tool_call').map((tool) => tool.parent_span_id),
    calls.map((call) => call.span_id),
  )
})

test('a stream of texts is put together, and the first one that is not empty is the first token', async (t) => {
  let now = 0
  const clock = { wall: () => 1_800_000_000_000, monotonic: () => now }
  const { logger, records } = validRecorder(t, { clock })
  async function* words(): AsyncGenerator<string> {
    for (const word of ['', 'It ', 'is ', 'sunny']) {
      now += 10
      yield await Promise.resolve(word)
    }
  }
  for await (const _ of logger.llm(CALL, words));
  assert.equal(records('llm_call')[0]?.ttft_ms, 20)
  const output = records('content').find(({ part }) => part === 'output')
  assert.deepEqual(output?.content, [
    { role: 'assistant', parts: [{ type: 'text', content: 'It is sunny' }] },
  ])
})

test('a reply that nobody knows is no error: the call is recorded without numbers', (t) => {
  for (const reply of [
    undefined,
    null,
    5,
    [],
    new Map(),
    { data: 1 },
    { usage: 'none' },
    { choices: [] },
    { choices: [null], usage: { prompt_tokens: -1, completion_tokens: 'x' } },
  ]) {
    const call = callWith(t, reply)
    assert.deepEqual(
      [call?.status, call?.input_tokens, call?.output_tokens],
      ['ok', undefined, undefined],
    )
  }
})

test('a reader of your own is asked instead, and one that throws costs the numbers only', (t) => {
  const { logger, records } = validRecorder(t)
  const reply = (answer: { n: number }): object => ({
    input_tokens: answer.n,
    finish_reason: 'end_turn' as never,
  })
  logger.llm({ ...CALL, reply }, () => ({ n: 7 }))
  const broken = (): never => {
    throw new Error('broken reader')
  }
  assert.equal(
    logger.llm({ ...CALL, reply: broken }, () => 5),
    5,
  )
  const [read, unread] = records('llm_call')
  assert.deepEqual([read?.input_tokens, read?.finish_reason], [7, 'stop'])
  assert.deepEqual([unread?.status, unread?.input_tokens], ['ok', undefined])
})

test('cost is kept in whole nano-dollars, unknown is null, and nonsense is left out', (t) => {
  const { logger, records } = validRecorder(t)
  for (const cost_usd of [0.1 + 0.2, null, -1, Number.NaN])
    logger.start({ event: 'llm_call', ...CALL }).end({ cost_usd, input_tokens: null })
  assert.deepEqual(
    records('llm_call').map((call) => call.cost_usd),
    [0.3, null, undefined, undefined],
  )
  assert.ok(records('llm_call').every((call) => call.input_tokens === null))
})

test('which recorded streams are left out is known', needsData, () => {
  // One line of it is cut short in the source.
  assert.deepEqual([...new Set(LEFT_OUT)], ['parallel-tool-call-wrapper.1.chunks.txt'])
})
