import { at, isObject, listAt, objectAt, pieceAt, textAt, without } from './json-values.ts'
import {
  blobPart,
  type Message,
  type Part,
  reasoningPart,
  serverToolCallPart,
  serverToolResponsePart,
  textPart,
  toolCallPart,
  toolResponsePart,
  unknownPart,
  uriPart,
} from './message.ts'

const BARE: ReadonlySet<string> = new Set(['id', 'type', 'name', 'call_id', 'signature'])
const MEDIA: ReadonlySet<string> = new Set(['image', 'audio', 'video', 'document'])
const SPEAKERS: Readonly<Record<string, string>> = {
  user_input: 'user',
  function_result: 'tool',
}

/** The steps of an interaction; older versions call them outputs. */
export function interactionSteps(interaction: unknown): readonly unknown[] {
  const steps = listAt(interaction, 'steps')
  return steps.length > 0 ? steps : listAt(interaction, 'outputs')
}

/** A turn or a step of an input. */
export function stepMessage(step: unknown): Message {
  const given = textAt(step, 'role')
  const type = textAt(step, 'type') ?? ''
  const role = given ?? (Object.hasOwn(SPEAKERS, type) ? SPEAKERS[type] : undefined) ?? 'assistant'
  return { role: role === 'model' ? 'assistant' : role, parts: stepParts(step) }
}

/** The parts of one step, or of one content. */
export function stepParts(step: unknown): Part[] {
  if (typeof step === 'string') return [textPart(step)]
  const type = textAt(step, 'type') ?? ''
  const id = textAt(step, 'id') ?? textAt(step, 'call_id')
  if (type === 'thought') return thoughtParts(step)
  if (type === 'text') return [textPart(pieceAt(step, 'text') ?? '', listAt(step, 'annotations'))]
  if (MEDIA.has(type)) return [mediaPart(step, type)]
  if (type === 'function_call')
    return [toolCallPart(id, textAt(step, 'name') ?? 'unknown', at(step, 'arguments'))]
  if (type === 'function_result')
    return [toolResponsePart(textAt(step, 'call_id') ?? id, at(step, 'result'))]
  if (type.endsWith('_call')) return [serverCall(step, type, id)]
  if (type.endsWith('_result'))
    return [serverToolResponsePart(textAt(step, 'call_id') ?? id, { type, ...without(step, BARE) })]
  return contentParts(step)
}

function contentParts(step: unknown): Part[] {
  const content = at(step, 'content') ?? at(step, 'parts')
  if (typeof content === 'string') return [textPart(content)]
  if (Array.isArray(content)) return content.flatMap(stepParts)
  if (isObject(content)) return stepParts(content)
  return textAt(step, 'type') === 'model_output' ? [] : [unknownPart(step)]
}

function thoughtParts(step: unknown): Part[] {
  const summary = at(step, 'summary')
  const texts = Array.isArray(summary) ? summary.map((part) => textAt(part, 'text')) : [summary]
  return texts.flatMap((text) =>
    typeof text === 'string' && text !== '' ? [reasoningPart(text)] : [],
  )
}

function serverCall(step: unknown, type: string, id: string | undefined): Part {
  const name = textAt(step, 'name') ?? type.slice(0, -'_call'.length)
  return serverToolCallPart(id, name, { type: name, ...without(step, BARE) })
}

function mediaPart(part: unknown, modality: string): Part {
  const uri = textAt(part, 'uri')
  if (uri !== undefined) return uriPart(modality, uri)
  const data = at(part, 'data') ?? objectAt(part, 'content')
  return blobPart(modality, textAt(part, 'mime_type'), data)
}
