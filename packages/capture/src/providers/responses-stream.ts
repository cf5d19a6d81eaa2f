import type { AnswerFacts, ProviderFailure, StreamReader } from '../provider.ts'
import { errorFailure } from './failure.ts'
import {
  at,
  countAt,
  isObject,
  type JsonObject,
  listAt,
  objectAt,
  parseJson,
  pieceAt,
  textAt,
} from './json-values.ts'
import { Room } from './pieces.ts'
import { responseFacts } from './responses-answer.ts'

/** A reader for the events of OpenAI's Responses API. */
export function responsesStream(): StreamReader {
  return new ResponsesReader()
}

const ENDS: ReadonlySet<string> = new Set([
  'response.completed',
  'response.incomplete',
  'response.failed',
  'response.cancelled',
])
/** The member of an item that a delta goes on with. */
const ARGUMENTS: Readonly<Record<string, string>> = {
  'response.function_call_arguments.delta': 'arguments',
  'response.mcp_call_arguments.delta': 'arguments',
  'response.custom_tool_call_input.delta': 'input',
  'response.code_interpreter_call_code.delta': 'code',
}
/** The list of texts that a delta goes on with, the type of its members, and where its number stands. */
const TEXTS: Readonly<Record<string, readonly [list: string, type: string, index: string]>> = {
  'response.output_text.delta': ['content', 'output_text', 'content_index'],
  'response.refusal.delta': ['content', 'refusal', 'content_index'],
  'response.reasoning_text.delta': ['content', 'reasoning_text', 'content_index'],
  'response.reasoning_summary_text.delta': ['summary', 'summary_text', 'summary_index'],
}

type Draft = Record<string, unknown>

class ResponsesReader implements StreamReader {
  complete = false
  readonly #room = new Room()
  readonly #items = new Map<number, Draft>()
  #response: JsonObject | undefined
  #failure: ProviderFailure | undefined

  take({ event, data }: { readonly event?: string | undefined; readonly data: string }): boolean {
    const value = parseJson(data)
    if (!isObject(value)) return false
    const type = textAt(value, 'type') ?? event ?? ''
    this.#response = objectAt(value, 'response') ?? this.#response
    if (ENDS.has(type)) this.complete = true
    if (type === 'error' || at(value, 'error')) {
      this.#failure ??= errorFailure(at(value, 'error')) ?? errorFailure(withoutType(value))
    }
    return this.#item(type, value)
  }

  /** The last event repeats the whole output; some gateways leave it empty there. */
  result(): AnswerFacts {
    const listed = this.complete ? listAt(this.#response, 'output') : []
    const pieces = [...this.#items].sort(([one], [other]) => one - other).map(([, item]) => item)
    const ordered = listed.length === 0 ? pieces : listed
    return responseFacts(this.#response, ordered, this.#failure)
  }

  #item(type: string, value: JsonObject): boolean {
    const index = countAt(value, 'output_index') ?? 0
    if (type === 'response.output_item.added' || type === 'response.output_item.done') {
      const item = objectAt(value, 'item')
      if (item !== undefined && (this.#items.has(index) || this.#room.slot()))
        this.#items.set(index, { ...item })
      return textAt(item, 'type')?.endsWith('_call') ?? false
    }
    const delta = pieceAt(value, 'delta') ?? ''
    if (delta === '') return false
    const key = known(ARGUMENTS, type)
    if (key !== undefined) return this.#grow(this.#draft(index), key, delta)
    const text = known(TEXTS, type)
    return text !== undefined && this.#text(this.#draft(index), text, value, delta)
  }

  #draft(index: number): Draft | undefined {
    const found = this.#items.get(index)
    if (found !== undefined || !this.#room.slot()) return found
    const draft: Draft = {}
    this.#items.set(index, draft)
    return draft
  }

  #grow(draft: Draft | undefined, key: string, delta: string): boolean {
    if (draft === undefined) return false
    draft[key] = this.#room.grow(pieceAt(draft, key) ?? '', delta)
    return true
  }

  #text(
    draft: Draft | undefined,
    [list, type, index]: readonly [string, string, string],
    value: JsonObject,
    delta: string,
  ): boolean {
    if (draft === undefined) return false
    draft.type ??= list === 'summary' || type === 'reasoning_text' ? 'reasoning' : 'message'
    const held = draft[list]
    const parts: unknown[] = Array.isArray(held) ? held : []
    draft[list] = parts
    const place = Math.min(countAt(value, index) ?? 0, parts.length)
    if (!isObject(parts[place])) {
      if (!this.#room.slot()) return false
      parts[place] = { type }
    }
    const part = parts[place] as Draft
    part.type ??= type
    const key = type === 'refusal' ? 'refusal' : 'text'
    part[key] = this.#room.grow(pieceAt(part, key) ?? '', delta)
    return true
  }
}

/** The `error` event has its facts beside its type. */
function withoutType({ type: _, ...rest }: JsonObject): JsonObject {
  return rest
}

function known<T>(table: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(table, key) ? table[key] : undefined
}
