import type { AnswerFacts } from '../provider.ts'
import { at, pieceAt, textAt } from '../providers/json-values.ts'
import {
  type Part,
  reasoningPart,
  textPart,
  toolArguments,
  toolCallPart,
} from '../providers/message.ts'
import { Room } from '../providers/pieces.ts'
import { safely } from '../warnings.ts'
import { aiFacts } from './ai-answer.ts'
import { aiPart } from './ai-request.ts'
import type { OpenCall } from './open-call.ts'
import { type StreamWatcher, watchStream } from './watch-stream.ts'

interface StreamSettings {
  readonly signal: AbortSignal | undefined
  readonly includeOutput: boolean
  /** What came with the stream: the headers of the response. */
  readonly result: unknown
}

/** A stream of the AI SDK's model, passed on and recorded. */
export function recordedParts<T>(
  stream: ReadableStream<T>,
  call: OpenCall,
  settings: StreamSettings,
): ReadableStream<T> {
  return watchStream<T>(stream, partsWatcher(call, settings))
}

/** Puts together what a stream of parts says, and ends the call with it. */
export function partsWatcher(
  call: OpenCall,
  { signal, includeOutput, result }: StreamSettings,
): StreamWatcher<unknown> {
  const reader = new PartsReader(result)
  const facts = (): AnswerFacts => reader.result(includeOutput)
  const aborted = (): void => over(() => safely(() => call.fail(signal?.reason, facts())))
  const over = (end: () => void): void => {
    signal?.removeEventListener('abort', aborted)
    end()
  }
  // Whoever stops by signal may never read on, so that the stream does not tell.
  signal?.addEventListener('abort', aborted, { once: true })
  return {
    chunk(part) {
      if (reader.take(part)) call.firstToken()
    },
    done: () => over(() => ended(call, reader, facts(), signal)),
    failed: (error) => over(() => call.fail(error, facts())),
    stopped: () => over(() => call.end(facts(), 'aborted')),
  }
}

function ended(
  call: OpenCall,
  reader: PartsReader,
  facts: AnswerFacts,
  signal: AbortSignal | undefined,
): void {
  // Streams may end quietly when the signal aborts.
  if (reader.error !== undefined) call.fail(reader.error, facts)
  else if (signal?.aborted && !reader.finished) call.fail(signal.reason, facts)
  else call.end(facts, reader.finished ? 'ok' : 'partial')
}

interface Piece {
  readonly type: string
  readonly id: string
  readonly name: string
  text: string
}

/** Puts the parts of a stream together. */
class PartsReader {
  /** An error that came as a part. */
  error: unknown
  finished = false
  readonly #parts: (Piece | Part)[] = []
  readonly #open = new Map<string, Piece>()
  readonly #room = new Room()
  readonly #response: Record<string, unknown>
  #finish: object = {}

  constructor(result: unknown) {
    this.#response = { headers: at(result, 'response', 'headers') }
  }

  /** True where it holds something of the answer. */
  take(part: unknown): boolean {
    const type = textAt(part, 'type') ?? ''
    const id = textAt(part, 'id') ?? textAt(part, 'toolCallId') ?? ''
    switch (type) {
      case 'text-start':
      case 'reasoning-start':
      case 'tool-input-start':
        this.#begin(type.slice(0, -'-start'.length), id, textAt(part, 'toolName') ?? '')
        return type === 'tool-input-start'
      case 'text-delta':
      case 'reasoning-delta':
      case 'tool-input-delta':
        return this.#grow(type.slice(0, -'-delta'.length), id, pieceAt(part, 'delta') ?? '')
      case 'response-metadata':
        Object.assign(this.#response, { id: at(part, 'id'), modelId: at(part, 'modelId') })
        return false
      case 'finish':
        this.finished = true
        this.#finish = part as object
        return false
      case 'error':
        this.error = at(part, 'error') ?? new Error('The model reported an error')
        return false
      default:
        return this.#whole(type, id, part)
    }
  }

  result(includeOutput: boolean): AnswerFacts {
    const parts = this.#parts.map((part) => ('text' in part ? pieced(part as Piece) : part))
    return aiFacts(parts as Part[], { ...this.#finish, response: this.#response }, includeOutput)
  }

  #begin(type: string, id: string, name: string): void {
    if (!this.#room.slot()) return
    const piece = { type, id, name, text: '' }
    this.#parts.push(piece)
    this.#open.set(id, piece)
  }

  #grow(type: string, id: string, delta: string): boolean {
    if (!this.#open.has(id)) this.#begin(type, id, '')
    const piece = this.#open.get(id)
    if (piece !== undefined) piece.text = this.#room.grow(piece.text, delta)
    return delta !== ''
  }

  /** A tool call comes whole after its pieces; files and results of tools come whole only. */
  #whole(type: string, id: string, part: unknown): boolean {
    if (!WHOLE.includes(type)) return false
    const pieces = this.#open.get(id)
    const at = pieces === undefined ? -1 : this.#parts.indexOf(pieces)
    if (type === 'tool-call' && at >= 0) this.#parts[at] = aiPart(part)
    else if (this.#room.slot()) this.#parts.push(aiPart(part))
    return true
  }
}

const WHOLE = ['tool-call', 'tool-result', 'file', 'source']

function pieced({ type, id, name, text }: Piece): Part {
  if (type === 'reasoning') return reasoningPart(text)
  return type === 'tool-input' ? toolCallPart(id, name, toolArguments(text)) : textPart(text)
}
