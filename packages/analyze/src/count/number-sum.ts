/** Sum, weight and sum of squares. */
export type SumState = readonly [sum: number, weight: number, squares: number]

/** A sum of numbers that are known of some calls only. */
export class NumberSum {
  #sum = 0
  #weight = 0
  #squares = 0

  add(value: number, weight: number): void {
    this.#sum += value * weight
    this.#weight += weight
    this.#squares += value * value * weight
  }

  /** Null when nothing was added. */
  total(): number | null {
    return this.#weight === 0 ? null : Math.round(this.#sum)
  }

  average(): number | null {
    return this.#weight === 0 ? null : this.#sum / this.#weight
  }

  state(): SumState {
    return [this.#sum, this.#weight, this.#squares]
  }

  mergeState([sum, weight, squares]: SumState): void {
    this.#sum += sum
    this.#weight += weight
    this.#squares += squares
  }
}
