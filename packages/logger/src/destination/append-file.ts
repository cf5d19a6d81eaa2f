import {
  closeSync,
  constants,
  fstatSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readSync,
  type Stats,
  statSync,
  writeSync,
} from 'node:fs'
import { dirname } from 'node:path'

/** Permission bits of what is made new. */
export interface AppendFileModes {
  readonly file: number
  readonly folder: number
}

// Without O_NONBLOCK a named pipe would stop the process until somebody reads it; a file does not know the flag.
const FLAGS =
  constants.O_WRONLY |
  constants.O_APPEND |
  constants.O_CREAT |
  constants.O_NONBLOCK |
  constants.O_NOCTTY

const LINE_FEED = Buffer.from('\n')

/** A file open for appending whole lines. */
export class AppendFile {
  readonly path: string
  /** False for a pipe or device, which can be neither rotated nor replaced. */
  readonly isRegular: boolean
  /** Bytes in it. */
  size: number
  /** When it was written last, epoch milliseconds; only as it was at opening. */
  readonly modified: number
  readonly #fd: number
  readonly #identity: string

  /** Opens it, and makes it and its folder when they are not there. Throws the system's error. */
  constructor(path: string, modes: AppendFileModes) {
    this.path = path
    this.#fd = openForAppend(path, modes)
    try {
      const stat = fstatSync(this.#fd)
      this.isRegular = stat.isFile()
      this.size = this.isRegular ? stat.size : 0
      this.modified = stat.mtimeMs
      this.#identity = identityOf(stat)
      // A process that died in the middle of a write leaves a cut line; the next one must not continue it.
      if (this.size > 0 && !endsWithLineFeed(path, this.size)) this.put(LINE_FEED, 0, 1)
    } catch (error) {
      closeSync(this.#fd)
      throw error
    }
  }

  put(bytes: Uint8Array, from: number, length: number): number {
    const count = writeSync(this.#fd, bytes, from, length)
    if (this.isRegular) this.size += count
    return count
  }

  /** Removes the last bytes, unless somebody else has changed the file's length. */
  takeBack(count: number): void {
    try {
      if (!this.isRegular || fstatSync(this.#fd).size !== this.size) return
      ftruncateSync(this.#fd, this.size - count)
      this.size -= count
    } catch {
      // The cut line stays; opening the file again ends it.
    }
  }

  /** Whether the path no longer leads to this file: somebody has moved or removed it. */
  isReplaced(): boolean {
    try {
      const stat = statSync(this.path, { throwIfNoEntry: false })
      return stat === undefined || identityOf(stat) !== this.#identity
    } catch {
      // Who may not look there any more can still write to what is open.
      return false
    }
  }

  close(): void {
    try {
      closeSync(this.#fd)
    } catch {
      // Its bytes are with the system already.
    }
  }
}

function openForAppend(path: string, modes: AppendFileModes): number {
  try {
    return openSync(path, FLAGS, modes.file)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    makeFolder(dirname(path), modes.folder)
    return openSync(path, FLAGS, modes.file)
  }
}

/** Only the last folder is as closed as its content asks for. */
function makeFolder(folder: string, mode: number): void {
  mkdirSync(dirname(folder), { recursive: true, mode: 0o750 })
  mkdirSync(folder, { recursive: true, mode })
}

function endsWithLineFeed(path: string, size: number): boolean {
  const fd = openForReading(path)
  if (fd === undefined) return true
  try {
    const last = Buffer.alloc(1)
    return readSync(fd, last, 0, 1, size - 1) === 0 || last[0] === LINE_FEED[0]
  } finally {
    closeSync(fd)
  }
}

/** Undefined where this process may write but not read. */
function openForReading(path: string): number | undefined {
  try {
    return openSync(path, 'r')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EACCES') return undefined
    throw error
  }
}

function identityOf(stat: Stats): string {
  return `${stat.dev}:${stat.ino}`
}
