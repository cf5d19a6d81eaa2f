import { type Reading, type Row, toNumber } from '@recount/record/shapes'
import type { Settings } from '../options.ts'
import { toCall } from '../shape/call.ts'
import { NOT_A_CALL, type NotACall } from '../shape/not-a-call.ts'
import { Unreadable } from '../shape/unreadable.ts'
import { Attempts } from './attempts.ts'
import { groupKeysOf, promptOf } from './grouping.ts'
import { type CarriedSpans, OpenSpans } from './open-spans.ts'
import { Outcomes } from './outcomes.ts'
import { type Place, Tables } from './tables.ts'

/** All that is counted of lines, once it is known what each is. */
export class Counts {
  readonly settings: Settings
  readonly tables: Tables
  readonly attempts: Attempts<Place>
  readonly spans: OpenSpans
  readonly outcomes: Outcomes
  readonly unreadable: Unreadable
  readonly notACall: Map<NotACall, number>
  lines = 0

  /** `carried`: calls that had not ended in the run before; undefined where none is remembered. `onUnreadable` is told of each value that could not be read. */
  constructor(settings: Settings, carried?: CarriedSpans, onUnreadable?: (key: string) => void) {
    this.settings = settings
    this.unreadable = new Unreadable(onUnreadable)
    this.tables = new Tables(settings)
    this.outcomes = new Outcomes(settings.zone)
    this.attempts = new Attempts(this.tables)
    this.spans = new OpenSpans(carried)
    this.notACall = new Map(NOT_A_CALL.map((reason) => [reason, 0]))
  }

  /** A line that is no call. */
  skip(reason: NotACall): void {
    this.lines += 1
    this.notACall.set(reason, (this.notACall.get(reason) ?? 0) + 1)
  }

  /** A call; of ours, or of others. */
  call(reading: Reading, isOurs: boolean): void {
    const call = toCall(reading)
    this.unreadable.check(call, reading)
    this.lines += 1
    if (this.isInWindow(call.startTime))
      this.outcomes.call(call, isOurs ? reading.level : undefined)
    this.outcomes.prompts.call(reading, promptOf(reading))
    if (isOurs && call.spanId !== null) this.spans.end(call.spanId)
    const { by } = this.settings
    const keys = by.length === 0 ? [] : groupKeysOf(by, reading, call.errorType, this.tables.times)
    this.attempts.add({ call, place: this.tables.placeFor(call.model, keys) })
  }

  /** A call of ours has begun. */
  start(spanId: string, time: number | null, level: unknown): void {
    this.skip('start_line')
    if (!this.isInWindow(time ?? Number.NaN)) return
    this.outcomes.level(level)
    this.spans.start(spanId)
  }

  /** Another event of ours. */
  event(row: Row): void {
    this.skip('other_event')
    // As calls are: an action in the window may be about an answer before it.
    if (row.event === 'final_response') this.outcomes.prompts.answer(row)
    if (!this.isInWindow(toNumber(row.time) ?? Number.NaN)) return
    this.outcomes.level(row.level)
    this.outcomes.event(row)
  }

  /** Whether a moment is looked at; an unknown one (NaN) is. */
  isInWindow(time: number): boolean {
    const { since, until } = this.settings
    return !(time < since || time >= until)
  }
}
