import { fstatSync } from 'node:fs'
import type { Readable } from 'node:stream'

/** Whether something is to be read: `yes`, `no` when it has ended, `silent` when nothing has come in time. */
export type Speaks = 'yes' | 'no' | 'silent'

/** A shell starts both ends of a pipe at once; what has not begun by then is rather a pipe that nobody writes to. */
const PATIENCE_MS = 5_000

/** Whether something was piped into this process, a file or another program's output. Takes nothing away. */
export async function stdinSpeaks(): Promise<Speaks> {
  if (!isPiped() || process.stdin.readableEnded) return 'no'
  const answer = await speaks(process.stdin, PATIENCE_MS)
  // An open pipe would keep the process alive.
  if (answer === 'silent') process.stdin.destroy()
  return answer
}

/** Waits for a stream's first bytes or its end, so long. */
export function speaks(stream: Readable, patienceMs: number): Promise<Speaks> {
  return new Promise((resolve) => {
    const answer = (found: Speaks): void => {
      clearTimeout(timer)
      stream.off('readable', onReadable)
      stream.off('end', onEnd)
      stream.off('error', onEnd)
      resolve(found)
    }
    const onReadable = (): void => answer(stream.readableLength > 0 ? 'yes' : 'no')
    const onEnd = (): void => answer('no')
    const timer = setTimeout(() => answer('silent'), patienceMs)
    stream.once('readable', onReadable)
    stream.once('end', onEnd)
    stream.once('error', onEnd)
  })
}

function isPiped(): boolean {
  try {
    const info = fstatSync(0)
    return info.isFIFO() || info.isFile() || info.isSocket()
  } catch {
    return false
  }
}
