import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Mistral } from '@mistralai/mistralai'
import { HTTPClient } from '@mistralai/mistralai/lib/http'
import { recorder } from '@recount/logger/testing'
import { captureFetch } from '../src/index.ts'

const USAGE = { prompt_tokens: 20, completion_tokens: 8, total_tokens: 58, connector_tokens: 30 }
const OUTPUTS = [
  { type: 'tool.execution', id: 'te_1', name: 'web_search', arguments: '{"query":"tides"}' },
  {
    type: 'message.output',
    id: 'msg_1',
    role: 'assistant',
    model: 'mistral-medium-2508',
    content: [
      { type: 'text', text: 'High at noon.' },
      { type: 'tool_reference', tool: 'web_search', title: 'Tides', url: 'https://tides.invalid' },
    ],
  },
  {
    type: 'function.call',
    id: 'fc_1',
    tool_call_id: 'call_1',
    name: 'note',
    arguments: '{"at":12}',
  },
]
const EVENTS: Record<string, unknown>[] = [
  { type: 'conversation.response.started', conversation_id: 'conv_1' },
  {
    type: 'tool.execution.started',
    output_index: 0,
    id: 'te_1',
    name: 'web_search',
    arguments: '',
  },
  {
    type: 'tool.execution.delta',
    output_index: 0,
    id: 'te_1',
    name: 'web_search',
    arguments: '{"query":"tides"}',
  },
  { type: 'tool.execution.done', output_index: 0, id: 'te_1', name: 'web_search' },
  ...['High ', 'at noon.'].map((content) => ({
    type: 'message.output.delta',
    output_index: 1,
    id: 'msg_1',
    content_index: 0,
    model: 'mistral-medium-2508',
    role: 'assistant',
    content,
  })),
  {
    type: 'message.output.delta',
    output_index: 1,
    id: 'msg_1',
    content_index: 1,
    model: 'mistral-medium-2508',
    role: 'assistant',
    content: {
      type: 'tool_reference',
      tool: 'web_search',
      title: 'Tides',
      url: 'https://tides.invalid',
    },
  },
  ...['{"at":', '12}'].map((args) => ({
    type: 'function.call.delta',
    output_index: 2,
    id: 'fc_1',
    name: 'note',
    tool_call_id: 'call_1',
    arguments: args,
  })),
  { type: 'conversation.response.done', usage: USAGE },
]

for (const isStream of [false, true]) {
  test(`a conversation of Mistral's is recorded, ${isStream ? 'streamed' : 'whole'}`, async () => {
    const recorded = recorder()
    const client = mistral(recorded, () =>
      isStream
        ? new Response(EVENTS.map(asEvent).join(''), {
            headers: { 'content-type': 'text/event-stream' },
          })
        : Response.json({
            object: 'conversation.response',
            conversation_id: 'conv_1',
            outputs: OUTPUTS,
            usage: USAGE,
          }),
    )
    const asked = { conversationId: 'conv_0', conversationAppendRequest: { inputs: 'When?' } }
    if (isStream) {
      const { conversationId, conversationAppendRequest } = asked
      const events = await client.beta.conversations.appendStream({
        conversationId,
        conversationAppendStreamRequest: conversationAppendRequest,
      })
      for await (const _ of events) {
      }
    } else await client.beta.conversations.append(asked)
    const [call] = recorded.records('llm_call')
    assert.ok(call)
    assert.deepEqual(
      [call.status, call.input_tokens, call.output_tokens, call.response_model, call.stream],
      ['ok', 50, 8, 'mistral-medium-2508', isStream],
    )
    assert.deepEqual(call.held_state, { conversation: 'conv_0' })
    assert.deepEqual(call.tools, { called: ['note'] })
    const output = recorded.content(call.span_id, 'output') as { parts: unknown[] }[]
    assert.deepEqual(output[0]?.parts, [
      {
        type: 'server_tool_call',
        id: 'te_1',
        name: 'web_search',
        server_tool_call: { type: 'web_search', arguments: { query: 'tides' } },
      },
      { type: 'text', content: 'High at noon.' },
      { type: 'tool_reference', tool: 'web_search', title: 'Tides', url: 'https://tides.invalid' },
      { type: 'tool_call', id: 'call_1', name: 'note', arguments: { at: 12 } },
    ])
  })
}

test('an error in the middle of a conversation is one', async () => {
  const recorded = recorder()
  const broken = [
    ...EVENTS.slice(0, 5),
    { type: 'conversation.response.error', message: 'Lost', code: 3000 },
  ]
  const client = mistral(
    recorded,
    () =>
      new Response(broken.map(asEvent).join(''), {
        headers: { 'content-type': 'text/event-stream' },
      }),
  )
  const events = await client.beta.conversations.startStream({ model: 'm', inputs: 'When?' })
  for await (const _ of events) {
  }
  const [call] = recorded.records('llm_call')
  assert.notEqual(call?.status, 'ok')
  assert.match(JSON.stringify(call?.error), /3000/)
})

function mistral(recorded: ReturnType<typeof recorder>, answer: () => Response): Mistral {
  return new Mistral({
    apiKey: 'none',
    serverURL: 'https://api.mistral.ai',
    httpClient: new HTTPClient({
      fetcher: captureFetch({ logger: recorded.logger, fetch: async () => answer() }),
    }),
  })
}

function asEvent(event: Record<string, unknown>): string {
  return `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`
}
