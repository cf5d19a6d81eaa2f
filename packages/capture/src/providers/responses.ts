import type { RequestFacts } from '../provider.ts'
import { deploymentOf } from './chat.ts'
import type { Format } from './format.ts'
import { at, defined, listAt, textAt, without } from './json-values.ts'
import { type Message, type Part, textPart, unknownPart } from './message.ts'
import { responsesAnswer } from './responses-answer.ts'
import { itemMessage } from './responses-items.ts'
import { responsesStream } from './responses-stream.ts'

const CONTENT: ReadonlySet<string> = new Set([
  'model',
  'input',
  'instructions',
  'stream',
  'tools',
  'prompt',
  'previous_response_id',
  'conversation',
])

/** OpenAI's Responses API, and those compatible with it. */
export const RESPONSES: Format = {
  api: 'openai.responses',
  paths: (pathname) => pathname.endsWith('/responses'),
  request: responsesRequest,
  recognises: (body) => textAt(body, 'object') === 'response',
  answer: responsesAnswer,
  stream: responsesStream,
}

function responsesRequest(url: URL, body: unknown): RequestFacts {
  const input = at(body, 'input')
  return defined({
    api: 'openai.responses',
    operation: 'chat',
    model: textAt(body, 'model') ?? deploymentOf(url) ?? 'unknown',
    stream: at(body, 'stream') === true,
    params: without(body, CONTENT),
    system: systemOf(at(body, 'instructions')),
    input: inputOf(input),
    tools: at(body, 'tools') ?? undefined,
    state: stateOf(body),
  })
}

function systemOf(instructions: unknown): Part[] | undefined {
  if (typeof instructions === 'string') return [textPart(instructions)]
  return Array.isArray(instructions) ? instructions.map(unknownPart) : undefined
}

function inputOf(input: unknown): Message[] | undefined {
  if (typeof input === 'string') return [{ role: 'user', parts: [textPart(input)] }]
  return Array.isArray(input) ? input.map(itemMessage) : undefined
}

/** What else the model saw is with the provider. */
function stateOf(body: unknown): Record<string, string> | undefined {
  const files = listAt(body, 'input').flatMap((item) =>
    listAt(item, 'content').flatMap((part) => textAt(part, 'file_id') ?? []),
  )
  const references = listAt(body, 'input').flatMap((item) =>
    textAt(item, 'type') === 'item_reference' ? (textAt(item, 'id') ?? []) : [],
  )
  const stores = listAt(body, 'tools').flatMap((tool) => listAt(tool, 'vector_store_ids'))
  const state = defined({
    previous_response_id: textAt(body, 'previous_response_id'),
    conversation: textAt(body, 'conversation') ?? textAt(body, 'conversation', 'id'),
    prompt: textAt(body, 'prompt', 'id'),
    file_ids: joined(files),
    item_references: joined(references),
    vector_store_ids: joined(stores),
  })
  return Object.keys(state).length === 0 ? undefined : (state as Record<string, string>)
}

function joined(ids: readonly unknown[]): string | undefined {
  return ids.length === 0 ? undefined : ids.join(',')
}
