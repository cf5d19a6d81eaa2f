import { contentPart } from './chat-request.ts'
import { at, listAt, textAt, without } from './json-values.ts'
import {
  type Message,
  type Part,
  reasoningPart,
  serverToolCallPart,
  serverToolResponsePart,
  textPart,
  toolArguments,
  toolCallPart,
  toolResponsePart,
  unknownPart,
} from './message.ts'

/** Items that the application carries out, beside functions and custom tools; OpenAI's hosted tools are the others. */
const CLIENT_CALLS: ReadonlySet<string> = new Set([
  'local_shell_call',
  'apply_patch_call',
  'computer_call',
])
const CALL = /_call$/
const OUTPUT = /_(?:call_output|output)$/
const BARE: ReadonlySet<string> = new Set(['id', 'type', 'status', 'call_id', 'name'])

/** The parts of one item of a response's output, or of an input: messages, thoughts, tool calls, what tools returned. */
export function itemParts(item: unknown): Part[] {
  const type = textAt(item, 'type') ?? (textAt(item, 'role') === undefined ? '' : 'message')
  if (type === 'message') return messageParts(item)
  if (type === 'reasoning') return reasoningParts(item)
  if (CALL.test(type)) return [callPart(item, type)]
  if (OUTPUT.test(type)) return [outputPart(item, type)]
  return [unknownPart(item)]
}

/** The items of an input as messages: each with the role that it speaks for. */
export function itemMessage(item: unknown): Message {
  const parts = itemParts(item)
  const role = textAt(item, 'role') ?? roleOf(parts)
  return { role, parts }
}

function roleOf(parts: readonly Part[]): string {
  return parts.some(({ type }) => type === 'tool_call_response') ? 'tool' : 'assistant'
}

function messageParts(item: unknown): Part[] {
  const content = at(item, 'content')
  if (typeof content === 'string') return content === '' ? [] : [textPart(content)]
  return listAt(item, 'content').map(contentPart)
}

/** The summary, or the thoughts themselves where a model shows them. */
function reasoningParts(item: unknown): Part[] {
  const texts = [...listAt(item, 'summary'), ...listAt(item, 'content')]
  return texts.flatMap((part) => {
    const text = textAt(part, 'text')
    return text === undefined ? [] : [reasoningPart(text)]
  })
}

function callPart(item: unknown, type: string): Part {
  const id = textAt(item, 'call_id') ?? textAt(item, 'id')
  const name = textAt(item, 'name') ?? type.slice(0, -'_call'.length)
  if (type === 'function_call') return toolCallPart(id, name, toolArguments(at(item, 'arguments')))
  if (type === 'custom_tool_call') return toolCallPart(id, name, at(item, 'input') ?? '')
  if (isClients(item, type)) return toolCallPart(id, name, argumentsOf(item))
  return serverToolCallPart(id, name, { type: name, ...without(item, BARE) })
}

/** A shell runs where its environment is; a search of tools where `execution` says. */
function isClients(item: unknown, type: string): boolean {
  if (CLIENT_CALLS.has(type)) return true
  if (type === 'tool_search_call') return textAt(item, 'execution') === 'client'
  if (type !== 'shell_call') return false
  const environment = textAt(item, 'environment', 'type')
  return environment === undefined || environment === 'local'
}

function argumentsOf(item: unknown): unknown {
  const given = at(item, 'action') ?? at(item, 'operation') ?? at(item, 'arguments')
  return given === undefined ? without(item, BARE) : toolArguments(given)
}

function outputPart(item: unknown, type: string): Part {
  const id = textAt(item, 'call_id') ?? textAt(item, 'id')
  const isClient = type === 'function_call_output' || type === 'custom_tool_call_output'
  const output = at(item, 'output')
  if (isClient || isClientOutput(item, type))
    return toolResponsePart(id, output ?? without(item, BARE))
  return serverToolResponsePart(id, { type, ...without(item, BARE) })
}

function isClientOutput(item: unknown, type: string): boolean {
  return CLIENT_CALLS.has(type.replace(/_output$/, '')) || textAt(item, 'execution') === 'client'
}
