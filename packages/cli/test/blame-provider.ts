import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import Anthropic from '@anthropic-ai/sdk'
import { instrument } from '@recount/capture'
import { explain, type TraceExplanation } from '@recount/diagnose'
import { type Recorder, recorder } from '@recount/logger/testing'
import OpenAI from 'openai'

/** A provider on loopback, both clients recording into one logger, and what they wrote. */
export interface Stage {
  readonly log: Recorder['logger']
  /** Asks OpenAI’s chat API, which answers with this body. Resolves with what the model said. */
  chat(body: object, status?: number, model?: string): Promise<string>
  responses(body: object): Promise<void>
  anthropic(body: object): Promise<void>
  /** Plays a story in a trace of its own, swallows what it throws, and explains what was recorded. */
  explained(story: () => Promise<unknown>, sibling?: readonly object[]): Promise<TraceExplanation>
  /** The lines of the last story. */
  lines(): readonly object[]
  close(): Promise<void>
}

/** Starts it on a free port of 127.0.0.1. */
export async function startStage(): Promise<Stage> {
  let answer: { status: number; body: object } = { status: 500, body: {} }
  const server = createServer((request, response) => {
    request.resume()
    response.writeHead(answer.status, { 'content-type': 'application/json' })
    response.end(JSON.stringify(answer.body))
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const { logger: log, records, clear } = recorder()
  const shared = { apiKey: 'demo', logLevel: 'off', maxRetries: 0 } as const
  const openai = instrument(
    new OpenAI({ ...shared, baseURL: `${url}/v1`, organization: null, project: null }),
    { logger: log },
  )
  const claude = instrument(new Anthropic({ ...shared, baseURL: url, authToken: null }), {
    logger: log,
  })
  const messages = [{ role: 'user' as const, content: 'When does my parcel arrive?' }]
  return {
    log,
    async chat(body, status = 200, model = 'gpt-4o-mini') {
      answer = { status, body }
      const { choices } = await openai.chat.completions.create({ model, messages })
      return choices[0]?.message.content ?? ''
    },
    async responses(body) {
      answer = { status: 200, body }
      await openai.responses.create({ model: 'gpt-4o-mini', input: 'When?' })
    },
    async anthropic(body) {
      answer = { status: 200, body }
      await claude.messages.create({ model: 'claude-x', max_tokens: 64, messages })
    },
    async explained(story, sibling) {
      clear()
      await log.trace('answer-question', {}, story).catch(() => undefined)
      return explain(records(), sibling === undefined ? {} : { sibling: sibling as never })
    },
    lines: () => records(),
    close: () =>
      new Promise((closed) => {
        server.close(() => closed())
        server.closeAllConnections()
      }),
  }
}

/** A chat completion with one choice. */
export function completion(message: object, finish_reason = 'stop', model = 'gpt-4o-mini'): object {
  return {
    id: 'chatcmpl-1',
    object: 'chat.completion',
    created: 1,
    model,
    choices: [{ index: 0, finish_reason, message: { role: 'assistant', ...message } }],
    usage: { prompt_tokens: 30, completion_tokens: 9, total_tokens: 39 },
  }
}
