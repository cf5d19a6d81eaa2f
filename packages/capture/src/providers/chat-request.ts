import type { RequestFacts } from '../provider.ts'
import { at, defined, isObject, listAt, objectAt, textAt, without } from './json-values.ts'
import {
  blobPart,
  filePart,
  type Message,
  modalityOf,
  type Part,
  reasoningPart,
  refusalPart,
  textPart,
  toolArguments,
  toolCallPart,
  toolResponsePart,
  unknownPart,
  uriPart,
} from './message.ts'

const CONTENT: ReadonlySet<string> = new Set([
  'model',
  'messages',
  'stream',
  'tools',
  'functions',
  'prediction',
])

/** What a chat completion asks for, as OpenAI and those compatible with it word it. */
export function chatRequest(body: unknown, api: string, model: string | undefined): RequestFacts {
  const messages = listAt(body, 'messages')
  const tools = at(body, 'tools') ?? at(body, 'functions')
  return defined({
    api,
    operation: 'chat',
    model: textAt(body, 'model') ?? model ?? textAt(body, 'agent_id') ?? 'unknown',
    stream: at(body, 'stream') === true,
    params: without(body, CONTENT),
    input: messages.length === 0 ? undefined : messages.map(chatMessage),
    tools: tools ?? undefined,
    state: fileState(messages),
  })
}

/** A message of a request or an answer as OpenAI, Mistral, Groq, DeepSeek and the like write them. */
export function chatMessage(message: unknown): Message {
  const role = textAt(message, 'role') ?? 'user'
  const name = textAt(message, 'name')
  return defined({ role, name, parts: role === 'tool' ? toolParts(message) : chatParts(message) })
}

/** Everything a message says, in the order: reasoning, content, refusal, tool calls. */
export function chatParts(message: unknown): Part[] {
  const refusal = textAt(message, 'refusal')
  return [
    ...reasoningParts(message),
    ...contentParts(at(message, 'content'), citationsOf(message)),
    ...(refusal === undefined ? [] : [refusalPart(refusal)]),
    ...audioParts(message),
    ...listAt(message, 'images').map(contentPart),
    ...toolCallParts(message),
  ]
}

function toolParts(message: unknown): Part[] {
  return [toolResponsePart(textAt(message, 'tool_call_id'), at(message, 'content'))]
}

/** DeepSeek and xAI say `reasoning_content`, Groq and OpenRouter `reasoning`. */
function reasoningParts(message: unknown): Part[] {
  const thought = textAt(message, 'reasoning_content') ?? textAt(message, 'reasoning')
  return thought === undefined ? [] : [reasoningPart(thought)]
}

function citationsOf(message: unknown): readonly unknown[] {
  const annotations = listAt(message, 'annotations')
  return annotations.length > 0 ? annotations : listAt(message, 'citations')
}

function contentParts(content: unknown, citations: readonly unknown[]): Part[] {
  if (typeof content === 'string') return content === '' ? [] : [textPart(content, citations)]
  return Array.isArray(content) ? content.map(contentPart) : []
}

/** One part of a content list. */
export function contentPart(part: unknown): Part {
  if (typeof part === 'string') return textPart(part)
  const type = textAt(part, 'type') ?? ''
  return Object.hasOwn(PARTS, type) ? (PARTS[type]?.(part) ?? unknownPart(part)) : unknownPart(part)
}

const PARTS: Readonly<Record<string, (part: unknown) => Part | undefined>> = {
  text: (part) => textPart(textAt(part, 'text') ?? ''),
  input_text: (part) => textPart(textAt(part, 'text') ?? ''),
  output_text: (part) => textPart(textAt(part, 'text') ?? '', listAt(part, 'annotations')),
  refusal: (part) => refusalPart(textAt(part, 'refusal') ?? ''),
  thinking: (part) => reasoningPart(thinkingText(at(part, 'thinking'))),
  image_url: (part) => addressed('image', at(part, 'image_url')),
  input_image: (part) => addressed('image', at(part, 'image_url')) ?? held('image', part),
  input_audio: (part) => {
    const audio = objectAt(part, 'input_audio')
    const format = textAt(audio, 'format')
    return blobPart('audio', format && `audio/${format}`, at(audio, 'data'))
  },
  file: (part) => uploaded(objectAt(part, 'file')),
  input_file: (part) => uploaded(part),
  document_url: (part) => addressed('document', at(part, 'document_url')),
}

/** Mistral's thoughts are a list of texts. */
export function thinkingText(thinking: unknown): string {
  if (typeof thinking === 'string') return thinking
  if (!Array.isArray(thinking)) return ''
  return thinking.map((part) => textAt(part, 'text') ?? '').join('')
}

function addressed(modality: string, address: unknown): Part | undefined {
  const uri = typeof address === 'string' ? address : textAt(address, 'url')
  return uri === undefined ? undefined : uriPart(modality, uri)
}

function held(modality: string, part: unknown): Part | undefined {
  const id = textAt(part, 'file_id')
  return id === undefined ? undefined : filePart(modality, id)
}

function uploaded(file: unknown): Part | undefined {
  const data = textAt(file, 'file_data')
  if (data?.startsWith('data:')) {
    const part = uriPart('document', data)
    return { ...part, modality: modalityOf(textAt(part, 'mime_type')) }
  }
  if (data !== undefined) return blobPart('document', undefined, data)
  return held('document', file) ?? addressed('document', at(file, 'file_url'))
}

function audioParts(message: unknown): Part[] {
  const audio = objectAt(message, 'audio')
  if (audio === undefined) return []
  const transcript = textAt(audio, 'transcript')
  return [
    ...(transcript === undefined ? [] : [textPart(transcript)]),
    at(audio, 'data') === undefined
      ? unknownPart({ type: 'audio', ...audio })
      : blobPart('audio', undefined, at(audio, 'data')),
  ]
}

function toolCallParts(message: unknown): Part[] {
  const old = objectAt(message, 'function_call')
  const calls = listAt(message, 'tool_calls').filter(isObject).map(toolCall)
  return old === undefined
    ? calls
    : [
        ...calls,
        toolCallPart(
          undefined,
          textAt(old, 'name') ?? 'unknown',
          toolArguments(at(old, 'arguments')),
        ),
      ]
}

/** Functions have JSON as arguments, custom tools a text. */
function toolCall(call: unknown): Part {
  const custom = objectAt(call, 'custom')
  const called = custom ?? objectAt(call, 'function') ?? call
  const args =
    custom === undefined ? toolArguments(at(called, 'arguments')) : (at(custom, 'input') ?? '')
  return toolCallPart(textAt(call, 'id'), textAt(called, 'name') ?? 'unknown', args)
}

function fileState(messages: readonly unknown[]): Record<string, string> | undefined {
  const ids = messages.flatMap((message) =>
    listAt(message, 'content').flatMap(
      (part) => textAt(part, 'file', 'file_id') ?? textAt(part, 'file_id') ?? [],
    ),
  )
  return ids.length === 0 ? undefined : { file_ids: ids.join(',') }
}
