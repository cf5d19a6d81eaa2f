import type { AnswerFacts, ProviderFailure, RequestFacts, StreamReader } from '../provider.ts'
import { answerFacts } from './answer-facts.ts'
import { failureOf } from './failure.ts'
import type { Format } from './format.ts'
import { interactionSteps, stepMessage, stepParts } from './interaction-steps.ts'
import {
  at,
  countAt,
  defined,
  isObject,
  type JsonObject,
  listAt,
  objectAt,
  parseJson,
  pieceAt,
  textAt,
  without,
} from './json-values.ts'
import { type Message, type Part, textPart, toolArguments } from './message.ts'
import { Room } from './pieces.ts'
import { plus } from './usage.ts'

const CONTENT: ReadonlySet<string> = new Set([
  'model',
  'agent',
  'input',
  'system_instruction',
  'stream',
  'tools',
  'previous_interaction_id',
])

/** Google's Interactions API. */
export const INTERACTIONS: Format = {
  api: 'gemini.interactions',
  paths: (pathname) => pathname.endsWith('/interactions'),
  request: interactionRequest,
  recognises: (body) => textAt(body, 'object') === 'interaction',
  answer: (body) => interactionFacts(body, interactionSteps(body), undefined),
  stream: () => new InteractionReader(),
}

function interactionRequest(_url: URL, body: unknown): RequestFacts {
  const system = at(body, 'system_instruction')
  const previous = textAt(body, 'previous_interaction_id')
  return defined({
    api: 'gemini.interactions',
    operation: 'generate_content',
    model: textAt(body, 'model') ?? textAt(body, 'agent') ?? 'unknown',
    stream: at(body, 'stream') === true,
    params: without(body, CONTENT),
    system: typeof system === 'string' ? [textPart(system)] : undefined,
    input: inputOf(at(body, 'input')),
    tools: at(body, 'tools') ?? undefined,
    state: previous === undefined ? undefined : { previous_interaction_id: previous },
  })
}

function inputOf(input: unknown): Message[] | undefined {
  if (typeof input === 'string') return [{ role: 'user', parts: [textPart(input)] }]
  if (input === undefined || input === null) return undefined
  const items = Array.isArray(input) ? input : [input]
  const isParts = items.every(
    (item) => textAt(item, 'role') === undefined && at(item, 'content') === undefined,
  )
  return isParts ? [{ role: 'user', parts: items.flatMap(stepParts) }] : items.map(stepMessage)
}

/** What an interaction came to, with these steps. */
function interactionFacts(
  interaction: unknown,
  steps: readonly unknown[],
  failure: ProviderFailure | undefined,
): AnswerFacts {
  const status = textAt(interaction, 'status')
  const usage = objectAt(interaction, 'usage')
  const reasoning = countAt(usage, 'total_thought_tokens')
  const parts: Part[] = steps.flatMap(stepParts)
  return answerFacts({
    choices: [{ role: 'assistant', parts, finish: status === 'in_progress' ? undefined : status }],
    model: textAt(interaction, 'model'),
    id: textAt(interaction, 'id'),
    tier: textAt(interaction, 'service_tier'),
    counts: {
      input: plus(countAt(usage, 'total_input_tokens'), countAt(usage, 'total_tool_use_tokens')),
      output: plus(countAt(usage, 'total_output_tokens'), reasoning),
      cacheRead: countAt(usage, 'total_cached_tokens'),
      reasoning,
    },
    failure: failure ?? (at(interaction, 'error') ? failureOf(interaction) : undefined),
  })
}

class InteractionReader implements StreamReader {
  complete = false
  readonly #room = new Room()
  readonly #steps = new Map<number, Record<string, unknown>>()
  readonly #interaction: Record<string, unknown> = {}
  #failure: ProviderFailure | undefined

  take({ event, data }: { readonly event?: string | undefined; readonly data: string }): boolean {
    const value = parseJson(data)
    if (!isObject(value)) return false
    const type = textAt(value, 'event_type') ?? event ?? ''
    this.#room.put(this.#interaction, objectAt(value, 'interaction'))
    if (type === 'interaction.completed') this.complete = true
    if (type === 'error' || at(value, 'error')) this.#failure ??= failureOf(value)
    const index = countAt(value, 'index') ?? 0
    const begun = objectAt(value, 'step') ?? objectAt(value, 'content')
    if (begun !== undefined) this.#begin(index, begun)
    const delta = objectAt(value, 'delta')
    return delta !== undefined && this.#grow(index, delta)
  }

  result(): AnswerFacts {
    const listed = interactionSteps(this.#interaction)
    const steps = [...this.#steps].sort(([one], [other]) => one - other).map(([, step]) => step)
    return interactionFacts(
      this.#interaction,
      (listed.length === 0 ? steps : listed).map(withArguments),
      this.#failure,
    )
  }

  #begin(index: number, step: JsonObject): void {
    if (this.#steps.has(index) || this.#room.slot()) this.#steps.set(index, { ...step })
  }

  #grow(index: number, delta: JsonObject): boolean {
    if (!this.#steps.has(index)) this.#begin(index, {})
    const step = this.#steps.get(index)
    const type = textAt(delta, 'type') ?? ''
    if (step === undefined || type === 'thought_signature') return false
    if (type === 'arguments_delta') {
      const args = pieceAt(delta, 'arguments') ?? pieceAt(delta, 'partial_arguments') ?? ''
      step.arguments = this.#room.grow(pieceAt(step, 'arguments') ?? '', args)
      return args !== ''
    }
    return this.#content(step, delta, type)
  }

  #content(step: Record<string, unknown>, delta: JsonObject, type: string): boolean {
    const isThought = type.startsWith('thought')
    const text = pieceAt(delta, 'text') ?? pieceAt(delta, 'content', 'text')
    step.type ??= isThought ? 'thought' : 'model_output'
    if (/_(?:call|result)$/.test(type)) {
      this.#room.put(step, delta)
      return true
    }
    const key = isThought ? 'summary' : 'content'
    const parts = listOf(step, key)
    const last = parts.at(-1)
    const annotations = listAt(delta, 'annotations')
    if (isObject(last) && (text !== undefined || annotations.length > 0)) {
      this.#extend(last as Record<string, unknown>, text ?? '', annotations)
    } else if (this.#room.slot()) {
      parts.push(text === undefined ? delta : { type: 'text', text: this.#room.grow('', text) })
    }
    return true
  }

  #extend(part: Record<string, unknown>, text: string, annotations: readonly unknown[]): void {
    part.text = this.#room.grow(pieceAt(part, 'text') ?? '', text)
    const held = listOf(part, 'annotations')
    for (const annotation of annotations) if (this.#room.slot()) held.push(annotation)
  }
}

/** The list under a key, made where there is none. */
function listOf(holder: Record<string, unknown>, key: string): unknown[] {
  const held = holder[key]
  if (Array.isArray(held)) return held
  const list: unknown[] = []
  holder[key] = list
  return list
}

function withArguments(step: unknown): unknown {
  const args = textAt(step, 'arguments')
  return args === undefined || !isObject(step) ? step : { ...step, arguments: toolArguments(args) }
}
