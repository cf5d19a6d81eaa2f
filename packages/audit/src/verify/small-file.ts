import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs'
import { systemCode } from '../errors.ts'

const MOST_BYTES = 65_536

/** How files in a log's folder are opened: a pipe in the place of one must not be waited for. */
export const READ_FLAGS: number = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0)

/** Whether an error says that a path leads to nothing that could be opened as a file. */
export function isAbsent(error: unknown): boolean {
  return ['ENOENT', 'ENOTDIR', 'ELOOP', 'ENXIO'].includes(systemCode(error) ?? '')
}

/** The bytes of a regular file that has to be small; undefined where there is none. What is beyond 64 KiB is not read. */
export function readSmallFile(path: string): Buffer | undefined {
  let fd: number
  try {
    fd = openSync(path, READ_FLAGS)
  } catch (error) {
    if (isAbsent(error)) return undefined
    throw error
  }
  try {
    if (!fstatSync(fd).isFile()) return undefined
    const bytes = Buffer.alloc(MOST_BYTES + 1)
    return bytes.subarray(0, readSync(fd, bytes, 0, bytes.length, 0))
  } finally {
    closeSync(fd)
  }
}
