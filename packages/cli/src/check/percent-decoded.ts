const PERCENT = 0x25
const PLUS = 0x2b
const SPACE = 0x20

/** Bytes with every `%XX` decoded and other `%` left, as URLs mean it and as forms do (`+` for a space); none where nothing is encoded. */
export function percentDecoded(bytes: Buffer): Buffer[] {
  const hasPlus = bytes.includes(PLUS)
  if (!hasPlus && !bytes.includes(PERCENT)) return []
  return hasPlus ? [decoded(bytes, PLUS), decoded(bytes, SPACE)] : [decoded(bytes, PLUS)]
}

function decoded(bytes: Buffer, plus: number): Buffer {
  const output = Buffer.allocUnsafe(bytes.length)
  let length = 0
  for (let at = 0; at < bytes.length; at++) {
    let byte = bytes[at] as number
    if (byte === PLUS) byte = plus
    else if (byte === PERCENT) {
      const high = digit(bytes[at + 1])
      const low = digit(bytes[at + 2])
      if (high >= 0 && low >= 0) {
        byte = 16 * high + low
        at += 2
      }
    }
    output[length++] = byte
  }
  return output.subarray(0, length)
}

/** The value of a hexadecimal digit; -1 for anything else. */
function digit(byte: number | undefined): number {
  if (byte === undefined) return -1
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30
  const letter = byte | 0x20
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1
}
