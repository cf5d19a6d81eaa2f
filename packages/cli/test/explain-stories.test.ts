import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { completion, type Stage, startStage } from './blame-provider.ts'

let stage: Stage

before(async () => {
  stage = await startStage()
})
after(() => stage.close())

const NO = 'I cannot help with that.'
const said = (content: string): object => completion({ content, refusal: null })

/** Asks, and judges what came, as an application does. */
async function judged(body: object, rules = {}): Promise<void> {
  const raw = await stage.chat(body)
  stage.log.validate(raw, { parse: (text: string) => JSON.parse(text) as object, rules })
}

test('recorded: a call that failed for good is the provider’s', async () => {
  const body = { error: { message: 'Overloaded', type: 'server_error', param: null, code: null } }
  const { blame } = await stage.explained(() => stage.chat(body, 503))
  assert.equal(blame?.part, 'provider')
  assert.match(blame.proof[0]?.says ?? '', /503/)
})

test('recorded: a prompt over the window is the context’s, one that the filter blocked the filter’s', async () => {
  const refused = (code: string, message: string): object => ({
    error: { message, type: 'invalid_request_error', param: 'messages', code },
  })
  const long = refused('context_length_exceeded', 'Maximum context length is 8192 tokens.')
  assert.equal((await stage.explained(() => stage.chat(long, 400))).blame?.part, 'context')
  const blocked = refused('content_filter', 'The response was filtered. Please modify your prompt.')
  assert.equal((await stage.explained(() => stage.chat(blocked, 400))).blame?.part, 'filter')
})

test('recorded: a refusal is the model’s, not the parser’s, in the chat API and in Responses', async () => {
  const chat = await stage.explained(() => judged(completion({ content: null, refusal: NO })))
  assert.equal(chat.blame?.part, 'refusal', JSON.stringify(chat))
  assert.match(JSON.stringify(chat.blame.proof), /I cannot help/)
  const item = { type: 'message', id: 'm', role: 'assistant', status: 'completed' }
  const responses = await stage.explained(() =>
    stage.responses({
      id: 'resp_1',
      object: 'response',
      created_at: 1,
      status: 'completed',
      model: 'gpt-4o-mini',
      incomplete_details: null,
      output: [{ ...item, content: [{ type: 'refusal', refusal: NO }] }],
      usage: { input_tokens: 30, output_tokens: 9, total_tokens: 39 },
    }),
  )
  assert.equal(responses.blame?.part, 'refusal', JSON.stringify(responses))
})

test('recorded: an answer that the filter, the budget or the window stopped is theirs', async () => {
  for (const [finish, part] of [
    ['content_filter', 'filter'],
    ['length', 'length'],
  ] as const) {
    const { blame } = await stage.explained(() => judged(completion({ content: '' }, finish)))
    assert.equal(blame?.part, part)
  }
  for (const [stop_reason, part] of [
    ['refusal', 'refusal'],
    ['max_tokens', 'length'],
    ['model_context_window_exceeded', 'context'],
  ] as const) {
    const { blame } = await stage.explained(() =>
      stage.anthropic({
        id: 'msg_1',
        type: 'message',
        role: 'assistant',
        model: 'claude-x',
        content: [],
        stop_reason,
        stop_sequence: null,
        usage: { input_tokens: 30, output_tokens: 0 },
      }),
    )
    assert.equal(blame?.part, part)
  }
})

test('recorded: an answer of nothing, without a reason, is empty', async () => {
  const { blame } = await stage.explained(() => judged(said('')))
  assert.equal(blame?.part, 'empty')
})

test('recorded: what the model said and the program could not read is the parser’s', async () => {
  const { blame } = await stage.explained(() => judged(said('Sure: {"date": "12 December"}')))
  assert.equal(blame?.part, 'parser')
  assert.match(blame.proof[0]?.says ?? '', /12 December/)
})

test('recorded: a value that the model got wrong is the model’s', async () => {
  const { blame } = await stage.explained(() =>
    judged(said('{"date": "yesterday"}'), { 'in-future': () => 'lies in the past' }),
  )
  assert.equal(blame?.part, 'model')
})

test('recorded: a tool that fails, or gives an error as if it were a result, is at fault', async () => {
  const results: (() => Promise<unknown>)[] = [
    () => Promise.reject(new Error('the stock list is down')),
    () => Promise.resolve({ error: 'no such order' }),
  ]
  for (const result of results) {
    const { blame } = await stage.explained(async () => {
      const found = await stage.log
        .tool({ tool: 'orders', arguments: { id: 7 } }, result)
        .catch(() => 'nothing')
      await judged(said(JSON.stringify({ answer: `I found ${JSON.stringify(found)}` })))
    })
    assert.equal(blame?.part, 'tool')
  }
})

test('recorded: a parser that lost a value is to blame before a tool that found nothing', async () => {
  const { blame, verdicts } = await stage.explained(async () => {
    await stage.log.tool({ tool: 'orders' }, async () => ({ rows: [] }))
    await judged(said('Sure: {"date": "12 December"}'))
  })
  assert.equal(blame?.part, 'parser')
  assert.ok(verdicts.some(({ part }) => part === 'tool'))
})

test('recorded: a lookup that found somebody else’s data is at fault', async () => {
  const { blame } = await stage.explained(async () => {
    await stage.log.retrieval({ source: 'charts', subject_id: 'customer-7' }, async () => [
      { source_id: 'order-8', subject_id: 'customer-8', text: 'A lamp.' },
    ])
    await judged(said('{"answer": "A lamp."}'))
  })
  assert.equal(blame?.part, 'retrieval')
})

test('recorded: another model than in the last good answer is a regression', async () => {
  await stage.explained(() => stage.chat(completion({ content: 'Good.' }, 'stop', 'm-2026-01')))
  const sibling = [...stage.lines()]
  const { blame } = await stage.explained(
    () => stage.chat(completion({ content: 'Bad.' }, 'stop', 'm-2026-05')),
    sibling,
  )
  assert.equal(blame?.part, 'regression')
  assert.match(JSON.stringify(blame.proof), /m-2026-01 → m-2026-05/)
})

test('recorded: work that never ended is the application’s', async () => {
  const { blame } = await stage.explained(async () => {
    await stage.chat(completion({ content: 'Good.' }))
    stage.log.openTrace('send-answer')
  })
  assert.equal(blame?.part, 'application')
})
