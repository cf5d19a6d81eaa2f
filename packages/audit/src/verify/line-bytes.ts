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
