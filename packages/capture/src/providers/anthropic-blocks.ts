import { at, listAt, objectAt, pieceAt, textAt, without } from './json-values.ts'
import {
  blobPart,
  filePart,
  modalityOf,
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

const RESULT = /_tool_result$/
const BARE: ReadonlySet<string> = new Set(['id', 'type', 'name', 'tool_use_id', 'cache_control'])

/** The part that a content block of Anthropic's is. */
export function blockPart(block: unknown): Part {
  const type = textAt(block, 'type') ?? ''
  const id = textAt(block, 'id')
  const name = textAt(block, 'name') ?? 'unknown'
  switch (type) {
    case 'text':
      return textPart(pieceAt(block, 'text') ?? '', listAt(block, 'citations'))
    case 'thinking':
      return reasoningPart(pieceAt(block, 'thinking') ?? '')
    case 'tool_use':
      return toolCallPart(id, name, at(block, 'input'))
    case 'server_tool_use':
    case 'mcp_tool_use':
      return serverToolCallPart(id, name, {
        type: name,
        arguments: at(block, 'input'),
        ...without(block, new Set([...BARE, 'input'])),
      })
    case 'tool_result':
      return toolResponse(block)
    case 'image':
    case 'document':
      return sourcePart(block, type)
    default:
      return RESULT.test(type) ? serverResult(block, type) : unknownPart(block)
  }
}

function toolResponse(block: unknown): Part {
  const part = toolResponsePart(textAt(block, 'tool_use_id'), at(block, 'content'))
  return at(block, 'is_error') === true ? { ...part, is_error: true } : part
}

function serverResult(block: unknown, type: string): Part {
  return serverToolResponsePart(textAt(block, 'tool_use_id'), { type, ...without(block, BARE) })
}

function sourcePart(block: unknown, type: string): Part {
  const source = objectAt(block, 'source')
  const mime = textAt(source, 'media_type')
  const modality = type === 'image' ? 'image' : modalityOf(mime)
  const url = textAt(source, 'url')
  const file = textAt(source, 'file_id')
  if (url !== undefined) return uriPart(modality, url)
  if (file !== undefined) return filePart(modality, file)
  const data = at(source, 'data')
  return data === undefined ? unknownPart(block) : blobPart(modality, mime, data)
}
