const QUOTE = 0x22
const BACKSLASH = 0x5c
const OPEN = 0x7b
const CLOSE = 0x7d
/** An object does not begin later in a line. */
const MAX_PREFIX = 200

/** Whether an object that comes in pieces of text is closed. */
export class ObjectDepth {
  #depth = 0
  #inString = false
  #isEscaped = false
  #isBegun = false

  /** Whether it has begun and not ended. */
  get isOpen(): boolean {
    return this.#depth > 0
  }

  /** Takes the next piece; whether the object ends in it. */
  closesWith(text: string): boolean {
    let at = 0
    if (!this.#isBegun) {
      at = text.indexOf('{')
      if (at === -1 || at > MAX_PREFIX) return false
      this.#isBegun = true
      this.#depth = 1
      at += 1
    }
    for (; at < text.length && this.#depth > 0; at++) {
      this.#character(text.charCodeAt(at))
      if (this.#depth === 0) return true
    }
    return false
  }

  #character(code: number): void {
    if (this.#isEscaped) this.#isEscaped = false
    else if (this.#inString && code === BACKSLASH) this.#isEscaped = true
    else if (code === QUOTE) this.#inString = !this.#inString
    else if (!this.#inString && code === OPEN) this.#depth += 1
    else if (!this.#inString && code === CLOSE) this.#depth -= 1
  }
}
