import { type FileHandle, open } from 'node:fs/promises'

const CHUNK_BYTES = 1024 * 1024
/** Behind each chunk, so that words can be read at its last bytes. */
const MARGIN_BYTES = 8

/**
 * The bytes of a file from a place on, in two pieces of memory by turns: fresh memory for each chunk
 * costs more than looking at what is in it. A chunk only lasts until the next is asked for, which is
 * read in the meantime.
 */
export async function* readLentFile(path: string, from: number): AsyncGenerator<Buffer> {
  const file = await open(path)
  try {
    if ((await file.stat()).isFile()) yield* readByTurns(file, from)
    // A pipe that is opened twice loses what was written to the first.
    else yield* file.createReadStream({ autoClose: false }) as AsyncIterable<Buffer>
  } finally {
    await file.close()
  }
}

async function* readByTurns(file: FileHandle, from: number): AsyncGenerator<Buffer> {
  let memory = Buffer.allocUnsafeSlow(CHUNK_BYTES + MARGIN_BYTES)
  let other = Buffer.allocUnsafeSlow(CHUNK_BYTES + MARGIN_BYTES)
  let position = from
  let reading = file.read(memory, 0, CHUNK_BYTES, position)
  try {
    for (;;) {
      const { bytesRead } = await reading
      if (bytesRead === 0) return
      const chunk = memory.subarray(0, bytesRead)
      position += bytesRead
      ;[memory, other] = [other, memory]
      reading = file.read(memory, 0, CHUNK_BYTES, position)
      yield chunk
    }
  } finally {
    await reading.catch(() => {})
  }
}
