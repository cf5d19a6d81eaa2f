/** Whether the bytes from `start` to `end` are a text, of which each character is one byte. */
export function isText(bytes: Buffer, start: number, end: number, text: string): boolean {
  return end - start === text.length && beginsWith(bytes, start, end, text)
}

/** Whether they begin with it. */
export function beginsWith(bytes: Buffer, start: number, end: number, text: string): boolean {
  const { length } = text
  if (end - start < length) return false
  // For texts of a few dozen bytes quicker than a call that leaves JavaScript.
  for (let at = 0; at < length; at += 1) if (bytes[start + at] !== text.charCodeAt(at)) return false
  return true
}

const BASE64 = Buffer.from('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/')
const PAD = 0x3d

/** Whether the bytes are base64 of a hash, which is a text in which each character is a byte. */
export function isHash(bytes: Buffer, start: number, end: number, hash: string): boolean {
  if (end - start !== 44) return false
  let at = start
  for (let from = 0; from < 30; from += 3, at += 4) {
    const three =
      (hash.charCodeAt(from) << 16) | (hash.charCodeAt(from + 1) << 8) | hash.charCodeAt(from + 2)
    if (
      bytes[at] !== BASE64[three >> 18] ||
      bytes[at + 1] !== BASE64[(three >> 12) & 63] ||
      bytes[at + 2] !== BASE64[(three >> 6) & 63] ||
      bytes[at + 3] !== BASE64[three & 63]
    )
      return false
  }
  const two = (hash.charCodeAt(30) << 8) | hash.charCodeAt(31)
  return (
    bytes[at] === BASE64[two >> 10] &&
    bytes[at + 1] === BASE64[(two >> 4) & 63] &&
    bytes[at + 2] === BASE64[(two << 2) & 63] &&
    bytes[at + 3] === PAD
  )
}
