import { at, defined, isObject, listAt, objectAt, pieceAt, textAt } from './json-values.ts'
import {
  type Part,
  reasoningPart,
  serverToolCallPart,
  textPart,
  toolCallPart,
  toolResponsePart,
  unknownPart,
  uriPart,
} from './message.ts'

/** The parts that content blocks of Converse are; a block has one member, which names its kind. */
export function converseParts(blocks: readonly unknown[]): Part[] {
  return blocks.flatMap((block) => converseBlock(block) ?? [])
}

function converseBlock(block: unknown): Part | undefined {
  const text = pieceAt(block, 'text')
  if (text !== undefined)
    return text === '' ? undefined : textPart(text, listAt(block, 'citations'))
  const tool = objectAt(block, 'toolUse')
  if (tool !== undefined) return toolUse(tool)
  const result = objectAt(block, 'toolResult')
  if (result !== undefined) {
    const part = toolResponsePart(textAt(result, 'toolUseId'), at(result, 'content'))
    return textAt(result, 'status') === 'error' ? { ...part, is_error: true } : part
  }
  const thought = objectAt(block, 'reasoningContent')
  if (thought !== undefined) {
    const said = textAt(thought, 'reasoningText', 'text')
    return said === undefined ? { type: 'redacted_reasoning' } : reasoningPart(said)
  }
  return citedPart(block) ?? mediaPart(block) ?? otherPart(block)
}

function toolUse(tool: object): Part {
  const id = textAt(tool, 'toolUseId')
  const name = textAt(tool, 'name') ?? 'unknown'
  if (textAt(tool, 'type') === 'server_tool_use')
    return serverToolCallPart(id, name, { type: name, arguments: at(tool, 'input') })
  return toolCallPart(id, name, at(tool, 'input') ?? {})
}

function citedPart(block: unknown): Part | undefined {
  const cited = objectAt(block, 'citationsContent')
  if (cited === undefined) return undefined
  const texts = listAt(cited, 'content').map((part) => textAt(part, 'text') ?? '')
  return textPart(texts.join(''), listAt(cited, 'citations'))
}

const MODALITIES = ['image', 'document', 'video', 'audio'] as const

function mediaPart(block: unknown): Part | undefined {
  const modality = MODALITIES.find((kind) => isObject(at(block, kind)))
  if (modality === undefined) return undefined
  const media = objectAt(block, modality)
  const uri = textAt(media, 'source', 's3Location', 'uri')
  if (uri !== undefined) return uriPart(modality, uri)
  const text = textAt(media, 'source', 'text')
  if (text !== undefined) return textPart(text)
  const bytes = at(media, 'source', 'bytes')
  const format = textAt(media, 'format')
  const mime_type = format === undefined ? undefined : mimeType(modality, format)
  if (typeof bytes === 'string')
    return defined({ type: 'blob', modality, mime_type, content: bytes })
  const size = bytes instanceof Uint8Array ? bytes.byteLength : undefined
  return defined({ type: 'blob', modality, mime_type, size })
}

function mimeType(modality: string, format: string): string {
  return modality === 'document' ? `application/${format}` : `${modality}/${format}`
}

/** What no rule knows is kept, but for marks that hold nothing and bytes. */
function otherPart(block: unknown): Part | undefined {
  if (!isObject(block) || Object.keys(block).length === 0) return undefined
  const [kind = 'unknown'] = Object.keys(block)
  if (kind === 'cachePoint' || kind === 'SDK_UNKNOWN_MEMBER' || kind === '$unknown')
    return undefined
  return unknownPart({ type: kind, ...block })
}
