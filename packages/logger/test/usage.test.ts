import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readReply } from '../src/reply.ts'
import { validRecorder } from './helpers.ts'

const CALL = { provider: 'acme', model: 'acme-large' }

const replies = {
  'OpenAI chat': {
    usage: { prompt_tokens: 10, completion_tokens: 5, prompt_tokens_details: { cached_tokens: 4 } },
  },
  'Anthropic, which counts cached input apart': {
    usage: {
      input_tokens: 6,
      cache_read_input_tokens: 4,
      cache_creation_input_tokens: 0,
      output_tokens: 5,
    },
  },
  'the AI SDK': { usage: { inputTokens: 10, outputTokens: 5, cachedInputTokens: 4 } },
  LangChain: {
    usage_metadata: { input_tokens: 10, output_tokens: 5, input_token_details: { cache_read: 4 } },
  },
  'Gemini, which counts thoughts apart': {
    usageMetadata: {
      promptTokenCount: 10,
      candidatesTokenCount: 3,
      thoughtsTokenCount: 2,
      cachedContentTokenCount: 4,
    },
  },
}

for (const [name, reply] of Object.entries(replies)) {
  test(`token counts are read from the reply of ${name}`, () => {
    const { input_tokens, output_tokens, cache_read_tokens, usage_source } = readReply(reply)
    assert.deepEqual(
      [input_tokens, output_tokens, cache_read_tokens, usage_source],
      [10, 5, 4, 'provider'],
    )
  })
}

test('a reply without counts has unknown tokens, not 0', () => {
  assert.equal('input_tokens' in readReply({ text: 'hello', usage: {} }), false)
})

test('reply reads each chunk of a stream: texts are put together, the first one is the first token', async (t) => {
  const { logger, records, content } = validRecorder(t)
  async function* answer(): AsyncGenerator<{ t?: string; used?: number }> {
    yield { t: 'hel' }
    yield { t: 'lo' }
    yield { used: 2 }
  }
  const reply = (chunk: { t?: string; used?: number }) => ({
    ...(chunk.t === undefined ? {} : { output: chunk.t }),
    ...(chunk.used === undefined ? {} : { output_tokens: chunk.used }),
  })
  for await (const _ of logger.llm({ ...CALL, stream: true, reply }, answer)) {
    // read to the end
  }
  const [call] = records('llm_call')
  assert.equal(call?.output_tokens, 2)
  assert.equal(typeof call?.ttft_ms, 'number')
  assert.deepEqual(content(call?.span_id ?? '', 'output'), [
    { role: 'assistant', parts: [{ type: 'text', content: 'hello' }] },
  ])
})

test('where calls of a span ran at the same time, a tool without an id belongs to the span, not to a guess', async (t) => {
  const { logger, records } = validRecorder(t)
  let releaseFirst = (): void => {}
  const first = new Promise<void>((resolve) => {
    releaseFirst = resolve
  })
  await logger.trace('both', async () => {
    const branches = [
      logger.llm(CALL, () => first).then(() => logger.tool({ tool: 'a' }, () => 1)),
      logger
        .llm(CALL, async () => 'b')
        .then(() => logger.validate('b', { rules: { no: () => false } })),
    ]
    await branches[1]
    releaseFirst()
    await branches[0]
  })
  const root = records('step')[0]?.span_id
  assert.equal(records('tool_call')[0]?.parent_span_id, root)
  assert.equal(records('validation')[0]?.parent_span_id, root)
})

test('calls one after the other: a tool without an id belongs to the last one', async (t) => {
  const { logger, records } = validRecorder(t)
  await logger.trace('one by one', async () => {
    await logger.llm(CALL, async () => 'a')
    await logger.llm(CALL, async () => 'b')
    logger.tool({ tool: 'a' }, () => 1)
  })
  assert.equal(records('tool_call')[0]?.parent_span_id, records('llm_call')[1]?.span_id)
})
