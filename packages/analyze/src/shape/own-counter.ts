import { NANO_DOLLARS, START } from '../count/call-numbers.ts'
import type { Counts } from '../count/counts.ts'
import type { Tally } from '../count/endings.ts'
import { groupKeysOf, promptOf } from '../count/grouping.ts'
import { SERIES_STEPS } from '../count/time-series.ts'
import type { LineRun } from '../input/lines.ts'
import { toCall, toName } from './call.ts'
import { OwnCall } from './own-call.ts'
import { ID, NUMBER, TEXT } from './own-keys.ts'
import { OwnLines } from './own-lines.ts'
import { type OwnPlace, OwnPlaces } from './own-places.ts'
import { PlainCall } from './plain-call.ts'

/** What a Date can hold. */
const MAX_TIME = 8.64e15

/** Counts our own lines as they stand, without parsing them. */
export class OwnCounter {
  readonly #counts: Counts
  readonly #lines: OwnLines
  readonly #plain: PlainCall
  readonly #call: OwnCall
  readonly #places: OwnPlaces
  /** Whether groups are made by what differs from line to line. */
  readonly #isByTime: boolean
  readonly #isByError: boolean
  /** Where finish reasons are counted, by the numbers of their texts in an epoch of the scanner. */
  #finishes: (Tally | undefined)[] = []
  #epoch = -1

  constructor(counts: Counts) {
    const { by } = counts.settings
    this.#counts = counts
    this.#isByTime = SERIES_STEPS.some((step) => by.includes(step))
    this.#isByError = by.includes('error')
    this.#lines = new OwnLines(by)
    this.#plain = new PlainCall(this.#lines, counts.settings)
    this.#call = new OwnCall(this.#lines)
    this.#places = new OwnPlaces(this.#lines, by, () => this.#findPlace())
  }

  /** Whether it will look at the next line. */
  get isPatient(): boolean {
    return this.#lines.isPatient
  }

  /** Counts the next line and goes on behind it; 'call' where it was one, false where it has to be parsed. */
  take(run: LineRun): 'call' | boolean {
    const kind = this.#lines.read(run)
    if (kind === undefined) return false
    // A line that does not say how its call ended may say it as nobody does.
    if (kind === 'call' && this.#lines.scanner.texts[TEXT.status] === 0) return false
    if (kind === 'call') this.#takeCall()
    else if (kind === 'content') this.#counts.skip('content')
    else if (kind === 'start' && !this.#takeStart()) return false
    else if (kind === 'told') this.#takeTold()
    run.skip(this.#lines.lineEnd)
    return kind === 'call' ? kind : true
  }

  #takeCall(): void {
    if (this.#plain.read()) {
      this.#takePlain()
      return
    }
    const call = this.#call.read()
    const isAlone = this.#isByTime || (this.#isByError && call?.status !== 'ok')
    if (call === undefined || isAlone) {
      this.#counts.call(this.#lines.reading(), true)
      return
    }
    const counts = this.#counts
    const { numbers } = this.#lines.scanner
    const place = this.#places.place(call.startTime)
    counts.lines += 1
    counts.unreadable.checkNumbers(call, numbers)
    if (counts.isInWindow(call.startTime)) counts.outcomes.call(call, numbers[NUMBER.level])
    this.#takeIds(place)
    counts.attempts.add({ call, place })
  }

  #takePlain(): void {
    const { tables, outcomes } = this.#counts
    const { scanner } = this.#lines
    const { ids, texts } = scanner
    const { numbers } = this.#plain
    const place = this.#places.place(numbers[START] as number)
    this.#counts.lines += 1
    outcomes.plain(numbers, scanner.numbers[NUMBER.level] as number)
    this.#takeIds(place)
    tables.plain(numbers, place, this.#finish(texts[TEXT.finish_reason] as number))
    const from = ids[ID.trace_id * 2] as number
    const to = ids[ID.trace_id * 2 + 1] as number
    if (from !== -1 && to > from && !Number.isNaN(numbers[NANO_DOLLARS]))
      tables.traces.addAt(scanner.view, from, to, numbers, NANO_DOLLARS)
  }

  #takeIds(place: OwnPlace): void {
    const { ids, view } = this.#lines.scanner
    const from = ids[ID.span_id * 2] as number
    const to = ids[ID.span_id * 2 + 1] as number
    // Where null follows an id of the same key, only its beginning is taken back.
    if (from !== -1 && to > from) this.#counts.spans.endAt(view, from, to)
    if (place.prompt !== null) this.#rememberPrompt(place.prompt)
  }

  /** Where a finish reason is counted, by the number of its text. */
  #finish(text: number): Tally | undefined {
    const { epoch } = this.#lines.scanner
    if (epoch !== this.#epoch) {
      this.#epoch = epoch
      this.#finishes = []
    }
    const known = this.#finishes[text]
    if (known !== undefined || text === 0) return known
    const reason = toName(this.#lines.scanner.text(text))
    if (reason === null) return undefined
    const found = this.#counts.tables.endings.finish(reason)
    this.#finishes[text] = found
    return found
  }

  #rememberPrompt(prompt: string): void {
    const { ids, view } = this.#lines.scanner
    const { prompts } = this.#counts.outcomes
    for (const key of ['message_id', 'span_id', 'trace_id'] as const) {
      const from = ids[ID[key] * 2] as number
      if (from !== -1) prompts.callAt(key, view, from, ids[ID[key] * 2 + 1] as number, prompt)
    }
  }

  #findPlace(): OwnPlace {
    const reading = this.#lines.reading()
    const { by } = this.#counts.settings
    const keys = by.length === 0 ? [] : groupKeysOf(by, reading, null, this.#counts.tables.times)
    const place = this.#counts.tables.placeFor(toCall(reading).model, keys)
    return { ...place, prompt: promptOf(reading) }
  }

  /** False where the line has no id. */
  #takeStart(): boolean {
    const { ids, numbers, view } = this.#lines.scanner
    const from = ids[ID.span_id * 2] as number
    const to = ids[ID.span_id * 2 + 1] as number
    if (from === -1) return false
    const counts = this.#counts
    counts.skip('start_line')
    if (!this.#isInWindow()) return true
    counts.outcomes.level(numbers[NUMBER.level])
    counts.spans.startAt(this.#lines.bytes, view, from, to)
    return true
  }

  #takeTold(): void {
    this.#counts.skip('other_event')
    if (this.#isInWindow()) this.#counts.outcomes.level(this.#lines.scanner.numbers[NUMBER.level])
  }

  /** Whether the time of the line is looked at. */
  #isInWindow(): boolean {
    const time = this.#lines.scanner.numbers[NUMBER.time] as number
    return this.#counts.isInWindow(time > 0 && time <= MAX_TIME ? time : Number.NaN)
  }
}
