import type { AnswerFacts, RequestFacts } from '../provider.ts'
import { answerFacts, type Choice } from '../providers/answer-facts.ts'
import { at, countAt, defined, listAt, textAt } from '../providers/json-values.ts'
import {
  type Message,
  type Part,
  reasoningPart,
  textPart,
  toolArguments,
  toolCallPart,
  toolResponsePart,
  unknownPart,
  uriPart,
} from '../providers/message.ts'
import type { Counts } from '../providers/usage.ts'

/** What LangChain says of a run of a model before it begins. */
export interface ModelRun {
  /** Messages, or prompts as texts. */
  readonly messages: readonly unknown[]
  readonly extra: unknown
  readonly metadata: unknown
}

/** What a run of a model asks for. */
export function langchainRequest({ messages, extra, metadata }: ModelRun): RequestFacts {
  const { tools, functions, messages: _, prompt: __, ...params } = invocation(extra)
  const offered = Array.isArray(tools) ? tools : functions
  return defined({
    api: 'langchain',
    operation: 'chat',
    model:
      textAt(metadata, 'ls_model_name') ??
      textAt(params, 'model') ??
      textAt(params, 'model_name') ??
      'unknown',
    stream: params.stream === true || params.streaming === true,
    params: defined({ temperature: at(metadata, 'ls_temperature'), ...params }),
    input: messages.map(langchainMessage),
    tools: Array.isArray(offered) && offered.length > 0 ? offered : undefined,
  })
}

function invocation(extra: unknown): Record<string, unknown> {
  const params = at(extra, 'invocation_params')
  return typeof params === 'object' && params !== null ? { ...params } : {}
}

/** LangChain's names of providers in OpenTelemetry's. */
export function langchainProvider(metadata: unknown, model: unknown): string {
  const name = textAt(metadata, 'ls_provider') ?? listAt(model, 'id').at(-1)
  if (typeof name !== 'string') return 'unknown'
  return PROVIDERS[name] ?? name
}

const PROVIDERS: Readonly<Record<string, string>> = {
  azure: 'azure.ai.openai',
  azure_openai: 'azure.ai.openai',
  amazon_bedrock: 'aws.bedrock',
  bedrock: 'aws.bedrock',
  google_genai: 'gcp.gemini',
  google_vertexai: 'gcp.vertex_ai',
  'google-genai': 'gcp.gemini',
  'google-vertexai': 'gcp.vertex_ai',
  mistralai: 'mistral_ai',
  mistral: 'mistral_ai',
  xai: 'x_ai',
}

const ROLES: Readonly<Record<string, string>> = {
  human: 'user',
  ai: 'assistant',
  function: 'tool',
  developer: 'system',
}

/** One message of LangChain, or a prompt as text, in OpenTelemetry's shape. */
function langchainMessage(message: unknown): Message {
  if (typeof message === 'string') return { role: 'user', parts: [textPart(message)] }
  const type = typeOf(message)
  const role = ROLES[type] ?? type
  if (role === 'tool') {
    const id = textAt(message, 'tool_call_id')
    return { role, parts: [toolResponsePart(id, at(message, 'content'))] }
  }
  return { role, parts: partsOf(message) }
}

function typeOf(message: unknown): string {
  const told = message as { getType?: () => unknown; role?: unknown } | undefined
  const type = typeof told?.getType === 'function' ? told.getType() : told?.role
  return typeof type === 'string' ? type : 'user'
}

function partsOf(message: unknown): Part[] {
  const content = at(message, 'content')
  const parts =
    typeof content === 'string' ? [textPart(content)] : listAt(message, 'content').map(part)
  const calls = listAt(message, 'tool_calls').map((call) =>
    toolCallPart(
      textAt(call, 'id'),
      textAt(call, 'name') ?? 'unknown',
      toolArguments(at(call, 'args')),
    ),
  )
  return [...parts.filter((one) => !isRepeated(one)), ...calls]
}

/** Providers' own blocks for tool calls stand in `tool_calls`, too; empty texts are no answer. */
function isRepeated({ type, content }: Part): boolean {
  return REPEATED.includes(type) || (type === 'text' && content === '')
}

const REPEATED = ['tool_use', 'functionCall', 'function_call', 'tool_call', 'input_json_delta']

function part(block: unknown): Part {
  switch (at(block, 'type')) {
    case 'text':
      return textPart(textAt(block, 'text') ?? '')
    case 'reasoning':
    case 'thinking':
      return reasoningPart(textAt(block, 'reasoning') ?? textAt(block, 'thinking') ?? '')
    case 'image_url': {
      const url = textAt(block, 'image_url', 'url') ?? textAt(block, 'image_url')
      return url === undefined ? unknownPart(block) : uriPart('image', url)
    }
    default:
      return unknownPart(block)
  }
}

/** What a run of a model came to: all generations of its one prompt. */
export function langchainAnswer(result: unknown): AnswerFacts {
  const generations = listAt(listAt(result, 'generations'), 0)
  const message = at(generations, 0, 'message')
  return answerFacts({
    choices: generations.map(choice),
    model:
      textAt(message, 'response_metadata', 'model_name') ??
      textAt(message, 'response_metadata', 'model'),
    id: textAt(message, 'response_metadata', 'id') ?? textAt(message, 'id'),
    counts: countsOf(message) ?? countsOfOutput(at(result, 'llmOutput')),
    tier: textAt(message, 'response_metadata', 'service_tier'),
  })
}

function choice(generation: unknown): Choice {
  const message = at(generation, 'message')
  const text = textAt(generation, 'text')
  const meta = at(message, 'response_metadata')
  return {
    role: 'assistant',
    parts: message === undefined ? [textPart(text ?? '')] : partsOf(message),
    finish:
      textAt(meta, 'finish_reason') ??
      textAt(meta, 'stop_reason') ??
      textAt(meta, 'finishReason') ??
      textAt(generation, 'generationInfo', 'finish_reason') ??
      textAt(message, 'additional_kwargs', 'stop_reason'),
  }
}

function countsOf(message: unknown): Counts | undefined {
  const usage = at(message, 'usage_metadata')
  if (usage === undefined) return undefined
  return {
    input: countAt(usage, 'input_tokens'),
    output: countAt(usage, 'output_tokens'),
    cacheRead: countAt(usage, 'input_token_details', 'cache_read'),
    cacheWrite: countAt(usage, 'input_token_details', 'cache_creation'),
    reasoning: countAt(usage, 'output_token_details', 'reasoning'),
  }
}

function countsOfOutput(output: unknown): Counts | undefined {
  const usage = at(output, 'tokenUsage') ?? at(output, 'estimatedTokenUsage')
  if (usage === undefined) return undefined
  return { input: countAt(usage, 'promptTokens'), output: countAt(usage, 'completionTokens') }
}
