// Where the numbers of a call stand that ended well at its first attempt and stands for no other;
// one that is not known is NaN.

/** Epoch milliseconds; known. */
export const START = 0
/** Milliseconds that it took; known. */
export const LENGTH = 1
/** Milliseconds to its first token. */
export const FIRST_TOKEN = 2
/** Tokens. */
export const INPUT_TOKENS = 3
/** Tokens. */
export const OUTPUT_TOKENS = 4
/** Tokens. */
export const CACHE_READ_TOKENS = 5
/** Whole nano-dollars. */
export const NANO_DOLLARS = 6

/** The numbers of such a call, side by side: as arguments each would be an object. */
export function callNumbers(): Float64Array {
  return new Float64Array(NANO_DOLLARS + 1)
}
