import type { Place } from '../count/tables.ts'
import { TextTable } from '../input/text-table.ts'
import { OBJECT, TEXT } from './own-keys.ts'
import type { OwnLines } from './own-lines.ts'

/** Where a call is counted, and the prompt that it was made with. */
export interface OwnPlace extends Place {
  readonly prompt: string | null
}

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
  readonly #numbers: Int32Array
  readonly #view: DataView
  readonly #table: TextTable
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
    const length = this.#texts.length + this.#nested.length
    this.#numbers = new Int32Array(length + 1)
    this.#view = new DataView(this.#numbers.buffer)
    this.#table = new TextTable(MAX_PLACES, length * 4)
  }

  /** The place of the line that was read. */
  place(): OwnPlace {
    if (this.#isById || !this.#collect()) return this.#find()
    if (this.#epoch !== this.#own.scanner.epoch) this.#forget()
    const length = (this.#numbers.length - 1) * 4
    let number = this.#table.find(this.#view, 0, length)
    if (number === 0) {
      this.#forget()
      number = this.#table.find(this.#view, 0, length)
    }
    this.#places[number] ??= this.#find()
    return this.#places[number] as OwnPlace
  }

  /** Collects the numbers of all texts that decide; false where one has none. */
  #collect(): boolean {
    const { texts, nested, nestedTexts } = this.#own.scanner
    let at = 0
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
