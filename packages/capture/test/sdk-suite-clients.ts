import type Anthropic from '@anthropic-ai/sdk'
import { instrument } from '@recount/capture'
import type { SdkCase, SdkRun } from './sdk-suite.ts'
import { TOOL } from './wire.ts'

/** Credentials that open nothing. */
const apiKey = 'none'
const USER = { role: 'user', content: 'What is in the fridge?' } as const
const SCHEMA = { type: 'object' as const, properties: { where: { type: 'string' } } }
const FUNCTION = { name: TOOL.name, description: 'Looks', parameters: SCHEMA }
const TOOLS = [{ type: 'function' as const, function: FUNCTION }]

interface ChatClient {
  chat: { completions: { create(body: never): PromiseLike<unknown> } }
}

interface ChatChunk {
  readonly choices: readonly { readonly delta: { readonly content?: string | null } }[]
}

/** OpenAI's own client in each major version, and who imitates it. */
async function chat(client: ChatClient, { model, stream }: SdkRun): Promise<string> {
  const body = { model, stream, messages: [USER], tools: TOOLS, temperature: 0 } as never
  const answer = await client.chat.completions.create(body)
  if (!stream) {
    const { choices } = answer as { choices: { message: { content: string | null } }[] }
    return choices[0]?.message.content ?? ''
  }
  let said = ''
  for await (const { choices } of answer as AsyncIterable<ChatChunk>)
    said += choices[0]?.delta.content ?? ''
  return said
}

type Messages = Pick<Anthropic['messages'], 'create' | 'stream'>

/** Anthropic's own client, and those for other clouds. */
async function converse(
  client: { messages: Messages },
  { model, stream }: SdkRun,
): Promise<string> {
  const tools = [{ name: TOOL.name, input_schema: SCHEMA }]
  const body = { model, max_tokens: 9, messages: [USER], tools, temperature: 0 }
  const message = stream
    ? await client.messages.stream(body).finalMessage()
    : await client.messages.create(body)
  return message.content.map((block) => (block.type === 'text' ? block.text : '')).join('')
}

const OPENAI = { how: '`instrument(new OpenAI())`', provider: 'openai' }

/** Clients that `instrument` copies. */
export const CLIENTS: readonly SdkCase[] = [
  {
    ...OPENAI,
    sdk: '`openai` 4',
    async run(run) {
      const { default: OpenAI } = await import('openai-4')
      return chat(instrument(new OpenAI({ apiKey, baseURL: run.url }), run.capture), run)
    },
  },
  {
    ...OPENAI,
    sdk: '`openai` 5',
    async run(run) {
      const { default: OpenAI } = await import('openai-5')
      return chat(instrument(new OpenAI({ apiKey, baseURL: run.url }), run.capture), run)
    },
  },
  {
    ...OPENAI,
    sdk: '`openai` 6',
    async run(run) {
      const { default: OpenAI } = await import('openai')
      return chat(instrument(new OpenAI({ apiKey, baseURL: run.url }), run.capture), run)
    },
  },
  {
    ...OPENAI,
    sdk: '`openai` 7',
    async run(run) {
      const { default: OpenAI } = await import('openai-7')
      return chat(instrument(new OpenAI({ apiKey, baseURL: run.url }), run.capture), run)
    },
  },
  {
    sdk: '`openai` 6, Azure',
    how: '`instrument(new AzureOpenAI())`',
    provider: 'azure.ai.openai',
    async run(run) {
      const { AzureOpenAI } = await import('openai')
      const options = { apiKey, endpoint: run.url, apiVersion: '2024-10-21' }
      return chat(instrument(new AzureOpenAI(options), run.capture), run)
    },
  },
  {
    sdk: '`openai` 6, any compatible base URL',
    how: '`instrument(new OpenAI({ baseURL }))`',
    provider: 'deepseek',
    async run(run) {
      const { default: OpenAI } = await import('openai')
      const baseUrls = { [`${run.url}/compatible`]: 'deepseek' }
      const client = new OpenAI({ apiKey, baseURL: `${run.url}/compatible` })
      return chat(instrument(client, { ...run.capture, baseUrls }), run)
    },
  },
  {
    sdk: '`openai` 6, Responses',
    ...OPENAI,
    async run({ url, capture, model, stream }) {
      const { default: OpenAI } = await import('openai')
      const client = instrument(new OpenAI({ apiKey, baseURL: url }), capture)
      const tools = [{ type: 'function' as const, strict: false, ...FUNCTION }]
      const body = { model, input: USER.content, tools, temperature: 0 }
      if (!stream) return (await client.responses.create(body)).output_text
      let said = ''
      for await (const event of await client.responses.create({ ...body, stream: true }))
        if (event.type === 'response.output_text.delta') said += event.delta
      return said
    },
  },
  {
    sdk: '`@anthropic-ai/sdk` 1',
    how: '`instrument(new Anthropic())`',
    provider: 'anthropic',
    async run(run) {
      const { default: Anthropic } = await import('@anthropic-ai/sdk')
      return converse(instrument(new Anthropic({ apiKey, baseURL: run.url }), run.capture), run)
    },
  },
  {
    sdk: '`@anthropic-ai/vertex-sdk` 1',
    how: '`instrument(new AnthropicVertex())`',
    provider: 'gcp.vertex_ai',
    async run(run) {
      const { AnthropicVertex } = await import('@anthropic-ai/vertex-sdk')
      const authClient = { getRequestHeaders: async () => new Headers() } as never
      const options = { baseURL: run.url, region: 'global', projectId: 'none', authClient }
      return converse(instrument(new AnthropicVertex(options), run.capture), run)
    },
  },
  {
    sdk: '`@google/genai` 2',
    how: '`instrument(new GoogleGenAI({ … }))`',
    provider: 'gcp.gemini',
    async run({ url, capture, model, stream }) {
      const { GoogleGenAI } = await import('@google/genai')
      const client = instrument(new GoogleGenAI({ apiKey, httpOptions: { baseUrl: url } }), capture)
      const { parameters: parametersJsonSchema, ...declaration } = FUNCTION
      const functionDeclarations = [{ ...declaration, parametersJsonSchema }]
      const config = { tools: [{ functionDeclarations }], temperature: 0 }
      const request = { model, contents: USER.content, config }
      const textOf = ({ candidates }: { candidates?: { content?: object }[] }): string => {
        const { parts = [] } = (candidates?.[0]?.content ?? {}) as { parts?: { text?: string }[] }
        return parts.map(({ text = '' }) => text).join('')
      }
      if (!stream) return textOf(await client.models.generateContent(request))
      let said = ''
      for await (const chunk of await client.models.generateContentStream(request))
        said += textOf(chunk)
      return said
    },
  },
  {
    sdk: '`@mistralai/mistralai` 2',
    how: '`instrument(new Mistral({ … }))`',
    provider: 'mistral_ai',
    async run({ url, capture, model, stream }) {
      const { Mistral } = await import('@mistralai/mistralai')
      const client = instrument(new Mistral({ apiKey, serverURL: url }), capture)
      const body = { model, messages: [USER], tools: TOOLS, temperature: 0 }
      if (!stream)
        return String((await client.chat.complete(body)).choices[0]?.message?.content ?? '')
      let said = ''
      for await (const { data } of await client.chat.stream(body))
        said += String(data.choices[0]?.delta.content ?? '')
      return said
    },
  },
  {
    sdk: '`ollama` 0.6',
    how: '`instrument(new Ollama())`',
    provider: 'ollama',
    async run({ url, capture, model, stream }) {
      const { Ollama } = await import('ollama')
      const client = instrument(new Ollama({ host: url }), capture)
      const body = { model, messages: [USER], tools: TOOLS, options: { temperature: 0 } }
      if (!stream) return (await client.chat(body)).message.content
      let said = ''
      for await (const { message } of await client.chat({ ...body, stream: true }))
        said += message.content
      return said
    },
  },
  {
    sdk: '`groq-sdk` 1',
    how: '`instrument(new Groq())`',
    provider: 'groq',
    async run(run) {
      const { default: Groq } = await import('groq-sdk')
      return chat(instrument(new Groq({ apiKey, baseURL: run.url }), run.capture), run)
    },
  },
  {
    sdk: '`cohere-ai` 8',
    how: '`instrument(new CohereClientV2({ … }))`',
    provider: 'cohere',
    async run({ url, capture, model, stream }) {
      const { CohereClientV2 } = await import('cohere-ai')
      const client = instrument(new CohereClientV2({ token: apiKey, environment: url }), capture)
      const body = { model, messages: [USER], tools: TOOLS, temperature: 0 }
      if (!stream) {
        const { content = [] } = (await client.chat(body)).message
        return content.map((part) => (part.type === 'text' ? part.text : '')).join('')
      }
      let said = ''
      for await (const event of await client.chatStream(body))
        if (event.type === 'content-delta') said += event.delta?.message?.content?.text ?? ''
      return said
    },
  },
  {
    sdk: '`@aws-sdk/client-bedrock-runtime` 3, Converse',
    how: '`instrument(new BedrockRuntimeClient({ … }))`',
    provider: 'aws.bedrock',
    async run(run) {
      const { ConverseCommand, ConverseStreamCommand } = await import(
        '@aws-sdk/client-bedrock-runtime'
      )
      const client = await bedrockClient(run)
      const inputSchema = { json: SCHEMA }
      const body = {
        modelId: run.model,
        messages: [{ role: 'user' as const, content: [{ text: USER.content }] }],
        toolConfig: { tools: [{ toolSpec: { name: TOOL.name, inputSchema } }] },
        inferenceConfig: { temperature: 0 },
      }
      if (!run.stream) {
        const { output } = await client.send(new ConverseCommand(body))
        return output?.message?.content?.map(({ text = '' }) => text).join('') ?? ''
      }
      let said = ''
      const { stream = [] } = await client.send(new ConverseStreamCommand(body))
      for await (const event of stream) said += event.contentBlockDelta?.delta?.text ?? ''
      return said
    },
  },
  {
    sdk: '`@aws-sdk/client-bedrock-runtime` 3, InvokeModel',
    how: '`instrument(new BedrockRuntimeClient({ … }))`',
    provider: 'aws.bedrock',
    async run(run) {
      const { InvokeModelCommand, InvokeModelWithResponseStreamCommand } = await import(
        '@aws-sdk/client-bedrock-runtime'
      )
      const client = await bedrockClient(run)
      const tools = [{ name: TOOL.name, input_schema: SCHEMA }]
      const asked = { max_tokens: 9, messages: [USER], tools, temperature: 0 }
      const input = { modelId: run.model, body: JSON.stringify(asked) }
      if (!run.stream) {
        const { body } = await client.send(new InvokeModelCommand(input))
        return textOfMessage(JSON.parse(body.transformToString()))
      }
      let said = ''
      const { body = [] } = await client.send(new InvokeModelWithResponseStreamCommand(input))
      for await (const { chunk } of body) {
        const event = JSON.parse(new TextDecoder().decode(chunk?.bytes))
        said += event.delta?.text ?? ''
      }
      return said
    },
  },
]

function textOfMessage({ content }: { content: { text?: string }[] }): string {
  return content.map(({ text = '' }) => text).join('')
}

async function bedrockClient({ http2, capture }: SdkRun) {
  const { BedrockRuntimeClient } = await import('@aws-sdk/client-bedrock-runtime')
  const credentials = { accessKeyId: 'none', secretAccessKey: 'none' }
  const client = new BedrockRuntimeClient({ region: 'eu-north-1', endpoint: http2, credentials })
  return instrument(client, capture)
}
