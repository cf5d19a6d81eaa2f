import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { instrument, labelCalls } from '@recount/capture'
import { recorder } from '@recount/logger/testing'
import OpenAI from 'openai'
import { z } from 'zod'
import { modelServer } from './model-server.ts'

const server = await modelServer()
after(() => server.close())

/** What went wrong in the story: the answer is a sentence around a value, and the parser finds none. */
const DOSE = z.object({ dose: z.object({ mg: z.number() }) })
const QUESTION = 'How much for the patient in room 4?'

test('one answer is explained by its trace alone: the nine signals, and what the user did hours later', async () => {
  const recorded = recorder()
  const { logger, content, records } = recorded
  const openai = instrument(new OpenAI({ apiKey: 'none', baseURL: server.url }), { logger })
  const weigh = { name: 'look', parameters: { type: 'object' } }

  await logger.trace('dose', { session_id: 's-1', user_id: 'nurse-7' }, async () => {
    const chunks = await logger.retrieval({ source: 'charts', query: QUESTION }, async () => [
      { id: 'chart-41', score: 0.93, text: 'Weight 4.1 kg' },
    ])
    const messages: OpenAI.ChatCompletionMessageParam[] = [
      { role: 'system', content: 'You are careful.' },
      { role: 'user', content: `${QUESTION}\n${chunks[0]?.text}` },
    ]
    const tools = [{ type: 'function' as const, function: weigh }]
    const first = await openai.chat.completions.create({ model: 'calls', messages, tools })
    const asked = first.choices[0]?.message
    if (asked?.tool_calls?.[0] === undefined) assert.fail('no tool was asked for')
    const result = 'Weight 41 kg'
    messages.push(asked, { role: 'tool', tool_call_id: asked.tool_calls[0].id, content: result })
    const stream = await labelCalls({ message_id: 'message-1' }, () =>
      openai.chat.completions.create({ model: 'says', messages, tools, stream: true }),
    )
    let raw = ''
    for await (const { choices } of stream) raw += choices[0]?.delta.content ?? ''
    const { value } = logger.validate(raw, { parse: (text) => ({ dose: text }), schema: DOSE })
    logger.finalResponse({ output: value, disposition: 'shown', message_id: 'message-1' })
  })
  logger.userAction({ message_id: 'message-1', action: 'edited', user_edit: '0.4 mg' })

  const [asking, answering] = records('llm_call')
  const [retrieval] = records('retrieval')
  const [tool] = records('tool_call')
  const [validation] = records('validation')
  const [final] = records('final_response')
  const [action] = records('user_action')
  if (!asking || !answering || !retrieval || !tool || !validation || !final || !action)
    assert.fail('a record is missing')
  const trace_id = asking.trace_id
  for (const record of [answering, retrieval, tool, validation, final])
    assert.equal(record.trace_id, trace_id)

  // 1. The input as the model saw it, and what was retrieved, with ids.
  const seen = JSON.stringify([
    content(answering.span_id, 'system'),
    content(answering.span_id, 'input'),
  ])
  assert.match(seen, /You are careful.*room 4.*Weight 4\.1 kg/s)
  assert.equal(retrieval.chunks[0]?.source_id, 'chart-41')
  assert.match(JSON.stringify(content(retrieval.span_id, 'retrieved')), /Weight 4\.1 kg/)
  // 2. The exact model.
  assert.equal(answering.model, 'says')
  assert.equal(answering.response_model, 'says-2026')
  // 3. Tokens, in and out.
  assert.deepEqual([answering.input_tokens, answering.output_tokens], [7, 3])
  // 4. The tool call with arguments and result, though the application never logged it.
  assert.equal(tool.tool, 'look')
  assert.equal(tool.parent_span_id, asking.span_id)
  assert.deepEqual(content(tool.span_id, 'tool_arguments'), { where: 'fridge' })
  assert.match(JSON.stringify(content(tool.span_id, 'tool_result')), /Weight 41 kg/)
  // 5. Where the time went.
  assert.equal(typeof answering.ttft_ms, 'number')
  const { total, retrieval: lookingUp, llm } = final.latency_ms
  assert.ok(total >= llm && llm >= answering.duration_ms && lookingUp >= 0)
  assert.equal(final.latency_ms.ttft, answering.ttft_ms)
  // 6. The raw completion, off the wire.
  assert.match(String(content(answering.span_id, 'raw_response')), /data: .*"Mi"/)
  // 7. What the code made of it.
  assert.deepEqual(content(validation.span_id, 'parsed'), { dose: 'Milk.' })
  // 8. The verdict, with the rule that failed.
  assert.equal(validation.passed, false)
  assert.equal(validation.path, '/dose')
  assert.equal(validation.parent_span_id, answering.span_id)
  // 9. What the user did, joined by the id of the answer.
  assert.equal(action.action, 'edited')
  assert.equal(action.message_id, answering.message_id)
  assert.equal(action.message_id, final.message_id)
})
