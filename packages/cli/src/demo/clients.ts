import Anthropic from '@anthropic-ai/sdk'
import type { LlmCallHandle, LlmCallOptions, Logger } from '@recount/logger'
import OpenAI from 'openai'
import { TOOLS } from './order-tools.ts'
import { REPLY_HEADER } from './provider.ts'
import type { ProviderName } from './script.ts'

/** A conversation so far, in OpenAI's shape. */
export type Messages = OpenAI.ChatCompletionMessageParam[]

/** One request to a model. */
export interface Ask {
  readonly call: Omit<LlmCallOptions, 'provider' | 'input' | 'system'> & { provider: ProviderName }
  readonly system: string
  readonly messages: Messages
  /** The scripted reply that the provider will give. */
  readonly reply: string
  readonly signal: AbortSignal
  /** Monotonic start of the first attempt, where this one repeats it. */
  readonly began: number | undefined
  /** Called with each piece of a streamed answer. */
  onPiece(): void
  /** Called with the span of the call, before it is made. */
  onSpan(span_id: string): void
}

/** What the model said. */
export interface Said {
  readonly text: string
  readonly toolCalls: readonly OpenAI.ChatCompletionMessageFunctionToolCall[]
}

/** The real clients of both providers, recorded by the logger. */
export interface Clients {
  /** Makes one request, without trying again. Throws what the client throws. */
  ask(request: Ask): Promise<Said>
}

/** Clients for a provider that listens at `url`. */
export function createClients(log: Logger, url: string): Clients {
  // Not a real key and not shaped like one: the provider is a script and does not look at it.
  const shared = { apiKey: 'demo', maxRetries: 0, logLevel: 'off' } as const
  const openai = new OpenAI({ ...shared, baseURL: `${url}/v1`, organization: null, project: null })
  const anthropic = new Anthropic({ ...shared, baseURL: url, authToken: null })
  return {
    ask(request) {
      const streamed = request.call.stream === true
      if (request.call.provider === 'anthropic') {
        return streamed
          ? streamAnthropic(log, anthropic, request)
          : askAnthropic(log, anthropic, request)
      }
      return streamed ? streamOpenAi(log, openai, request) : askOpenAi(log, openai, request)
    },
  }
}

async function askOpenAi(log: Logger, client: OpenAI, request: Ask): Promise<Said> {
  const completion = await log.llm(
    { ...recorded(request), tools: TOOLS, params: { response_format: 'json_object' } },
    async (call) => {
      request.onSpan(call.span_id)
      const body = {
        model: request.call.model,
        messages: openAiMessages(request),
        tools: TOOLS,
        response_format: { type: 'json_object' as const },
      }
      const sent = client.chat.completions.create(body, optionsOf(request)).asResponse()
      const response = await sent.catch((error: unknown) => noteLimits(call, error))
      // The wire text is kept before anything reads it: what a parser refuses later can still be seen.
      const raw_response = await response.text()
      call.set({
        raw_response,
        provider_request_id: response.headers.get('x-request-id') ?? '',
        ...(request.began !== undefined && {
          call_duration_ms: Math.round(performance.now() - request.began),
        }),
      })
      return JSON.parse(raw_response) as OpenAI.ChatCompletion
    },
  )
  const message = completion.choices[0]?.message
  const toolCalls = (message?.tool_calls ?? []).filter((call) => call.type === 'function')
  return { text: message?.content ?? '', toolCalls }
}

async function streamOpenAi(log: Logger, client: OpenAI, request: Ask): Promise<Said> {
  const stream = await log.llm(recorded(request), (call) => {
    request.onSpan(call.span_id)
    return client.chat.completions.create(
      {
        model: request.call.model,
        messages: openAiMessages(request),
        stream: true,
        stream_options: { include_usage: true },
      },
      optionsOf(request),
    )
  })
  let text = ''
  for await (const chunk of stream) {
    text += chunk.choices[0]?.delta.content ?? ''
    request.onPiece()
  }
  return { text, toolCalls: [] }
}

async function askAnthropic(log: Logger, client: Anthropic, request: Ask): Promise<Said> {
  const message = await log.llm(recorded(request), (call) => {
    request.onSpan(call.span_id)
    return client.messages.create(anthropicBody(request), optionsOf(request))
  })
  const texts = message.content.map((block) => (block.type === 'text' ? block.text : ''))
  return { text: texts.join(''), toolCalls: [] }
}

async function streamAnthropic(log: Logger, client: Anthropic, request: Ask): Promise<Said> {
  const stream = await log.llm(recorded(request), (call) => {
    request.onSpan(call.span_id)
    return client.messages.create({ ...anthropicBody(request), stream: true }, optionsOf(request))
  })
  let text = ''
  for await (const event of stream) {
    if (event.type !== 'content_block_delta' || event.delta.type !== 'text_delta') continue
    text += event.delta.text
    request.onPiece()
  }
  return { text, toolCalls: [] }
}

function recorded({ call, system, messages, signal }: Ask): LlmCallOptions {
  return { ...call, system, input: messages, signal }
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

function anthropicBody({ call, system, messages }: Ask): Anthropic.MessageCreateParamsNonStreaming {
  const texts = messages.flatMap(({ role, content }) =>
    role === 'user' && typeof content === 'string' ? [{ role, content }] : [],
  )
  return { model: call.model, max_tokens: 512, system, messages: texts }
}

/** A refusal for too many requests says how many are allowed: recorded, then thrown on. */
function noteLimits(call: LlmCallHandle, error: unknown): never {
  if (error instanceof OpenAI.RateLimitError) {
    const limits = [...error.headers].filter(([name]) => name.startsWith('x-ratelimit-'))
    call.set({
      rate_limit: Object.fromEntries(limits),
      provider_request_id: error.requestID ?? '',
    })
  }
  throw error
}
