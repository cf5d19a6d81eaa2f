import { toNanoDollars } from '../count/money.ts'
import { type Call, isKnown, MAX_NAME, toCall, toName, toWeight } from './call.ts'
import { ID, NUMBER, TEXT } from './own-keys.ts'
import type { OwnLines } from './own-lines.ts'

/** Beyond, a number is no length of time. */
const MAX_LENGTH = 1e21
/** What a Date can hold. */
const MAX_TIME = 8.64e15

type Changing<Type> = { -readonly [key in keyof Type]: Type[key] }

/** Reads calls that ended well at the first attempt straight from their lines, into one object that is used again and again. */
export class OwnCall {
  readonly #own: OwnLines
  readonly #trace = { view: new DataView(new ArrayBuffer(0)) as DataView, from: 0, to: 0 }
  readonly #call: Changing<Call> = toCall({ status: 'ok' })
  #names: (string | null | undefined)[] = []
  #epoch = -1
  #ok = 0

  constructor(own: OwnLines) {
    this.#own = own
    this.#call.trace = this.#trace
  }

  /** The call on the line that was read, until the next; undefined where there is more to it. */
  read(): Call | undefined {
    const { texts, numbers, ids, epoch } = this.#own.scanner
    if (epoch !== this.#epoch) {
      this.#epoch = epoch
      this.#names = []
      this.#ok = this.#own.scanner.numberOf('ok')
    }
    const isSimple =
      texts[TEXT.status] === this.#ok &&
      ids[ID.retry_of * 2] === -1 &&
      this.#isShort(ID.span_id) &&
      this.#isShort(ID.trace_id) &&
      this.#isShort(ID.message_id)
    if (!isSimple) return undefined
    const call = this.#call
    this.#readNumbers(call, numbers)
    call.model =
      this.#name(texts[TEXT.model] as number) ?? this.#name(texts[TEXT.response_model] as number)
    call.finishReason = this.#name(texts[TEXT.finish_reason] as number)
    this.#trace.view = this.#own.scanner.view
    this.#trace.from = ids[ID.trace_id * 2] as number
    this.#trace.to = ids[ID.trace_id * 2 + 1] as number
    return call
  }

  #isShort(id: number): boolean {
    const { ids } = this.#own.scanner
    return (ids[id * 2 + 1] as number) - (ids[id * 2] as number) <= MAX_NAME
  }

  /** As `toCall` does of a line that was parsed. */
  #readNumbers(call: Changing<Call>, numbers: Float64Array): void {
    const start = numbers[NUMBER.start_time] as number
    const length = lengthOf(numbers[NUMBER.duration_ms] as number)
    call.startTime = Math.abs(start) <= MAX_TIME ? start : Number.NaN
    call.durationMs = isKnown(length)
      ? length
      : lengthOf((numbers[NUMBER.end_time] as number) - start)
    call.ttftMs = lengthOf(numbers[NUMBER.ttft_ms] as number)
    call.inputTokens = tokensOf(numbers[NUMBER.input_tokens] as number)
    call.outputTokens = tokensOf(numbers[NUMBER.output_tokens] as number)
    call.cacheReadTokens = tokensOf(numbers[NUMBER.cache_read_tokens] as number)
    const dollars = numbers[NUMBER.cost_usd] as number
    call.nanoDollars = isKnown(dollars) ? (toNanoDollars(dollars) ?? Number.NaN) : Number.NaN
    call.weight = toWeight(numbers[NUMBER.sample_rate])
  }

  #name(text: number): string | null {
    if (text === 0) return null
    let name = this.#names[text]
    if (name === undefined) {
      name = toName(this.#own.scanner.text(text))
      this.#names[text] = name
    }
    return name
  }
}

function lengthOf(ms: number): number {
  return ms >= 0 && ms <= MAX_LENGTH ? ms : Number.NaN
}

function tokensOf(tokens: number): number {
  return tokens >= 0 && tokens <= Number.MAX_SAFE_INTEGER ? tokens : Number.NaN
}
