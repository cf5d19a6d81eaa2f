import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { captureFetch } from '@recount/capture'
import { createLogger } from '@recount/logger'
import { indexFiles, openStore } from '@recount/store'
import { folderWith, recount } from './helpers.ts'

const DATA = fileURLToPath(
  new URL('../../../../../shared/data/provider-http/vercel-ai/', import.meta.url),
)
const needsData: { readonly skip: string | false } = {
  skip: existsSync(DATA) ? false : 'needs the data set in ../shared/data, which is not here',
}

interface Fixture {
  readonly provider: string
  readonly path: string
  readonly body: string
  readonly isStream: boolean
}

/** How an answer is asked for, by what it looks like. */
function pathOf(folder: string, body: string, isStream: boolean): string | undefined {
  if (folder === 'anthropic') return /"type": ?"message/.test(body) ? '/v1/messages' : undefined
  if (folder === 'google' && body.includes('"candidates"'))
    return `/v1beta/models/gemini:${isStream ? 'streamGenerateContent?alt=sse' : 'generateContent'}`
  if (body.includes('"chat.completion') || (folder === 'mistral' && body.includes('"choices"')))
    return '/v1/chat/completions'
  if (folder === 'openai' && /"object": ?"response"/.test(body)) return '/v1/responses'
  return undefined
}

function fixtures(): Fixture[] {
  if (!existsSync(DATA)) return []
  return readdirSync(DATA, { recursive: true, encoding: 'utf8' })
    .sort()
    .filter((name) => /\.(json|txt)$/.test(name))
    .flatMap((name) => {
      const text = readFileSync(join(DATA, name), 'utf8')
      const [folder = ''] = name.split('/')
      const isStream = !name.endsWith('.json')
      const path = pathOf(folder, text, isStream)
      if (path === undefined) return []
      const provider = folder === 'google' ? 'gcp.gemini' : folder
      return [{ provider, path, isStream, body: isStream ? sse(text) : text }]
    })
}

/** Events as a provider sends them; the files have the data of one on each line. */
function sse(text: string): string {
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== '')
  if (lines.some((line) => line.startsWith('data:'))) return text
  return lines
    .map((line) => {
      const [, type] = /"type": ?"([^"]+)"/.exec(line) ?? []
      return `${type === undefined ? '' : `event: ${type}\n`}data: ${line}\n\n`
    })
    .join('')
}

test(
  'every recorded answer of a provider is captured, indexed, found by its own words, and shown',
  needsData,
  async (t) => {
    const cwd = folderWith(t)
    const answers = fixtures()
    let next: Fixture | undefined
    const server = createServer((request, response) => {
      request.resume()
      const type = next?.isStream ? 'text/event-stream' : 'application/json'
      response.writeHead(200, { 'content-type': type }).end(next?.body)
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    t.after(() => server.close())
    const { port } = server.address() as AddressInfo
    const file = join(cwd, 'app.jsonl')
    const env = { LLM_LOG_PROMPTS: 'true', LLM_LOG_RESPONSES: 'true' }
    const log = createLogger({ destination: file, content: 'inline', env })
    for (const answer of answers) {
      next = answer
      const fetch = captureFetch({ logger: log, provider: answer.provider })
      const body = JSON.stringify({
        ...{ model: 'm', stream: answer.isStream, max_tokens: 9 },
        messages: [{ role: 'user', content: 'a question' }],
        input: 'a question',
        contents: [{ role: 'user', parts: [{ text: 'a question' }] }],
      })
      const headers = { 'content-type': 'application/json' }
      const url = `http://127.0.0.1:${port}${answer.path}`
      await (await fetch(url, { method: 'POST', headers, body })).text()
    }
    await new Promise((resolve) => log.flush(resolve))
    const db = join(cwd, 'recount.db')
    const store = await openStore(db)
    t.after(() => store.close())
    const counts = await indexFiles({ store, paths: [file] })
    assert.deepEqual([counts.invalid, counts.malformed, counts.other], [0, 0, 0])
    let found = 0
    let last = ''
    for await (const trace of store.export({ event: 'llm_call' })) {
      for (const record of trace.records) {
        if (record.event !== 'content' || record.part !== 'output') continue
        const phrase = phraseIn(record.content)
        if (phrase === undefined) continue
        const { items } = await store.search({ phrase, trace_id: trace.trace_id })
        assert.ok(
          items.some(({ span }) => span.span_id === record.span_id),
          `${phrase} is not found`,
        )
        found += 1
        last = record.span_id
      }
    }
    assert.ok(answers.length >= 60, `${answers.length} answers`)
    assert.ok(found >= answers.length / 2, `${found} of ${answers.length}`)
    const shown = await recount(['show', last, '--db', db, '--full'], { cwd })
    assert.equal(shown.status, 0, shown.stderr)
    assert.match(shown.stdout, /output/)
  },
)

/** Some words from the middle of what was said. */
function phraseIn(content: unknown): string | undefined {
  const texts = JSON.stringify(content).matchAll(/"content":"((?:[^"\\]|\\.)*)"/g)
  for (const [, escaped] of texts) {
    const text = JSON.parse(`"${escaped}"`) as string
    const phrase = text.slice(5, 45).trim()
    if (phrase.length > 8) return phrase
  }
  return undefined
}
