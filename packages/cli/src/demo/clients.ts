import Anthropic from '@anthropic-ai/sdk'
import { type CallLabels, instrument, labelCalls } from '@recount/capture'
import type { Logger } from '@recount/logger'
import OpenAI from 'openai'
import { TOOLS } from './order-tools.ts'
import { REPLY_HEADER } from './provider.ts'
import type { ProviderName } from './script.ts'

/** A conversation so far, in OpenAI's shape. */
export type Messages = OpenAI.ChatCompletionMessageParam[]

/** One request to a model. */
export interface Ask {
  readonly provider: ProviderName
  readonly model: string
  readonly stream: boolean
  /** What the wire does not say: which prompt it was, the application's own id of the answer. */
  readonly labels: CallLabels
  readonly system: string
  readonly messages: Messages
  /** The scripted reply that the provider will give. */
  readonly reply: string
  readonly signal: AbortSignal
  /** Called with each piece of a streamed answer. */
  onPiece(): void
}

/** What the model said. */
export interface Said {
  readonly text: string
  readonly toolCalls: readonly OpenAI.ChatCompletionMessageFunctionToolCall[]
}

/** The real clients of both providers. */
export interface Clients {
  /** Makes one request. Throws what the client throws. */
  ask(request: Ask): Promise<Said>
}

/** Clients for a provider that listens at `url`. Nothing below this function knows that they are recorded. */
export function createClients(log: Logger, url: string): Clients {
  // Not a real key and not shaped like one: the provider is a script and does not look at it.
  const shared = { apiKey: 'demo', logLevel: 'off' } as const
  const baseURL = `${url}/v1`
  const openai = instrument(
    new OpenAI({ ...shared, baseURL, organization: null, project: null, maxRetries: 1 }),
    { logger: log },
  )
  const anthropic = instrument(
    new Anthropic({ ...shared, baseURL: url, authToken: null, maxRetries: 0 }),
    { logger: log },
  )
  const ask = (request: Ask): Promise<Said> => {
    if (request.provider === 'anthropic')
      return request.stream ? streamAnthropic(anthropic, request) : askAnthropic(anthropic, request)
    return request.stream ? streamOpenAi(openai, request) : askOpenAi(openai, request)
  }
  return { ask: (request) => labelCalls(request.labels, () => ask(request)) }
}

async function askOpenAi(client: OpenAI, request: Ask): Promise<Said> {
  const completion = await client.chat.completions.create(
    {
      model: request.model,
      messages: openAiMessages(request),
      tools: TOOLS,
      response_format: { type: 'json_object' },
    },
    optionsOf(request),
  )
  const message = completion.choices[0]?.message
  const toolCalls = (message?.tool_calls ?? []).filter((call) => call.type === 'function')
  return { text: message?.content ?? '', toolCalls }
}

async function streamOpenAi(client: OpenAI, request: Ask): Promise<Said> {
  const stream = await client.chat.completions.create(
    {
      model: request.model,
      messages: openAiMessages(request),
      stream: true,
      stream_options: { include_usage: true },
    },
    optionsOf(request),
  )
  let text = ''
  for await (const chunk of stream) {
    text += chunk.choices[0]?.delta.content ?? ''
    request.onPiece()
  }
  return { text, toolCalls: [] }
}

async function askAnthropic(client: Anthropic, request: Ask): Promise<Said> {
  const message = await client.messages.create(anthropicBody(request), optionsOf(request))
  const texts = message.content.map((block) => (block.type === 'text' ? block.text : ''))
  return { text: texts.join(''), toolCalls: [] }
}

async function streamAnthropic(client: Anthropic, request: Ask): Promise<Said> {
  const body = { ...anthropicBody(request), stream: true } as const
  const stream = await client.messages.create(body, optionsOf(request))
  let text = ''
  for await (const event of stream) {
    if (event.type !== 'content_block_delta' || event.delta.type !== 'text_delta') continue
    text += event.delta.text
    request.onPiece()
  }
  return { text, toolCalls: [] }
}

function optionsOf({ reply, signal }: Ask): {
  headers: Record<string, string>
  signal: AbortSignal
} {
  return { headers: { [REPLY_HEADER]: reply }, signal }
}

function openAiMessages({ system, messages }: Ask): Messages {
  return [{ role: 'system', content: system }, ...messages]
}

function anthropicBody({
  model,
  system,
  messages,
}: Ask): Anthropic.MessageCreateParamsNonStreaming {
  const texts = messages.flatMap(({ role, content }) =>
    role === 'user' && typeof content === 'string' ? [{ role, content }] : [],
  )
  return { model, max_tokens: 512, system, messages: texts }
}
