/** Characters of text and of arguments that one answer may hold. */
const MAX_HELD = 8_000_000
/** Choices, parts and calls that one answer may hold. */
const MAX_SLOTS = 10_000

/** What a streamed answer may still grow by, so that no stream takes all memory. */
export class Room {
  #characters = MAX_HELD
  #slots = MAX_SLOTS

  /** A text with a piece added, as far as there is room. */
  grow(held: string, piece: string): string {
    if (piece.length > this.#characters) return held + this.#take(piece)
    this.#characters -= piece.length
    return held + piece
  }

  /** Whether there is room for one more choice, part or call. */
  slot(): boolean {
    if (this.#slots <= 0) return false
    this.#slots -= 1
    return true
  }

  /** Puts the members of an object into another, as far as there is room for new ones. */
  put(held: Record<string, unknown>, more: object | undefined): void {
    if (more === undefined) return
    for (const [key, value] of Object.entries(more)) {
      if (key !== '__proto__' && (Object.hasOwn(held, key) || this.slot())) held[key] = value
    }
  }

  #take(piece: string): string {
    const taken = piece.slice(0, this.#characters)
    this.#characters = 0
    return taken
  }
}
