const NEWLINE = 0x0a
/** A line that is longer is passed through unread: no record of a call is. */
const MAX_LINE_BYTES = 16 * 1024 * 1024

/** The bytes of an input with each whole line put through a function; lines stay in order, and memory is bounded. */
export async function* repriceStream(
  chunks: AsyncIterable<Buffer>,
  reprice: (line: string) => string,
): AsyncGenerator<Buffer> {
  const splitter = new LineSplitter()
  for await (const chunk of chunks) {
    const { unread, lines } = splitter.take(chunk)
    if (unread.length > 0) yield unread
    if (lines.length > 0) yield changed(lines, reprice)
  }
  // A last line without its end was cut: it is passed on as it is.
  const rest = splitter.rest()
  if (rest.length > 0) yield rest
}

const NOTHING = Buffer.alloc(0)

/** Splits bytes into whole lines, and into pieces of lines that are too long to be held. */
class LineSplitter {
  #held: Buffer[] = []
  #bytes = 0
  /** The line under way is too long: its pieces are passed on. */
  #isPassing = false

  take(chunk: Buffer): { unread: Buffer; lines: Buffer } {
    const end = chunk.lastIndexOf(NEWLINE)
    if (end < 0) return { unread: this.#hold(chunk), lines: NOTHING }
    const first = this.#isPassing ? chunk.indexOf(NEWLINE) + 1 : 0
    const lines = Buffer.concat([this.rest(), chunk.subarray(first, end + 1)])
    this.#isPassing = false
    this.#hold(chunk.subarray(end + 1))
    return { unread: chunk.subarray(0, first), lines }
  }

  /** What is held of the line under way. */
  rest(): Buffer {
    const rest = Buffer.concat(this.#held)
    this.#held = []
    this.#bytes = 0
    return rest
  }

  /** Holds a piece of a line; what is too much is given back. */
  #hold(piece: Buffer): Buffer {
    if (this.#isPassing) return piece
    this.#held.push(piece)
    this.#bytes += piece.length
    if (this.#bytes <= MAX_LINE_BYTES) return NOTHING
    this.#isPassing = true
    return this.rest()
  }
}

/** Whole lines; those that do not change keep their bytes, whatever their encoding. */
function changed(lines: Buffer, reprice: (line: string) => string): Buffer {
  const pieces: Buffer[] = []
  let kept = 0
  for (let start = 0; start < lines.length; ) {
    const end = lines.indexOf(NEWLINE, start)
    const line = lines.toString('utf8', start, end)
    const priced = reprice(line)
    if (priced !== line) {
      pieces.push(lines.subarray(kept, start), Buffer.from(priced))
      kept = end
    }
    start = end + 1
  }
  return pieces.length === 0 ? lines : Buffer.concat([...pieces, lines.subarray(kept)])
}
