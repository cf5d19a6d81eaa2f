import { closeSync, openSync, readSync } from 'node:fs'

const MOST_BYTES = 65_536

/** The bytes of a file that has to be small; undefined where there is none. What is beyond 64 KiB is not read. */
export function readSmallFile(path: string): Buffer | undefined {
  let fd: number
  try {
    fd = openSync(path, 'r')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
  try {
    const bytes = Buffer.alloc(MOST_BYTES + 1)
    return bytes.subarray(0, readSync(fd, bytes, 0, bytes.length, 0))
  } finally {
    closeSync(fd)
  }
}
