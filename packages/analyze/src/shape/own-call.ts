import { STATUSES, type Status } from '@recount/record'
import { isRow, type Reading } from '@recount/record/shapes'
import { toNanoDollars } from '../count/money.ts'
import { type Call, isKnown, MAX_LENGTH_MS, MAX_NAME, toName, toWeight } from './call.ts'
import { ID, NUMBER, OBJECT, TEXT } from './own-keys.ts'
import type { OwnLines } from './own-lines.ts'

/** What a Date can hold. */
const MAX_TIME = 8.64e15

/** Reads our calls straight from their lines, those too to which there is more than to a `PlainCall`. */
export class OwnCall {
  readonly #own: OwnLines
  #names: (string | null | undefined)[] = []
  #statuses: (Status | undefined)[] = []
  /** What is said of a failure, by the number of its JSON. */
  #failures: (Reading | undefined)[] = []
  #epoch = -1

  constructor(own: OwnLines) {
    this.#own = own
  }

  /** The call on the line that was read; undefined where there is more to it. */
  read(): Call | undefined {
    const { texts, ids, epoch } = this.#own.scanner
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
    // What says that it repeats itself repeats nothing.
    const isRetry = ids[ID.retry_of * 2] !== -1
    const isOdd = isRetry && (!this.#isShort(ID.retry_of) || this.#repeatsItself())
    return isOdd ? undefined : this.#callOf(status, isRetry)
  }

  #repeatsItself(): boolean {
    const repeated = this.#own.id(ID.retry_of)
    return repeated === '' || repeated === this.#own.id(ID.span_id)
  }

  #callOf(status: Status, isRetry: boolean): Call {
    const { texts } = this.#own.scanner
    const name = (text: number) => this.#name(texts[text] as number)
    return {
      status,
      statusKnown: true,
      ...this.#numbers(isRetry),
      ...this.#failed(status === 'error' || status === 'partial'),
      model: name(TEXT.model) ?? name(TEXT.response_model),
      finishReason: name(TEXT.finish_reason),
      spanId: toName(this.#own.id(ID.span_id)),
      retryOf: toName(this.#own.id(ID.retry_of)),
      traceId: toName(this.#own.id(ID.trace_id)),
    }
  }

  #failed(isFailure: boolean): Pick<Call, 'errorType' | 'errorCategory'> {
    if (!isFailure) return { errorType: null, errorCategory: null }
    const { texts } = this.#own.scanner
    const error = this.#failure(OBJECT.error)
    const diagnosis = this.#failure(OBJECT.diagnosis)
    const type = this.#name(texts[TEXT.error_type] as number)
    const category = this.#name(texts[TEXT.error_category] as number)
    return {
      errorType: type ?? toName(error?.type) ?? toName(error?.code),
      errorCategory: category ?? toName(diagnosis?.category),
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
  #numbers(isRetry: boolean) {
    const { numbers } = this.#own.scanner
    const start = numbers[NUMBER.start_time] as number
    const length = lengthOf(numbers[NUMBER.duration_ms] as number)
    const sinceStart = lengthOf((numbers[NUMBER.end_time] as number) - start)
    const dollars = numbers[NUMBER.cost_usd] as number
    return {
      startTime: Math.abs(start) <= MAX_TIME ? start : Number.NaN,
      durationMs: isKnown(length) ? length : sinceStart,
      callMs: isRetry ? lengthOf(numbers[NUMBER.call_duration_ms] as number) : Number.NaN,
      ttftMs: lengthOf(numbers[NUMBER.ttft_ms] as number),
      inputTokens: tokensOf(numbers[NUMBER.input_tokens] as number),
      outputTokens: tokensOf(numbers[NUMBER.output_tokens] as number),
      cacheReadTokens: tokensOf(numbers[NUMBER.cache_read_tokens] as number),
      nanoDollars: isKnown(dollars) ? (toNanoDollars(dollars) ?? Number.NaN) : Number.NaN,
      weight: toWeight(numbers[NUMBER.sample_rate]),
    }
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
