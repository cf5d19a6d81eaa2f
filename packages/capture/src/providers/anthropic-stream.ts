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

/** What is counted for each message. */
const COUNTS = [
  'input_tokens',
  'output_tokens',
  'cache_read_input_tokens',
  'cache_creation_input_tokens',
] as const

type Draft = Record<string, unknown>

class AnthropicReader implements StreamReader {
  complete = false
  readonly #room = new Room()
  readonly #blocks = new Map<number, Draft>()
  /** Where the blocks of the message under way begin. */
  #first = 0
  /** Counts of the messages before it. */
  #before: JsonObject | undefined
  #message: Draft = {}
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
        return this.#delta(this.#first + (countAt(value, 'index') ?? 0), objectAt(value, 'delta'))
      case 'message_delta':
        this.#ending(value)
        return false
      case 'message_stop':
        this.#stop()
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
    const usage = added(this.#before, this.#usage)
    return anthropicFacts(this.#message, blocks, usage, this.#failure)
  }

  /**
   * One stream may hold several messages, each behind the end of the one before it: then they are parts of one answer.
   * A gateway may also begin anew in the middle; what came of the first message is void then.
   */
  #start(message: JsonObject): void {
    if (this.complete) {
      this.#first = Math.max(-1, ...this.#blocks.keys()) + 1
      this.#before = added(this.#before, this.#usage)
    } else if (at(this.#message, 'id') !== at(message, 'id')) this.#void()
    this.complete = false
    this.#message = { ...message }
    const { output_tokens: _, ...usage } = objectAt(message, 'usage') ?? {}
    this.#usage = usage
    for (const [index, block] of listAt(message, 'content').entries()) this.#block(index, block)
  }

  /** What was counted at the start holds only where the message was whole by then. */
  #stop(): void {
    this.complete = true
    const counted = countAt(this.#message, 'usage', 'output_tokens')
    if (this.#usage !== undefined) this.#usage.output_tokens ??= counted
  }

  #void(): void {
    for (const index of this.#blocks.keys()) if (index >= this.#first) this.#blocks.delete(index)
  }

  #block(place: number, block: unknown): boolean {
    if (!isObject(block)) return false
    const index = this.#first + place
    if (!this.#blocks.has(index) && !this.#room.slot()) return false
    this.#blocks.set(index, { ...block })
    const served = textAt(block, 'to', 'model')
    if (textAt(block, 'type') === 'fallback' && served !== undefined) this.#message.model = served
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
    if (type === 'citations_delta') this.#cite(draft, at(delta, 'citation'))
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

  #cite(draft: Draft, citation: unknown): void {
    if (!this.#room.slot()) return
    if (Array.isArray(draft.citations)) draft.citations.push(citation)
    else draft.citations = [citation]
  }

  /** Counts are cumulative, and left out where they have not changed. */
  #ending(value: JsonObject): void {
    this.#room.put(this.#message, objectAt(value, 'delta'))
    this.#usage ??= {}
    this.#room.put(this.#usage, said(objectAt(value, 'usage')))
  }
}

function said(usage: JsonObject | undefined): Draft {
  return Object.fromEntries(Object.entries(usage ?? {}).filter(([, count]) => count !== null))
}

/** Counts of one message with those of the messages before it. */
function added(before: JsonObject | undefined, usage: JsonObject | undefined): Draft | undefined {
  if (before === undefined) return usage && { ...usage }
  const sum: Draft = { ...before, ...usage }
  for (const key of COUNTS) {
    const counts = [countAt(before, key), countAt(usage, key)].filter((it) => it !== undefined)
    if (counts.length > 0) sum[key] = counts.reduce((total, count) => total + count, 0)
  }
  return sum
}

/** A block with its arguments put together; they stay a text where they were cut. */
function whole(draft: Draft): Draft {
  const { [JSON_TEXT]: json, ...block } = draft
  return typeof json === 'string' && json !== '' ? { ...block, input: toolArguments(json) } : block
}
