import { createHash } from 'node:crypto'
import type { FileHandle } from 'node:fs/promises'

/** A file of a bundle with what the manifest says of it. */
export interface ListedFile {
  /** From the bundle's folder, with `/`. */
  readonly path: string
  readonly bytes: number
  /** Hex. */
  readonly sha256: string
}

/** A file that is being written: what is put in waits until it is flushed, so that memory is bounded by who flushes. */
export class BundleFile {
  readonly #path: string
  readonly #file: FileHandle
  readonly #hash = createHash('sha256')
  #waiting: Buffer[] = []
  #bytes = 0

  constructor(path: string, file: FileHandle) {
    this.#path = path
    this.#file = file
  }

  /** Takes text, or bytes that nobody changes any more. */
  put(data: string | Buffer): void {
    this.#waiting.push(typeof data === 'string' ? Buffer.from(data) : data)
  }

  /** Writes what waits. */
  async flush(): Promise<void> {
    if (this.#waiting.length === 0) return
    const bytes = Buffer.concat(this.#waiting)
    this.#waiting = []
    this.#hash.update(bytes)
    this.#bytes += bytes.length
    await this.#file.appendFile(bytes)
  }

  /** Writes the rest, durably. */
  async close(): Promise<ListedFile> {
    try {
      await this.flush()
      await this.#file.sync()
    } finally {
      await this.#file.close()
    }
    return { path: this.#path, bytes: this.#bytes, sha256: this.#hash.digest('hex') }
  }

  /** Lets go of a file that will not be. */
  async abandon(): Promise<void> {
    await this.#file.close().catch(() => undefined)
  }
}
