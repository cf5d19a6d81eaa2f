import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { captureFetch } from '@recount/capture'
import { recorder } from '@recount/logger/testing'
import { Client } from 'langsmith'
import OpenAI from 'openai'
import { call, content, folderWith, jsonl, line, span } from './helpers.ts'
import { recountHere } from './in-process.ts'

const TOOL = {
  type: 'function',
  function: { name: 'weather', description: 'Of a town', parameters: { type: 'object' } },
}
const said = (role: string, ...parts: object[]): object => ({ role, parts })
const text = (content: string): object => ({ type: 'text', content })
const INPUT = [
  said('user', text('Weather in Oslo?')),
  said('assistant', { type: 'tool_call', id: 't1', name: 'weather', arguments: { town: 'Oslo' } }),
  said('tool', { type: 'tool_call_response', id: 't1', response: '{"sun":true}' }),
]
const SYSTEM = [text('You are brief.')]
const LOG = jsonl(
  call(span(1)),
  content(span(1), 'system', SYSTEM),
  content(span(1), 'tools', [TOOL]),
  content(span(1), 'input', INPUT),
  content(span(1), 'output', [said('assistant', text('Sunny.'))]),
  line('user_action', span(1), { action: 'accepted' }),
)

async function rows<Row>(t: TestContext, format: string): Promise<Row[]> {
  const cwd = folderWith(t, { 'app.jsonl': LOG })
  const args = ['evals', 'export', 'app.jsonl', '--format', format, '--out', 'rows.jsonl']
  const { status, stderr } = await recountHere(args, { cwd })
  assert.equal(status, 0, stderr)
  const lines = readFileSync(join(cwd, 'rows.jsonl'), 'utf8').trimEnd().split('\n')
  return lines.map((one) => JSON.parse(one) as Row)
}

interface Request {
  readonly path: string
  readonly body: string
}

/** Answers every request by its path, and keeps what was sent. */
async function served(
  t: TestContext,
  answer: (path: string) => unknown,
): Promise<{ url: string; requests: Request[] }> {
  const requests: Request[] = []
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const path = request.url ?? ''
      requests.push({ path, body: Buffer.concat(chunks).toString('utf8') })
      response.writeHead(200, { 'content-type': 'application/json' })
      response.end(JSON.stringify(answer(path)))
    })
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  t.after(() => server.close())
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, requests }
}

test('rows for OpenAI are sent by its client as they are, and mean what was recorded', async (t) => {
  interface Row {
    readonly input: OpenAI.ChatCompletionMessageParam[]
    readonly ideal: string
    readonly tools: OpenAI.ChatCompletionFunctionTool[]
  }
  const [row] = await rows<Row>(t, 'openai')
  assert.ok(row)
  assert.equal(row.ideal, 'Sunny.')
  const choices = [
    { index: 0, message: { role: 'assistant', content: 'x' }, finish_reason: 'stop' },
  ]
  const { url } = await served(t, () => ({ id: 'x', object: 'chat.completion', choices }))
  const env = { LLM_LOG_PROMPTS: 'true' }
  const { logger, records } = recorder({ env })
  const client = new OpenAI({
    ...{ apiKey: 'demo', logLevel: 'off', maxRetries: 0, baseURL: `${url}/v1` },
    fetch: captureFetch({ logger, provider: 'openai' }),
  })
  await client.chat.completions.create({ model: 'm', messages: row.input, tools: row.tools })
  const kept = Object.fromEntries(
    records().flatMap((record) =>
      record.event === 'content' ? [[record.part, record.content] as const] : [],
    ),
  )
  assert.deepEqual([kept.system, kept.input, kept.tools], [SYSTEM, INPUT, [TOOL]])
})

test('rows for LangSmith are taken by its client, with the same ids each time', async (t) => {
  type Row = Parameters<Client['createExample']>[0] & {
    readonly id: string
    readonly inputs: object
  }
  const examples = await rows<Row>(t, 'langsmith')
  const again = await rows<Row>(t, 'langsmith')
  assert.deepEqual(again, examples)
  const [example] = examples
  assert.ok(example)
  const dataset = { id: '6f1c2a52-30a5-4d9c-8f0e-0d7a1b8e1c11', name: 'recount' }
  const { url, requests } = await served(t, (path) => {
    if (path.startsWith('/info'))
      return { instance_flags: { dataset_examples_multipart_enabled: true } }
    if (path.startsWith('/datasets')) return [dataset]
    return path.includes('/platform/') ? { example_ids: [example.id], count: 1 } : example
  })
  const client = new Client({ apiUrl: url, apiKey: 'demo', autoBatchTracing: false })
  await client.createExamples(examples)
  const upload = requests.find(({ path }) => path.includes('/platform/datasets/'))
  assert.ok(upload, requests.map(({ path }) => path).join(' '))
  for (const part of [`${example.id}.inputs`, `${example.id}.outputs`, '"content":"Sunny."'])
    assert.ok(upload.body.includes(part), part)
})
