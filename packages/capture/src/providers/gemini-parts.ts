import { at, isObject, listAt, objectAt, pieceAt, textAt } from './json-values.ts'
import {
  blobPart,
  type Message,
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

/** A content of Gemini's as a message; `model` speaks as the assistant. */
export function geminiMessage(content: unknown): Message {
  const role = textAt(content, 'role') ?? 'user'
  return { role: role === 'model' ? 'assistant' : role, parts: geminiParts(content) }
}

/** The parts of a content, which may also be one text or a list of parts. */
export function geminiParts(content: unknown): Part[] {
  if (typeof content === 'string') return [textPart(content)]
  const parts = Array.isArray(content) ? content : at(content, 'parts')
  if (isObject(parts)) return [geminiPart(parts)]
  return listAt({ parts }, 'parts').map(geminiPart)
}

/** One part of Gemini's. */
export function geminiPart(part: unknown): Part {
  const text = pieceAt(part, 'text') ?? (typeof part === 'string' ? part : undefined)
  if (text !== undefined) return at(part, 'thought') === true ? reasoningPart(text) : textPart(text)
  const call = objectAt(part, 'functionCall') ?? objectAt(part, 'function_call')
  if (call !== undefined) return geminiCall(call)
  const response = objectAt(part, 'functionResponse') ?? objectAt(part, 'function_response')
  if (response !== undefined) {
    const id = textAt(response, 'id') ?? textAt(response, 'name')
    return toolResponsePart(id, at(response, 'response'))
  }
  return mediaPart(part) ?? codePart(part) ?? unknownPart(part)
}

/** A function call; AI Studio gives it an id, Vertex does not. */
export function geminiCall(call: unknown): Part {
  return toolCallPart(textAt(call, 'id'), textAt(call, 'name') ?? 'unknown', at(call, 'args') ?? {})
}

function mediaPart(part: unknown): Part | undefined {
  const inline = objectAt(part, 'inlineData') ?? objectAt(part, 'inline_data')
  if (inline !== undefined) {
    const mime = textAt(inline, 'mimeType') ?? textAt(inline, 'mime_type')
    return blobPart(modalityOf(mime), mime, at(inline, 'data'))
  }
  const file = objectAt(part, 'fileData') ?? objectAt(part, 'file_data')
  const uri = textAt(file, 'fileUri') ?? textAt(file, 'file_uri')
  if (uri === undefined) return undefined
  return uriPart(modalityOf(textAt(file, 'mimeType') ?? textAt(file, 'mime_type')), uri)
}

function codePart(part: unknown): Part | undefined {
  const code = objectAt(part, 'executableCode')
  if (code !== undefined) {
    return serverToolCallPart(textAt(code, 'id'), 'code_execution', {
      type: 'code_execution',
      ...code,
    })
  }
  const result = objectAt(part, 'codeExecutionResult')
  if (result === undefined) return undefined
  return serverToolResponsePart(textAt(result, 'id'), { type: 'code_execution', ...result })
}
