import { closeSync, constants, fstatSync, lstatSync, openSync, readSync } from 'node:fs'
import { systemCode } from '../errors.ts'

const MOST_BYTES = 65_536

/** How files in a log's folder are opened: a pipe in the place of one must not be waited for. */
export const READ_FLAGS: number = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0)

/** What stands where a small file has to be. */
export interface SmallFile {
  /** Undefined where there is none, or where it has a fault. */
  readonly bytes: Buffer | undefined
  /** What is wrong with what stands there, as it is said behind its name. */
  readonly fault: 'is no regular file' | 'is longer than it may be' | undefined
}

/** Whether an error says that a path leads to nothing that could be opened as a file. */
export function isAbsent(error: unknown): boolean {
  return ['ENOENT', 'ENOTDIR', 'ELOOP', 'ENXIO'].includes(systemCode(error) ?? '')
}

/** Reads a file of at most `most` bytes (default 64 KiB); more are not read. */
export function readSmall(path: string, most: number = MOST_BYTES): SmallFile {
  const start = readStart(path, most + 1)
  if (start === undefined)
    return { bytes: undefined, fault: isThere(path) ? 'is no regular file' : undefined }
  if (start.length > most) return { bytes: undefined, fault: 'is longer than it may be' }
  return { bytes: start, fault: undefined }
}

/** The bytes of a regular file of at most 64 KiB; undefined where there is none. */
export function readSmallFile(path: string): Buffer | undefined {
  return readSmall(path).bytes
}

/** The first bytes of a regular file; undefined where there is none. */
export function readStart(path: string, most: number = MOST_BYTES): Buffer | undefined {
  let fd: number
  try {
    fd = openSync(path, READ_FLAGS)
  } catch (error) {
    if (isAbsent(error)) return undefined
    throw error
  }
  try {
    const info = fstatSync(fd)
    if (!info.isFile()) return undefined
    const bytes = Buffer.alloc(Math.min(most, Math.max(info.size, 1)))
    return bytes.subarray(0, readSync(fd, bytes, 0, bytes.length, 0))
  } finally {
    closeSync(fd)
  }
}

/** Whether something stands at a path, were it a link that leads nowhere. */
export function isThere(path: string): boolean {
  try {
    return lstatSync(path, { throwIfNoEntry: false }) !== undefined
  } catch (error) {
    if (isAbsent(error)) return false
    throw error
  }
}
