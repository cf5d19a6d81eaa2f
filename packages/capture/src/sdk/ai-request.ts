import type { RequestFacts } from '../provider.ts'
import { at, defined, listAt, objectAt, textAt } from '../providers/json-values.ts'
import {
  blobPart,
  type Message,
  modalityOf,
  type Part,
  reasoningPart,
  textPart,
  toolArguments,
  toolCallPart,
  toolResponsePart,
  unknownPart,
  uriPart,
} from '../providers/message.ts'

/** What the AI SDK asks a model for: its `LanguageModelV2`, `V3` and `V4` call options, or the events of its telemetry. */
export function aiRequest(model: string, params: unknown, stream: boolean): RequestFacts {
  const messages = listAt(params, 'prompt').concat(listAt(params, 'messages'))
  const tools = at(params, 'tools')
  return defined({
    api: 'ai-sdk',
    operation: 'chat',
    model,
    stream,
    params: settings(params),
    system: systemOf(at(params, 'instructions') ?? at(params, 'system')),
    input: messages.map(aiMessage),
    tools: Array.isArray(tools) && tools.length > 0 ? tools : undefined,
  })
}

/** A model's `provider` (`openai.chat`, `google.generative-ai`) in OpenTelemetry's names. */
export function aiProvider(provider: unknown): string {
  if (typeof provider !== 'string' || provider === '') return 'unknown'
  const known = PROVIDERS.find(
    ([prefix]) => provider === prefix || provider.startsWith(`${prefix}.`),
  )
  return known?.[1] ?? (provider.split('.')[0] as string)
}

const PROVIDERS: readonly (readonly [string, string])[] = [
  ['azure-openai', 'azure.ai.openai'],
  ['azure', 'azure.ai.openai'],
  ['amazon-bedrock', 'aws.bedrock'],
  ['bedrock', 'aws.bedrock'],
  ['google.vertex', 'gcp.vertex_ai'],
  ['vertex', 'gcp.vertex_ai'],
  ['google-vertex', 'gcp.vertex_ai'],
  ['google', 'gcp.gemini'],
  ['mistral', 'mistral_ai'],
  ['xai', 'x_ai'],
  ['moonshotai', 'moonshot_ai'],
]

const SETTINGS: readonly (readonly [string, string])[] = [
  ['maxOutputTokens', 'max_tokens'],
  ['temperature', 'temperature'],
  ['topP', 'top_p'],
  ['topK', 'top_k'],
  ['stopSequences', 'stop'],
  ['seed', 'seed'],
  ['presencePenalty', 'presence_penalty'],
  ['frequencyPenalty', 'frequency_penalty'],
  ['reasoning', 'reasoning'],
]

function settings(params: unknown): Record<string, unknown> {
  const given = Object.fromEntries(SETTINGS.map(([theirs, ours]) => [ours, at(params, theirs)]))
  const format = textAt(params, 'responseFormat', 'type')
  const choice = textAt(params, 'toolChoice', 'toolName') ?? textAt(params, 'toolChoice', 'type')
  return defined({
    ...given,
    response_format: format === 'text' ? undefined : format,
    tool_choice: choice,
  })
}

function systemOf(instructions: unknown): readonly Part[] | undefined {
  const said = [instructions].flat().flatMap((message) => {
    const content = typeof message === 'string' ? message : at(message, 'content')
    return typeof content === 'string' ? [textPart(content)] : []
  })
  return said.length === 0 ? undefined : said
}

function aiMessage(message: unknown): Message {
  const content = at(message, 'content')
  const parts = Array.isArray(content) ? content.map(aiPart) : [textPart(String(content ?? ''))]
  return { role: textAt(message, 'role') ?? 'user', parts }
}

/** A part of a message or of an answer. */
export function aiPart(part: unknown): Part {
  switch (at(part, 'type')) {
    case 'text':
      return textPart(textAt(part, 'text') ?? '')
    case 'reasoning':
      return reasoningPart(textAt(part, 'text') ?? '')
    case 'tool-call':
      return toolCallPart(
        id(part),
        name(part),
        toolArguments(at(part, 'input') ?? at(part, 'args')),
      )
    case 'tool-result':
    case 'tool-error':
      return toolResponsePart(id(part), toolOutput(part))
    case 'file':
    case 'image':
      return filePart(part)
    default:
      return unknownPart(part)
  }
}

function id(part: unknown): string | undefined {
  return textAt(part, 'toolCallId')
}

function name(part: unknown): string {
  return textAt(part, 'toolName') ?? 'unknown'
}

/** `{ type: 'text' | 'json' | …, value }` in prompts, the value itself in answers. */
function toolOutput(part: unknown): unknown {
  const output = objectAt(part, 'output')
  if (output !== undefined && 'value' in output) return output.value
  return at(part, 'output') ?? at(part, 'result') ?? at(part, 'error')
}

function filePart(part: unknown): Part {
  const type = textAt(part, 'mediaType') ?? textAt(part, 'mimeType')
  const given = at(part, 'data') ?? at(part, 'image')
  const data = at(given, 'data') ?? at(given, 'url') ?? given
  if (data instanceof URL) return uriPart(modalityOf(type), data.href)
  const isAddress = typeof data === 'string' && /^(?:https?|data):/.test(data)
  return isAddress ? uriPart(modalityOf(type), data) : blobPart(modalityOf(type), type, data)
}
