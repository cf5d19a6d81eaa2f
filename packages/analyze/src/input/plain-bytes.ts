const ONES = 0x01010101
const QUOTES = 0x22222222
const BACKSLASHES = 0x5c5c5c5c
const SPACES = 0x20202020
/** The upper bit of each byte. */
const UPPER = -0x7f7f7f80

/**
 * The upper bit of each byte of a word that does not stand for itself inside a JSON string: quote,
 * backslash, control character. The lowest bit that is set is right; those above it may be wrong
 * (a subtraction borrows from the next byte).
 */
export function oddBytes(word: number): number {
  const quotes = word ^ QUOTES
  const backslashes = word ^ BACKSLASHES
  const found =
    ((quotes - ONES) & ~quotes) | ((backslashes - ONES) & ~backslashes) | ((word - SPACES) & ~word)
  return found & UPPER
}

/** How many bytes are below the lowest bit that is set. */
export function bytesBelow(odd: number): number {
  return (31 - Math.clz32(odd & -odd)) >> 3
}

/** The first byte at or after `at` that does not stand for itself; three more bytes have to follow it. */
export function plainEnd(view: DataView, at: number): number {
  for (let to = at; ; to += 4) {
    const odd = oddBytes(view.getInt32(to, true))
    if (odd !== 0) return to + bytesBelow(odd)
  }
}
