import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { createServer, type Server, type ServerResponse } from 'node:http'
import { createServer as createHttp2, type Http2Server } from 'node:http2'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { type TestContext, test } from 'node:test'
import { BedrockRuntimeClient, ConverseStreamCommand } from '@aws-sdk/client-bedrock-runtime'
import { captureFetch, instrument } from '@recount/capture'
import { createLogger, type Logger } from '@recount/logger'
import type { AnyRecord } from '@recount/record'
import { indexFiles, openStore } from '@recount/store'
import OpenAI from 'openai'
import { traceText } from '../src/show/trace-text.ts'
import { storedTree } from '../src/store/stored-tree.ts'
import type { Terminal } from '../src/terminal.ts'
import { folderWith } from './helpers.ts'
import { recountHere } from './in-process.ts'
import { WIRE, type WireAnswer, wireAnswers } from './recorded-wire.ts'

const needsData: { readonly skip: string | false } = {
  skip: existsSync(WIRE) ? false : 'needs the data set in ../shared/data, which is not here',
}

const PAGE: Terminal = {
  ...{ columns: 120, color: false, watched: false },
  flush: async () => {},
  print() {},
  say() {},
  note() {},
}

/** Answers without words of their own: numbers, pictures, ranks, refusals without a reason, cut before the first word. */
const WORDLESS: readonly RegExp[] = [/embedding|rerank|-image|chat-2-mock|refusal-no-details/]

test(
  'every recorded answer of a provider is captured, indexed, found by its own words, and shown',
  needsData,
  async (t) => {
    const cwd = folderWith(t)
    const answers = wireAnswers()
    const spans = await captured(t, join(cwd, 'app.jsonl'), answers)
    const db = join(cwd, 'recount.db')
    const store = await openStore(db)
    t.after(() => store.close())
    const counts = await indexFiles({ store, paths: [join(cwd, 'app.jsonl')] })
    assert.deepEqual([counts.invalid, counts.malformed, counts.other], [0, 0, 0])
    const missed: string[] = []
    let found = 0
    for (const { file } of answers) {
      const span_id = spans.get(file) ?? ''
      const trace = await store.trace(span_id)
      const phrase = phraseOf(trace?.records ?? [], span_id)
      if (phrase === undefined) missed.push(file)
      if (phrase === undefined) continue
      const { items } = await store.search({ phrase, trace_id: trace?.trace_id })
      assert.ok(
        items.some(({ span }) => span.span_id === span_id),
        `${file}: ${phrase} is not found`,
      )
      const shown = traceText(await storedTree(store, span_id, {}), PAGE, true)
      const [word = ''] = /[\p{L}\p{N}]+/u.exec(phrase) ?? []
      assert.ok(shown.includes(word), `${file}: ${word} is not shown`)
      found += 1
    }
    assert.deepEqual(
      missed.filter((file) => !WORDLESS.some((pattern) => pattern.test(file))),
      [],
    )
    assert.ok(found >= 240, `${found} of ${answers.length}`)
    const [last = ''] = [...spans.values()].slice(-1)
    const shown = await recountHere(['show', last, '--db', db, '--full'], { cwd })
    assert.equal(shown.status, 0, shown.stderr)
  },
)

/** Has them all answered over loopback, to a captured fetch; the span of each. */
async function captured(
  t: TestContext,
  file: string,
  answers: readonly WireAnswer[],
): Promise<Map<string, string>> {
  let next: WireAnswer | undefined
  const answer = (request: Readable, response: ServerResponse): void => {
    request.resume()
    response.writeHead(next?.status ?? 500, { 'content-type': next?.type }).end(next?.body)
  }
  const url = await listening(t, createServer(answer))
  // Bedrock's client speaks HTTP/2 only.
  const http2 = await listening(
    t,
    createHttp2((request, response) => answer(request, response as never)),
  )
  const env = { LLM_LOG_PROMPTS: 'true', LLM_LOG_RESPONSES: 'true' }
  const log = createLogger({ destination: file, content: 'inline', env })
  for (const answer of answers) {
    next = answer
    const fetch = captureFetch({ logger: log, provider: answer.provider })
    const body = JSON.stringify({
      ...{ model: 'm', stream: answer.isStream, max_tokens: 9 },
      messages: [{ role: 'user', content: [{ type: 'text', text: 'a question' }] }],
      ...{ input: 'a question', prompt: 'a question', query: 'a question', texts: ['a question'] },
      contents: [{ role: 'user', parts: [{ text: 'a question' }] }],
    })
    const headers = { 'content-type': 'application/json' }
    await log.trace(answer.file, async () => {
      if (answer.type.startsWith('application/vnd')) await converse(http2, log)
      else if (answer.type === 'text/plain') await transcribe(`${url}/v1`, log)
      else
        await (await fetch(`${url}${answer.path}`, { method: 'POST', headers, body })).arrayBuffer()
    })
  }
  await new Promise((resolve) => log.flush(resolve))
  return spansOf(file)
}

async function listening(t: TestContext, server: Server | Http2Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.after(() => server.close())
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** Binary streams are read by the client alone. */
async function converse(endpoint: string, logger: Logger): Promise<void> {
  const credentials = { accessKeyId: 'none', secretAccessKey: 'none' }
  const bedrock = new BedrockRuntimeClient({ region: 'eu-north-1', endpoint, credentials })
  const client = instrument(bedrock, { logger })
  const messages = [{ role: 'user' as const, content: [{ text: 'a question' }] }]
  const { stream = [] } = await client.send(new ConverseStreamCommand({ modelId: 'm', messages }))
  for await (const _ of stream) {
    // Read to its end.
  }
  client.destroy()
}

/** A bare text is told apart from a file by the client alone. */
async function transcribe(baseURL: string, logger: Logger): Promise<void> {
  const client = instrument(new OpenAI({ apiKey: 'none', baseURL, logLevel: 'off' }), { logger })
  const file = new File(['sound'], 'a.mp3')
  await client.audio.transcriptions.create({ model: 'm', file, response_format: 'text' })
}

/** Each answer has a trace of its own, which is called like its file. */
function spansOf(file: string): Map<string, string> {
  const spans = new Map<string, string>()
  for (const line of readFileSync(file, 'utf8').trimEnd().split('\n')) {
    const { event, workflow, span_id } = JSON.parse(line) as Record<string, string>
    if (event === 'llm_call') spans.set(workflow ?? '', span_id ?? '')
  }
  return spans
}

/** Some words from the middle of what was said, else of what tools were given, else of what was wrong. */
function phraseOf(records: readonly AnyRecord[], span_id: string): string | undefined {
  const own = records.filter((record) => record.span_id === span_id)
  const outputs = own.flatMap((record) =>
    record.event === 'content' && record.part === 'output' ? [record.content] : [],
  )
  const parts = outputs.flatMap((output) => partsOf(output))
  const texts = [
    ...parts.map(({ content }) => content),
    ...parts.flatMap(({ arguments: args }) => (args instanceof Object ? Object.values(args) : [])),
    ...parts.map(({ name }) => name),
    ...own.map((record) => (record.event === 'llm_call' ? record.error?.message : undefined)),
  ].filter((text) => typeof text === 'string')
  const said = texts.find((text) => text.trim().length > 8) ?? texts.find((text) => /\w/.test(text))
  return said === undefined
    ? undefined
    : said
        .trim()
        .slice(0, 45)
        .slice(said.length > 20 ? 5 : 0)
}

type Part = Readonly<Record<string, unknown>>

function partsOf(output: unknown): Part[] {
  const messages = Array.isArray(output) ? output : [output]
  return messages.flatMap((message: { parts?: Part[] } | null) => message?.parts ?? [])
}
