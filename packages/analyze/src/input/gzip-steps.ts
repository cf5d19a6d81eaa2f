/** Deflate reaches 1032:1, so one step of this size makes at most 17 MB. */
const STEP_BYTES = 16 * 1024

/** The bytes of a file in steps; what is not needed of one comes again with the next. */
export class GzipSteps {
  readonly #chunks: AsyncGenerator<Buffer>
  #chunk: Buffer = Buffer.alloc(0)
  /** How much of it was handed over. */
  #at = 0

  constructor(chunks: AsyncGenerator<Buffer>) {
    this.#chunks = chunks
  }

  /** The next bytes, which only last until others are asked for; undefined at the end of the file. */
  async next(): Promise<Buffer | undefined> {
    while (this.#at === this.#chunk.length) {
      const { done, value } = await this.#chunks.next()
      if (done) return undefined
      this.#chunk = value
      this.#at = 0
    }
    const step = this.#chunk.subarray(this.#at, this.#at + STEP_BYTES)
    this.#at += step.length
    return step
  }

  /** Gives back the last bytes of those that were handed over. */
  back(rest: Buffer): void {
    if (rest.length <= this.#at) {
      this.#at -= rest.length
    } else {
      this.#chunk = Buffer.concat([rest, this.#chunk.subarray(this.#at)])
      this.#at = 0
    }
  }

  /** Takes as many bytes as `lengthOf` finds in those that it is shown; undefined where the file ends before. */
  async take(lengthOf: (bytes: Buffer) => number | undefined): Promise<Buffer | undefined> {
    let held: Buffer = Buffer.alloc(0)
    for (let step = await this.next(); step !== undefined; step = await this.next()) {
      // A copy, since the step does not last.
      held = Buffer.concat([held, step])
      const length = lengthOf(held)
      if (length === undefined) continue
      this.back(held.subarray(length))
      return held.subarray(0, length)
    }
    this.back(held)
    return undefined
  }

  /** Passes zeros over; whether anything follows. */
  async skipZeros(): Promise<boolean> {
    for (let step = await this.next(); step !== undefined; step = await this.next()) {
      const at = step.findIndex((byte) => byte !== 0)
      if (at === -1) continue
      this.back(step.subarray(at))
      return true
    }
    return false
  }

  /** Reads to the end of the file; how many bytes there were. */
  async count(): Promise<number> {
    let bytes = 0
    for (let step = await this.next(); step !== undefined; step = await this.next())
      bytes += step.length
    return bytes
  }

  async close(): Promise<void> {
    await this.#chunks.return(undefined)
  }
}
