import { mixed } from '../input/text-table.ts'

/** Rows of whole numbers, each kept once under a number from 1. */
export class NumberTable {
  readonly #maxRows: number
  readonly #width: number
  readonly #slots: Uint16Array
  readonly #rows: Int32Array
  #count = 0

  /** For at most so many rows, less than 65,536, of so many numbers each. */
  constructor(maxRows: number, width: number) {
    this.#maxRows = maxRows
    this.#width = width
    this.#slots = new Uint16Array(2 ** Math.ceil(Math.log2(maxRows * 4)))
    this.#rows = new Int32Array((maxRows + 1) * width)
  }

  /** The number of a row, which is new where it is the count; 0 where there is no room. */
  find(row: Int32Array): number {
    const slots = this.#slots
    const mask = slots.length - 1
    let hash = 0
    for (let i = 0; i < row.length; i++) hash = mixed(hash, row[i] as number)
    let slot = hash & mask
    for (let number = slots[slot] as number; number !== 0; number = slots[slot] as number) {
      if (this.#isAt(number, row)) return number
      slot = (slot + 1) & mask
    }
    if (this.#count === this.#maxRows) return 0
    this.#count += 1
    this.#rows.set(row, this.#count * this.#width)
    slots[slot] = this.#count
    return this.#count
  }

  /** Forgets all rows. */
  clear(): void {
    this.#slots.fill(0)
    this.#count = 0
  }

  #isAt(number: number, row: Int32Array): boolean {
    const rows = this.#rows
    const from = number * this.#width
    for (let i = 0; i < row.length; i++) if (rows[from + i] !== row[i]) return false
    return true
  }
}
