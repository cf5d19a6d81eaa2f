import type { AnswerFacts, ProviderFailure, RequestFacts } from '../provider.ts'
import { answerFacts } from './answer-facts.ts'
import { converseParts } from './bedrock-blocks.ts'
import {
  at,
  countAt,
  defined,
  isObject,
  type JsonObject,
  listAt,
  objectAt,
  pieceAt,
  textAt,
  without,
} from './json-values.ts'
import { toolArguments } from './message.ts'
import { Room } from './pieces.ts'
import { type Counts, plus } from './usage.ts'

const CONTENT: ReadonlySet<string> = new Set([
  'modelId',
  'messages',
  'system',
  'toolConfig',
  'inferenceConfig',
  'promptVariables',
  'body',
])

/** What the input of Converse or ConverseStream asks for. */
export function converseRequest(input: unknown, model: string, stream: boolean): RequestFacts {
  const system = listAt(input, 'system')
  const messages = listAt(input, 'messages')
  return defined({
    api: 'bedrock.converse',
    operation: 'chat',
    model,
    stream,
    params: { ...without(input, CONTENT), ...without(at(input, 'inferenceConfig'), new Set()) },
    system: system.length === 0 ? undefined : converseParts(system),
    input:
      messages.length === 0
        ? undefined
        : messages.map((message) => ({
            role: textAt(message, 'role') ?? 'user',
            parts: converseParts(listAt(message, 'content')),
          })),
    tools: at(input, 'toolConfig', 'tools') ?? undefined,
  })
}

/** What Converse returned; also what Amazon's own models return from InvokeModel. */
export function converseAnswer(output: unknown): AnswerFacts {
  return converseFacts({
    blocks: listAt(output, 'output', 'message', 'content'),
    role: textAt(output, 'output', 'message', 'role'),
    finish: textAt(output, 'stopReason'),
    usage: objectAt(output, 'usage'),
    tier: textAt(output, 'serviceTier', 'type'),
    failure: undefined,
  })
}

interface ConverseOutput {
  readonly blocks: readonly unknown[]
  readonly role: string | undefined
  readonly finish: string | undefined
  readonly usage: JsonObject | undefined
  readonly tier: string | undefined
  readonly failure: ProviderFailure | undefined
}

function converseFacts(output: ConverseOutput): AnswerFacts {
  const { blocks, role = 'assistant', finish, usage, tier, failure } = output
  return answerFacts({
    choices: [{ role, parts: converseParts(blocks), finish }],
    counts: usage && converseCounts(usage),
    tier,
    failure,
  })
}

/** Bedrock counts cached input apart. */
function converseCounts(usage: JsonObject): Counts {
  const cacheRead =
    countAt(usage, 'cacheReadInputTokens') ?? countAt(usage, 'cacheReadInputTokenCount')
  const cacheWrite =
    countAt(usage, 'cacheWriteInputTokens') ?? countAt(usage, 'cacheWriteInputTokenCount')
  return {
    input: plus(countAt(usage, 'inputTokens'), cacheRead, cacheWrite),
    output: countAt(usage, 'outputTokens'),
    cacheRead,
    cacheWrite,
  }
}

type Draft = Record<string, unknown>

/** Puts the events of ConverseStream together, given as plain objects. */
export class ConverseReader {
  complete = false
  readonly #room = new Room()
  readonly #blocks = new Map<number, Draft>()
  #role: string | undefined
  #finish: string | undefined
  #usage: JsonObject | undefined
  #tier: string | undefined
  #failure: ProviderFailure | undefined

  /** Takes one event; true where it holds something of the answer. */
  add(event: unknown): boolean {
    if (!isObject(event)) return false
    this.#role = textAt(event, 'messageStart', 'role') ?? this.#role
    this.#usage = objectAt(event, 'metadata', 'usage') ?? this.#usage
    this.#tier = textAt(event, 'metadata', 'serviceTier', 'type') ?? this.#tier
    const stop = textAt(event, 'messageStop', 'stopReason')
    if (stop !== undefined) {
      this.#finish = stop
      this.complete = true
    }
    this.#failure ??= exceptionOf(event)
    const start = objectAt(event, 'contentBlockStart')
    if (start !== undefined) return this.#start(start)
    const delta = objectAt(event, 'contentBlockDelta')
    return delta !== undefined && this.#delta(delta)
  }

  result(): AnswerFacts {
    const blocks = [...this.#blocks]
      .sort(([one], [other]) => one - other)
      .map(([, it]) => whole(it))
    return converseFacts({
      blocks,
      role: this.#role,
      finish: this.#finish,
      usage: this.#usage,
      tier: this.#tier,
      failure: this.#failure,
    })
  }

  #start(event: JsonObject): boolean {
    const start = objectAt(event, 'start') ?? {}
    const draft = this.#draft(event)
    if (draft === undefined) return false
    this.#room.put(draft, start)
    // The event is the application's: what grows is a copy.
    const tool = objectAt(start, 'toolUse')
    if (tool !== undefined) draft.toolUse = { ...tool }
    return Object.keys(start).length > 0
  }

  #delta(event: JsonObject): boolean {
    const delta = objectAt(event, 'delta')
    const draft = this.#draft(event)
    if (draft === undefined || delta === undefined) return false
    const text = pieceAt(delta, 'text')
    const thought = pieceAt(delta, 'reasoningContent', 'text')
    const input = pieceAt(delta, 'toolUse', 'input')
    if (text !== undefined) draft.text = this.#room.grow(pieceAt(draft, 'text') ?? '', text)
    if (thought !== undefined) {
      const held = pieceAt(draft, 'reasoningContent', 'reasoningText', 'text') ?? ''
      draft.reasoningContent = { reasoningText: { text: this.#room.grow(held, thought) } }
    }
    if (input !== undefined) {
      if (!isObject(draft.toolUse)) draft.toolUse = {}
      const tool = draft.toolUse as Draft
      tool.input = this.#room.grow(pieceAt(tool, 'input') ?? '', input)
    }
    const citation = objectAt(delta, 'citation')
    if (citation !== undefined && this.#room.slot()) cited(draft).push(citation)
    return Boolean(text || thought || input)
  }

  #draft(event: JsonObject): Draft | undefined {
    const index = countAt(event, 'contentBlockIndex') ?? 0
    const known = this.#blocks.get(index)
    if (known !== undefined || !this.#room.slot()) return known
    const draft: Draft = {}
    this.#blocks.set(index, draft)
    return draft
  }
}

function cited(draft: Draft): unknown[] {
  if (!Array.isArray(draft.citations)) draft.citations = []
  return draft.citations as unknown[]
}

/** Exceptions are events of their own, named by their kind. */
function exceptionOf(event: JsonObject): ProviderFailure | undefined {
  const name = Object.keys(event).find((key) => /(?:Exception|Error)$/.test(key))
  if (name === undefined) return undefined
  return { type: name, message: textAt(event, name, 'message') ?? '' }
}

function whole(draft: Draft): unknown {
  const input = pieceAt(draft, 'toolUse', 'input')
  if (input === undefined) return draft
  return {
    ...draft,
    toolUse: { ...objectAt(draft, 'toolUse'), input: input === '' ? {} : toolArguments(input) },
  }
}
