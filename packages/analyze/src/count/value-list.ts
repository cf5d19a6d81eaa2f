/** Values of a part once there are many: small enough to be filled soon, large enough to be few. */
const PART_VALUES = 16_384
const NONE = new Uint32Array(0)
/** Lists up to so long are copied where another takes them over: so few values are no part worth having. */
const COPIED_VALUES = 256
/** Times have at most three decimals as a rule: then they are whole thousandths. */
const PER_UNIT = 1000
const MAX_WORD = 0xffffffff

/**
 * Numbers from 0 up, exactly as they were given, in half the memory where all have at most three
 * decimals. Grows by parts: memory that was never used costs more to touch than to fill.
 */
export class ValueList {
  readonly #parts: (Uint32Array | Float64Array)[] = []
  #words: Uint32Array = NONE
  /** In place of `#words` once a value was no whole number of thousandths. */
  #doubles: Float64Array | undefined
  #used = 0
  /** How many values are in `#parts`. */
  #inParts = 0

  /** How many values there are. */
  get length(): number {
    return this.#inParts + this.#used
  }

  /** Takes the first `count` of these values. */
  append(values: Float64Array, count: number): void {
    for (let from = 0; from < count; ) {
      const to = Math.min(count, from + this.#room(count - from))
      from = this.#doubles ? this.#addDoubles(values, from, to) : this.#addWords(values, from, to)
    }
  }

  /** Takes over the values of another list, whose memory it shares. That one may still grow. */
  share(other: ValueList): void {
    if (other.length <= COPIED_VALUES) {
      for (const part of other.parts()) this.append(part, part.length)
      return
    }
    const last = (other.#doubles ?? other.#words).subarray(0, other.#used)
    this.#parts.push(...other.#parts, last)
    this.#inParts += other.length
  }

  /** All of them; in the order in which they came, but that what was taken over stands first. */
  values(): Float64Array {
    const values = new Float64Array(this.length)
    let at = 0
    for (const part of this.parts()) {
      values.set(part, at)
      at += part.length
    }
    return values
  }

  /** The same part by part, each only until the next is asked for: the memory is used again. */
  *parts(): Generator<Float64Array> {
    const scratch = new Float64Array(Math.min(PART_VALUES, this.length))
    for (const part of this.#parts) yield toDoubles(part, scratch)
    const last = this.#doubles ?? this.#words
    yield toDoubles(last.subarray(0, this.#used), scratch)
  }

  /** Adds values as whole thousandths, up to the first that is none: where that stands. */
  #addWords(values: Float64Array, from: number, to: number): number {
    const words = this.#words
    let used = this.#used
    let at = from
    for (; at < to; at++) {
      const value = values[at] as number
      const word = Math.round(value * PER_UNIT)
      if (!(word <= MAX_WORD && word / PER_UNIT === value)) break
      words[used++] = word
    }
    this.#used = used
    if (at < to) this.#doubles = toDoubles(words, new Float64Array(words.length))
    return at
  }

  #addDoubles(values: Float64Array, from: number, to: number): number {
    this.#doubles?.set(values.subarray(from, to), this.#used)
    this.#used += to - from
    return to
  }

  /** How many values the last part can take, at least one. */
  #room(wanted: number): number {
    if (this.#used === (this.#doubles ?? this.#words).length) this.#grow(wanted)
    return (this.#doubles ?? this.#words).length - this.#used
  }

  #grow(more: number): void {
    const current = this.#doubles ?? this.#words
    const isFull = current.length === PART_VALUES
    if (isFull) {
      this.#parts.push(current)
      this.#inParts += PART_VALUES
    }
    const wanted = Math.max(current.length * 4, current.length + more)
    const length = isFull ? PART_VALUES : Math.min(PART_VALUES, wanted)
    const larger = this.#doubles === undefined ? new Uint32Array(length) : new Float64Array(length)
    if (isFull) this.#used = 0
    else larger.set(current)
    if (larger instanceof Float64Array) this.#doubles = larger
    else this.#words = larger
  }
}

/** Words become doubles in memory that is lent. */
function toDoubles(values: Uint32Array | Float64Array, into: Float64Array): Float64Array {
  if (values instanceof Float64Array) return values
  for (let i = 0; i < values.length; i++) into[i] = (values[i] as number) / PER_UNIT
  return into.subarray(0, values.length)
}
