import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { StringOutputParser } from '@langchain/core/output_parsers'
import { ChatPromptTemplate } from '@langchain/core/prompts'
import { BaseRetriever } from '@langchain/core/retrievers'
import { RunnableLambda } from '@langchain/core/runnables'
import { tool } from '@langchain/core/tools'
import { ChatOpenAI } from '@langchain/openai'
import { captureFetch } from '@recount/capture'
import { langchainHandler } from '@recount/capture/langchain'
import { type Recorder, recorder } from '@recount/logger/testing'
import { z } from 'zod'
import { modelServer } from './model-server.ts'

const server = await modelServer()
after(() => server.close())

function chat(model: string, { logger }: Recorder): ChatOpenAI {
  const fetch = captureFetch({ logger, provider: 'openai' })
  return new ChatOpenAI({
    model,
    apiKey: 'none',
    maxRetries: 0,
    configuration: { baseURL: server.url, fetch },
  })
}

class Fridge extends BaseRetriever {
  readonly lc_namespace = ['test']
  override async _getRelevantDocuments() {
    return [{ pageContent: 'Milk is in the door.', metadata: { id: 'door-1' } }]
  }
}

test('a chain is a tree: what it runs stands below it, also when two run at the same time', async () => {
  const recorded = recorder()
  const callbacks = [langchainHandler({ logger: recorded.logger })]
  const prompt = ChatPromptTemplate.fromMessages([['user', 'What is in the {place}?']])
  const chain = prompt.pipe(chat('says', recorded)).pipe(new StringOutputParser())
  const places = ['fridge', 'cupboard']
  const answers = await Promise.all(
    places.map((place) => chain.invoke({ place }, { callbacks, runName: `ask ${place}` })),
  )
  assert.deepEqual(answers, ['Milk.', 'Milk.'])
  const calls = recorded.records('llm_call')
  assert.equal(calls.length, 2)
  for (const place of places) {
    const step = recorded.records('step').find(({ step }) => step === `ask ${place}`)
    const call = calls.find(({ trace_id }) => trace_id === step?.trace_id)
    assert.equal(call?.parent_span_id, step?.span_id)
    assert.match(JSON.stringify(recorded.content(call?.span_id ?? '', 'input')), new RegExp(place))
  }
})

test('a call that an instrumented fetch sees, too, is recorded once, streams as well', async () => {
  const recorded = recorder()
  const callbacks = [langchainHandler({ logger: recorded.logger })]
  await chat('says', recorded).invoke('What is in the fridge?', { callbacks })
  for await (const _ of await chat('says', recorded).stream('What is in it?', { callbacks }));
  assert.equal(recorded.records('llm_call').length, 2)
  assert.equal(recorded.records('llm_call_started').length, 2)
})

test('a call that LangChain does not tell of is recorded by the fetch', async () => {
  const recorded = recorder()
  const callbacks = [langchainHandler({ logger: recorded.logger })]
  const inner = chat('says', recorded)
  const outer = RunnableLambda.from(async () => {
    const { text } = await inner.invoke('What else is there?', { callbacks: [] })
    return text
  })
  await Promise.all([
    outer.invoke('x', { callbacks }),
    chat('says', recorded).invoke('What is in the fridge?', { callbacks }),
  ])
  assert.equal(recorded.records('llm_call').length, 2)
})

test('tools and retrievers are recorded below the run that began them, with what went in and came out', async () => {
  const recorded = recorder()
  const callbacks = [langchainHandler({ logger: recorded.logger })]
  const schema = z.object({ where: z.string() })
  const look = tool(({ where }: { where: string }) => `milk in the ${where}`, {
    name: 'look',
    description: 'Looks',
    schema,
  })
  const agent = RunnableLambda.from(async (question: string, config) => {
    await new Fridge().invoke(question, config)
    const asked = await chat('calls', recorded).bindTools([look]).invoke(question, config)
    const [call] = asked.tool_calls ?? []
    return call === undefined ? 'none' : look.invoke({ ...call, type: 'tool_call' }, config)
  })
  await agent.invoke('What is in the fridge?', { callbacks, runName: 'agent' })
  const [call] = recorded.records('llm_call')
  const [called] = recorded.records('tool_call')
  const [retrieval] = recorded.records('retrieval')
  const step = recorded.records('step').find(({ step }) => step === 'agent')
  assert.equal(call?.parent_span_id, step?.span_id)
  assert.equal(retrieval?.parent_span_id, step?.span_id)
  assert.equal(retrieval?.chunks[0]?.source_id, 'door-1')
  assert.equal(called?.parent_span_id, call?.span_id)
  assert.deepEqual(recorded.content(called?.span_id ?? '', 'tool_arguments'), { where: 'fridge' })
  assert.equal(recorded.content(called?.span_id ?? '', 'tool_result'), 'milk in the fridge')
})

test('what fails is recorded as failed, up to the chain, and thrown as before', async () => {
  const recorded = recorder()
  const callbacks = [langchainHandler({ logger: recorded.logger })]
  const chain = ChatPromptTemplate.fromTemplate('{x}').pipe(chat('fails', recorded))
  await assert.rejects(
    () => chain.invoke({ x: 'hello' }, { callbacks, runName: 'broken' }),
    /does not take this/,
  )
  const [call] = recorded.records('llm_call')
  const step = recorded.records('step').find(({ step }) => step === 'broken')
  assert.deepEqual([call?.status, call?.error?.status, step?.status], ['error', 400, 'error'])
})
