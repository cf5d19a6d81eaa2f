import { STATUSES, type Status } from '@recount/record'
import { isRow, type Reading } from '@recount/record/shapes'
import { toNanoDollars } from '../count/money.ts'
import { type Call, isKnown, MAX_LENGTH_MS, MAX_NAME, toCall, toName, toWeight } from './call.ts'
import { ID, NUMBER, OBJECT, TEXT } from './own-keys.ts'
import type { OwnLines } from './own-lines.ts'

/** What a Date can hold. */
const MAX_TIME = 8.64e15

type Changing<Type> = { -readonly [key in keyof Type]: Type[key] }

/** Reads our calls straight from their lines. */
export class OwnCall {
  readonly #own: OwnLines
  readonly #trace = { view: new DataView(new ArrayBuffer(0)) as DataView, from: 0, to: 0 }
  readonly #call: Changing<Call> = toCall({ status: 'ok' })
  #names: (string | null | undefined)[] = []
  #statuses: (Status | undefined)[] = []
  /** What is said of a failure, by the number of its JSON. */
  #failures: (Reading | undefined)[] = []
  #epoch = -1

  constructor(own: OwnLines) {
    this.#own = own
    this.#call.trace = this.#trace
  }

  /**
   * The call on the line that was read; undefined where there is more to it. One that ended well at
   * the first attempt is the same object each time.
   */
  read(): Call | undefined {
    const { texts, numbers, ids, epoch } = this.#own.scanner
    if (epoch !== this.#epoch) {
      this.#epoch = epoch
      this.#names = []
      this.#failures = []
      this.#statuses = []
    }
    const status = this.#status(texts[TEXT.status] as number)
    const isShort =
      this.#isShort(ID.span_id) && this.#isShort(ID.trace_id) && this.#isShort(ID.message_id)
    if (!isShort || status === undefined) return undefined
    const call = this.#call
    const isRetry = ids[ID.retry_of * 2] !== -1
    this.#readNumbers(call, numbers, isRetry)
    call.status = status
    call.model =
      this.#name(texts[TEXT.model] as number) ?? this.#name(texts[TEXT.response_model] as number)
    call.finishReason = this.#name(texts[TEXT.finish_reason] as number)
    this.#trace.view = this.#own.scanner.view
    this.#trace.from = ids[ID.trace_id * 2] as number
    this.#trace.to = ids[ID.trace_id * 2 + 1] as number
    if (!isRetry && status === 'ok') return call
    // What says that it repeats itself repeats nothing.
    const isOdd = isRetry && (!this.#isShort(ID.retry_of) || this.#repeatsItself())
    return isOdd ? undefined : this.#kept(call)
  }

  #repeatsItself(): boolean {
    const repeated = this.#own.id(ID.retry_of)
    return repeated === '' || repeated === this.#own.id(ID.span_id)
  }

  /** A call of its own, which may have to wait for others. */
  #kept(call: Call): Call {
    const { texts } = this.#own.scanner
    const isFailure = call.status === 'error' || call.status === 'partial'
    const error = isFailure ? this.#failure(OBJECT.error) : undefined
    const diagnosis = isFailure ? this.#failure(OBJECT.diagnosis) : undefined
    const named = (text: number) => (isFailure ? this.#name(texts[text] as number) : null)
    return {
      ...call,
      spanId: toName(this.#own.id(ID.span_id)),
      retryOf: toName(this.#own.id(ID.retry_of)),
      traceId: toName(this.#own.id(ID.trace_id)),
      trace: undefined,
      errorType: named(TEXT.error_type) ?? toName(error?.type) ?? toName(error?.code),
      errorCategory: named(TEXT.error_category) ?? toName(diagnosis?.category),
    }
  }

  /** An object that says what failed. */
  #failure(index: number): Reading | undefined {
    const { scanner } = this.#own
    const number = scanner.nested[index * 2] === -1 ? 0 : (scanner.nestedTexts[index] as number)
    const known = this.#failures[number]
    if (number !== 0 && known !== undefined) return known
    const value = scanner.value(index)
    const failure = isRow(value) ? value : undefined
    if (number !== 0) this.#failures[number] = failure
    return failure
  }

  #isShort(id: number): boolean {
    const { ids } = this.#own.scanner
    return (ids[id * 2 + 1] as number) - (ids[id * 2] as number) <= MAX_NAME
  }

  /** As `toCall` does of a line that was parsed. */
  #readNumbers(call: Changing<Call>, numbers: Float64Array, isRetry: boolean): void {
    const start = numbers[NUMBER.start_time] as number
    const length = lengthOf(numbers[NUMBER.duration_ms] as number)
    call.startTime = Math.abs(start) <= MAX_TIME ? start : Number.NaN
    call.durationMs = isKnown(length)
      ? length
      : lengthOf((numbers[NUMBER.end_time] as number) - start)
    call.callMs = isRetry ? lengthOf(numbers[NUMBER.call_duration_ms] as number) : Number.NaN
    call.ttftMs = lengthOf(numbers[NUMBER.ttft_ms] as number)
    call.inputTokens = tokensOf(numbers[NUMBER.input_tokens] as number)
    call.outputTokens = tokensOf(numbers[NUMBER.output_tokens] as number)
    call.cacheReadTokens = tokensOf(numbers[NUMBER.cache_read_tokens] as number)
    const dollars = numbers[NUMBER.cost_usd] as number
    call.nanoDollars = isKnown(dollars) ? (toNanoDollars(dollars) ?? Number.NaN) : Number.NaN
    call.weight = toWeight(numbers[NUMBER.sample_rate])
  }

  #status(text: number): Status | undefined {
    this.#statuses[text] ??= STATUSES.find((status) => status === this.#name(text))
    return this.#statuses[text]
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
  return ms >= 0 && ms <= MAX_LENGTH_MS ? ms : Number.NaN
}

function tokensOf(tokens: number): number {
  return tokens >= 0 && tokens <= Number.MAX_SAFE_INTEGER ? tokens : Number.NaN
}
