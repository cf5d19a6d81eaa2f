import { close, fdatasync, fsync, ftruncate, open, statSync, write } from 'node:fs'
import { rename } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { removeIfThere, syncFolder } from './durable-file.ts'
import { segmentName } from './entry.ts'
import { systemCode } from './errors.ts'

const openFile = promisify(open)
const truncate = promisify(ftruncate)
const syncAll = promisify(fsync)
const closeFile = promisify(close)

/** Bytes allocated at first; a short session should not write much more than its entries. */
const FIRST_ROOM = 64 * 1024
/** What is allocated at once later. */
const ZEROS = Buffer.alloc(256 * 1024)

/** The newest segment, open for writing behind its last durable byte. */
export class SegmentFile {
  readonly path: string
  readonly first: number
  readonly #fd: number
  readonly #ino: number
  #end: number
  #allocated: number

  private constructor(path: string, first: number, fd: number, end: number, allocated: number) {
    this.path = path
    this.first = first
    this.#fd = fd
    this.#ino = statSync(path).ino
    this.#end = end
    this.#allocated = allocated
  }

  /** Makes the segment that begins with a sequence number, in place of a file of that name. */
  static async create(dir: string, first: number): Promise<SegmentFile> {
    const path = join(dir, segmentName(first))
    const fd = await openFile(`${path}.tmp`, 'w', 0o640)
    try {
      await writeAll(fd, Buffer.alloc(FIRST_ROOM), 0)
      await syncAll(fd)
      await rename(`${path}.tmp`, path)
      await syncFolder(dir)
      return new SegmentFile(path, first, fd, 0, FIRST_ROOM)
    } catch (error) {
      await closeFile(fd).catch(() => undefined)
      await removeIfThere(`${path}.tmp`).catch(() => undefined)
      throw error
    }
  }

  /** Opens a segment whose bytes up to `end` are whole lines and after which nothing is. */
  static async reopen(dir: string, first: number, end: number): Promise<SegmentFile> {
    const path = join(dir, segmentName(first))
    return new SegmentFile(path, first, await openFile(path, 'r+'), end, end)
  }

  /** Bytes of whole, durable lines. */
  get end(): number {
    return this.#end
  }

  /** Whether so many bytes fit into what is allocated, which a full disk cannot take away. */
  hasRoom(bytes: number): boolean {
    return this.#end + bytes <= this.#allocated
  }

  /** Allocates, so that a sync need not wait for the file system's own records. */
  async makeRoom(bytes: number): Promise<void> {
    const end = this.#end + bytes
    while (this.#allocated < end) {
      await writeAll(this.#fd, ZEROS, this.#allocated)
      this.#allocated += ZEROS.length
    }
  }

  /** Writes lines behind the last ones. They count only after `commit`. */
  write(lines: Buffer): Promise<void> {
    return writeAll(this.#fd, lines, this.#end)
  }

  /** Makes what was written durable. */
  sync(): Promise<void> {
    return new Promise((resolve, reject) => {
      fdatasync(this.#fd, (error) => (error === null ? resolve() : reject(error)))
    })
  }

  /** Counts lines that were written, and synced where that is asked. */
  commit(bytes: number): void {
    this.#end += bytes
    this.#allocated = Math.max(this.#allocated, this.#end)
  }

  /** Takes back what was written after the last durable line, so that nothing of it can show up behind later lines. */
  async rewind(): Promise<void> {
    await truncate(this.#fd, this.#end)
    this.#allocated = this.#end
  }

  /** Whether the path still names this file. */
  isInPlace(): boolean {
    try {
      return statSync(this.path).ino === this.#ino
    } catch (error) {
      if (systemCode(error) === 'ENOENT') return false
      throw error
    }
  }

  /** Cuts off what is not a durable line. */
  async trim(): Promise<void> {
    await truncate(this.#fd, this.#end)
    await syncAll(this.#fd)
    this.#allocated = this.#end
  }

  /** Closes; `trim` or `rewind` comes before, else a crash has to be recovered from. */
  close(): Promise<void> {
    return closeFile(this.#fd)
  }
}

/** All of the bytes: a write may take fewer than it was given. */
function writeAll(fd: number, bytes: Buffer, position: number, from = 0): Promise<void> {
  return new Promise((resolve, reject) => {
    write(fd, bytes, from, bytes.length - from, position + from, (error, written) => {
      if (error !== null) return reject(error)
      const next = from + written
      if (next === bytes.length) return resolve()
      writeAll(fd, bytes, position, next).then(resolve, reject)
    })
  })
}
