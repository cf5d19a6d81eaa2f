import { aiMiddleware, aiTelemetry, subscribeAi } from '@recount/capture/ai'
import type { SdkCase, SdkRun } from './sdk-suite.ts'
import { TOOL } from './wire.ts'

const apiKey = 'none'
const prompt = 'What is in the fridge?'
const AI = {
  how: '`wrapLanguageModel({ model, middleware: aiMiddleware() })`',
  provider: 'openai',
}

/** The AI SDK, by its own hooks. */
export const AI_SDKS: readonly SdkCase[] = [
  {
    ...AI,
    sdk: '`ai` 5',
    async run({ url, capture, model: name, stream }) {
      const { generateText, streamText, wrapLanguageModel, jsonSchema } = await import('ai-5')
      const { createOpenAI } = await import('ai-sdk-openai-2')
      const model = wrapLanguageModel({
        model: createOpenAI({ apiKey, baseURL: url }).chat(name),
        middleware: aiMiddleware(capture),
      })
      const tools = { [TOOL.name]: { inputSchema: jsonSchema({ type: 'object' }) } }
      const asked = { model, prompt, tools, temperature: 0 }
      if (!stream) return (await generateText(asked)).text
      return read(streamText({ ...asked, onError() {} }))
    },
  },
  {
    ...AI,
    sdk: '`ai` 6',
    async run({ url, capture, model: name, stream }) {
      const { generateText, streamText, wrapLanguageModel, jsonSchema } = await import('ai')
      const { createOpenAI } = await import('@ai-sdk/openai')
      const model = wrapLanguageModel({
        model: createOpenAI({ apiKey, baseURL: url }).chat(name),
        middleware: aiMiddleware(capture),
      })
      const tools = { [TOOL.name]: { inputSchema: jsonSchema({ type: 'object' }) } }
      const asked = { model, prompt, tools, temperature: 0 }
      if (!stream) return (await generateText(asked)).text
      return read(streamText({ ...asked, onError() {} }))
    },
  },
  {
    ...AI,
    sdk: '`ai` 7',
    async run(run) {
      const { wrapLanguageModel } = await import('ai-7')
      const { createOpenAI } = await import('ai-sdk-openai-4')
      const model = createOpenAI({ apiKey, baseURL: run.url }).chat(run.model)
      return ask7(run, wrapLanguageModel({ model, middleware: aiMiddleware(run.capture) }), {})
    },
  },
  {
    sdk: '`ai` 7, every model',
    how: '`registerTelemetry(aiTelemetry())`',
    provider: 'openai',
    async run(run) {
      const { createOpenAI } = await import('ai-sdk-openai-4')
      const model = createOpenAI({ apiKey, baseURL: run.url }).chat(run.model)
      return ask7(run, model, { integrations: aiTelemetry(run.capture) })
    },
  },
  {
    sdk: '`ai` 7, every model of the process',
    how: '`subscribeAi()`',
    provider: 'openai',
    hidesStream: true,
    async run(run) {
      const { createOpenAI } = await import('ai-sdk-openai-4')
      const model = createOpenAI({ apiKey, baseURL: run.url }).chat(run.model)
      const unsubscribe = subscribeAi(run.capture)
      try {
        return await ask7(run, model, {})
      } finally {
        unsubscribe()
      }
    },
  },
]

type Model7 = Parameters<typeof import('ai-7').generateText>[0]['model']

async function ask7(
  { stream }: SdkRun,
  model: Model7,
  telemetry: { integrations?: ReturnType<typeof aiTelemetry> },
): Promise<string> {
  const { generateText, streamText, jsonSchema } = await import('ai-7')
  const tools = { [TOOL.name]: { inputSchema: jsonSchema({ type: 'object' }) } }
  const asked = { model, prompt, tools, temperature: 0, telemetry }
  if (!stream) return (await generateText(asked)).text
  return read(streamText({ ...asked, onError() {} }))
}

async function read({ textStream }: { textStream: AsyncIterable<string> }): Promise<string> {
  let said = ''
  for await (const piece of textStream) said += piece
  return said
}
