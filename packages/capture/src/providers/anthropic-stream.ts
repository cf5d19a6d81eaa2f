import type { AnswerFacts, ProviderFailure, StreamReader } from '../provider.ts'
import { anthropicFacts } from './anthropic-answer.ts'
import { failureOf } from './failure.ts'
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
import { toolArguments } from './message.ts'
import { Room } from './pieces.ts'

/** A reader for the streams of Anthropic's messages. */
export function anthropicStream(): StreamReader {
  return new AnthropicReader()
}

/** Where a draft keeps its arguments until they are whole; no provider's key. */
const JSON_TEXT = '\u0000json'
/** The member of a block that a delta goes on with. */
const TEXTS: Readonly<Record<string, readonly [delta: string, block: string]>> = {
  text_delta: ['text', 'text'],
  thinking_delta: ['thinking', 'thinking'],
  input_json_delta: ['partial_json', JSON_TEXT],
}

type Draft = Record<string, unknown>

class AnthropicReader implements StreamReader {
  complete = false
  readonly #room = new Room()
  readonly #blocks = new Map<number, Draft>()
  #message: JsonObject = {}
  #usage: Draft | undefined
  #failure: ProviderFailure | undefined

  take({ event, data }: { readonly event?: string | undefined; readonly data: string }): boolean {
    const value = parseJson(data)
    if (!isObject(value)) return false
    switch (textAt(value, 'type') ?? event) {
      case 'message_start':
        this.#start(objectAt(value, 'message') ?? {})
        return false
      case 'content_block_start':
        return this.#block(countAt(value, 'index') ?? 0, objectAt(value, 'content_block'))
      case 'content_block_delta':
        return this.#delta(countAt(value, 'index') ?? 0, objectAt(value, 'delta'))
      case 'message_delta':
        this.#ending(value)
        return false
      case 'message_stop':
        this.complete = true
        return false
      case 'error':
        this.#failure ??= failureOf(value)
        return false
      default:
        return false
    }
  }

  result(): AnswerFacts {
    const blocks = [...this.#blocks]
      .sort(([one], [other]) => one - other)
      .map(([, it]) => whole(it))
    return anthropicFacts(this.#message, blocks, this.#usage, this.#failure)
  }

  /** A gateway may begin anew with another message; the first is void then. */
  #start(message: JsonObject): void {
    if (at(this.#message, 'id') !== at(message, 'id')) this.#blocks.clear()
    this.#message = message
    const { output_tokens: _, ...usage } = objectAt(message, 'usage') ?? {}
    this.#usage = usage
    for (const [index, block] of listAt(message, 'content').entries()) this.#block(index, block)
  }

  #block(index: number, block: unknown): boolean {
    if (!isObject(block)) return false
    if (!this.#blocks.has(index) && !this.#room.slot()) return false
    this.#blocks.set(index, { ...block })
    const served = textAt(block, 'to', 'model')
    if (textAt(block, 'type') === 'fallback' && served !== undefined)
      this.#message = { ...this.#message, model: served }
    return textAt(block, 'type') !== 'text' && textAt(block, 'type') !== 'thinking'
  }

  #delta(index: number, delta: unknown): boolean {
    const draft = this.#blocks.get(index) ?? this.#missing(index, delta)
    if (draft === undefined) return false
    const type = textAt(delta, 'type') ?? ''
    const text = Object.hasOwn(TEXTS, type) ? TEXTS[type] : undefined
    if (text !== undefined) {
      const [from, to] = text
      const piece = pieceAt(delta, from) ?? ''
      draft[to] = this.#room.grow(pieceAt(draft, to) ?? '', piece)
      return piece !== ''
    }
    if (type === 'citations_delta') draft.citations = this.#cited(draft, at(delta, 'citation'))
    if (type === 'compaction_delta') draft.content = at(delta, 'content')
    return type === 'compaction_delta'
  }

  /** A stream that is joined late lacks the block's beginning. */
  #missing(index: number, delta: unknown): Draft | undefined {
    if (!isObject(delta) || !this.#room.slot()) return undefined
    const type = textAt(delta, 'type') === 'thinking_delta' ? 'thinking' : 'text'
    const draft: Draft =
      textAt(delta, 'type') === 'input_json_delta' ? { type: 'tool_use' } : { type }
    this.#blocks.set(index, draft)
    return draft
  }

  #cited(draft: Draft, citation: unknown): readonly unknown[] {
    const held = listAt(draft, 'citations')
    return this.#room.slot() ? [...held, citation] : held
  }

  /** Counts are cumulative, and left out where they have not changed. */
  #ending(value: JsonObject): void {
    const delta = objectAt(value, 'delta') ?? {}
    this.#message = { ...this.#message, ...delta }
    const usage = this.#usage ?? {}
    for (const [key, count] of Object.entries(objectAt(value, 'usage') ?? {})) {
      if (count !== null) usage[key] = count
    }
    this.#usage = usage
  }
}

/** A block with its arguments put together; they stay a text where they were cut. */
function whole(draft: Draft): Draft {
  const { [JSON_TEXT]: json, ...block } = draft
  return typeof json === 'string' && json !== '' ? { ...block, input: toolArguments(json) } : block
}
