import { once } from 'node:events'
import { promisify } from 'node:util'
import { createGunzip, createGzip, type Gzip, gunzip, gzip } from 'node:zlib'

/** The media type of what is packed. */
export const GZIP_TYPE = 'application/gzip'

const LF = 0x0a
/** Packing is to keep up with a fast network; more effort takes twice as long for a twentieth less. */
const EFFORT = { level: 3, memLevel: 9 } as const
/** Small pieces of memory are used again while they are in the processor's caches; zlib's own 16 KiB are too many. */
const PIECE_BYTES = 256 * 1024
const MOST_RATIO = 64

/** Packs lines as they come. */
export class LinePacker {
  readonly #gzip: Gzip = createGzip({ ...EFFORT, chunkSize: PIECE_BYTES })
  readonly #pieces: Buffer[] = []

  constructor() {
    // Those who write and who end are told; an event that nobody hears would end the process.
    this.#gzip.on('error', () => undefined).on('data', (piece) => this.#pieces.push(piece))
  }

  /** Resolves once the lines are packed and their memory may be used again. */
  add(lines: Buffer): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#gzip.write(lines, (error) => (error ? reject(error) : resolve()))
    })
  }

  /** All of it. */
  async end(): Promise<Buffer> {
    const ended = once(this.#gzip, 'end')
    this.#gzip.end()
    await ended
    return Buffer.concat(this.#pieces)
  }
}

/** Lines as gzip. */
export function packLines(lines: Buffer): Promise<Buffer> {
  return promisify(gzip)(lines, { ...EFFORT, chunkSize: PIECE_BYTES })
}

/** What was packed, in pieces of whole lines. Throws where it is no gzip. */
export async function* unpackPieces(packed: Buffer): AsyncGenerator<Buffer> {
  const unzipped = createGunzip({ chunkSize: PIECE_BYTES })
  unzipped.end(packed)
  let rest: Buffer = Buffer.alloc(0)
  for await (const piece of unzipped) {
    const bytes = rest.length === 0 ? piece : Buffer.concat([rest, piece])
    const end = bytes.lastIndexOf(LF) + 1
    if (end > 0) yield bytes.subarray(0, end)
    rest = Buffer.from(bytes.subarray(end))
  }
  if (rest.length > 0) yield rest
}

/** What was packed, `most` bytes of it at most. Throws where it is no gzip, or longer. */
export function unpackLines(packed: Buffer, most: number): Promise<Buffer> {
  // What it says of its length is believed as far as lines can be packed so.
  const length = Math.min(most, saidLength(packed), packed.length * MOST_RATIO)
  const chunkSize = Math.max(PIECE_BYTES, length + 1)
  return promisify(gunzip)(packed, { maxOutputLength: most, chunkSize })
}

/** How long a gzip says its content is, in its last four bytes (RFC 1952). */
function saidLength(packed: Buffer): number {
  return packed.length < 4 ? 0 : packed.readUInt32LE(packed.length - 4)
}
