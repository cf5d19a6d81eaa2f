/** Cuts text that comes in pieces into lines; each character is looked at once, however the pieces fall. */
export class LineSplitter {
  readonly #most: number
  readonly #take: (line: string) => void
  /** The line that is not ended yet. */
  #line = ''
  /** It is longer than a line may be: the rest of it is left out. */
  #isTooLong = false

  /** Lines of more than `most` characters are left out. */
  constructor(most: number, take: (line: string) => void) {
    this.#most = most
    this.#take = take
  }

  feed(text: string): void {
    let from = 0
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', from)) {
      this.#grow(text.slice(from, end))
      this.end()
      from = end + 1
    }
    this.#grow(text.slice(from))
  }

  /** Takes what has come of the last line as a whole one. */
  end(): void {
    const line = this.#line
    this.#line = ''
    if (!this.#isTooLong && line.trim() !== '') this.#take(line)
    this.#isTooLong = false
  }

  #grow(piece: string): void {
    if (this.#isTooLong) return
    this.#line += piece
    if (this.#line.length <= this.#most) return
    this.#isTooLong = true
    this.#line = ''
  }
}
