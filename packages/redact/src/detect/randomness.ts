const counts = new Uint16Array(128)

/** Whether a text of 16 characters or more has letters and digits mixed as keys have, not as words and numbers. */
export function looksRandom(text: string): boolean {
  return text.length >= 16 && /\d/.test(text) && /[a-z]/i.test(text) && entropy(text) >= 3
}

/** Shannon's entropy in bits a character; at most 128 characters are looked at. */
function entropy(text: string): number {
  const length = Math.min(text.length, 128)
  counts.fill(0)
  for (let at = 0; at < length; at++) {
    const code = text.charCodeAt(at) & 127
    counts[code] = (counts[code] as number) + 1
  }
  let bits = 0
  for (const count of counts) if (count > 0) bits -= (count / length) * Math.log2(count / length)
  return bits
}
