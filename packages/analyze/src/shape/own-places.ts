import type { Place } from '../count/tables.ts'
import { STEP_MS } from '../count/time-series.ts'
import { NumberTable } from './number-table.ts'
import { OBJECT, TEXT } from './own-keys.ts'
import type { OwnLines } from './own-lines.ts'

/** Where a call is counted, and the prompt that it was made with. */
export interface OwnPlace extends Place {
  readonly prompt: string | null
}

/** Hours and days begin at full quarters of an hour, by the clocks of any zone since 1973. */
const QUARTER_MS = 900_000
const FIRST_QUARTERS: number = Date.UTC(1973)
const MAX_PART = 0x7fffffff
/** Places that are remembered before all are forgotten. */
const MAX_PLACES = 8192
/** What does not decide where a call that ended well is counted. */
const NOT_ASKED: readonly number[] = [
  ...[TEXT.event, TEXT.status, TEXT.error_type, TEXT.error_category],
]

/** Remembers where calls with the same names are counted, so that no key is made of a line that is like an earlier one. */
export class OwnPlaces {
  readonly #own: OwnLines
  readonly #find: () => OwnPlace
  readonly #texts: readonly number[]
  readonly #nested: readonly number[]
  readonly #isById: boolean
  /** Calls that began in the same part of time are in the same minute, hour and day where groups are made by these; 0 where by none. */
  readonly #partMs: number
  readonly #numbers: Int32Array
  readonly #table: NumberTable
  #places: OwnPlace[] = []
  #epoch = -1

  /** `find` tells the place of the line that was read; `by` are the keys of groups. */
  constructor(own: OwnLines, by: readonly string[], find: () => OwnPlace) {
    this.#own = own
    this.#find = find
    const { texts, nestedTexts } = own.scanner
    const byFinish = by.includes('finish')
    this.#texts = [...texts.keys()].filter(
      (i) => !NOT_ASKED.includes(i) && (byFinish || i !== TEXT.finish_reason),
    )
    this.#nested = [...nestedTexts.keys()].filter(
      (i) => i !== OBJECT.error && i !== OBJECT.diagnosis,
    )
    this.#isById = by.includes('trace')
    const isByHour = by.includes('hour') || by.includes('day')
    this.#partMs = by.includes('minute') ? STEP_MS.minute : isByHour ? QUARTER_MS : 0
    const length = this.#texts.length + this.#nested.length + 1
    this.#numbers = new Int32Array(length)
    this.#table = new NumberTable(MAX_PLACES, length)
  }

  /** The place of the line that was read, and of a call that began then. */
  place(start: number): OwnPlace {
    if (this.#isById || !this.#collect(start)) return this.#find()
    if (this.#epoch !== this.#own.scanner.epoch) this.#forget()
    let number = this.#table.find(this.#numbers)
    if (number === 0) {
      this.#forget()
      number = this.#table.find(this.#numbers)
    }
    const known = this.#places[number]
    if (known !== undefined) return known
    const found = this.#find()
    this.#places[number] = found
    return found
  }

  /** Collects the numbers of all that decides; false where something has none. */
  #collect(start: number): boolean {
    const { texts, nested, nestedTexts } = this.#own.scanner
    const part = this.#partMs === 0 ? 0 : Math.floor(start / this.#partMs)
    if (part > MAX_PART || (this.#partMs !== 0 && !(start >= FIRST_QUARTERS))) return false
    this.#numbers[0] = part
    let at = 1
    for (const i of this.#texts) this.#numbers[at++] = texts[i] as number
    for (const i of this.#nested) {
      const isThere = nested[i * 2] !== -1
      if (isThere && nestedTexts[i] === 0) return false
      this.#numbers[at++] = isThere ? (nestedTexts[i] as number) : 0
    }
    return true
  }

  #forget(): void {
    this.#epoch = this.#own.scanner.epoch
    this.#table.clear()
    this.#places = []
  }
}
