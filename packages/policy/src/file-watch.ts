import { type FSWatcher, watch } from 'node:fs'
import { dirname } from 'node:path'

/** Events come in bursts: an editor makes several of one save. */
const SETTLE_MS = 50

/**
 * Calls back some time after a file may have changed, and every `pollMs` besides: networks and full watch tables tell
 * nothing. It watches the folder, because a file is often replaced, and a mounted one swapped by a link. Keeps no process
 * alive. Answers how to stop.
 */
export function watchFile(file: string, pollMs: number, callback: () => void): () => void {
  let settling: NodeJS.Timeout | undefined
  const soon = (): void => {
    settling ??= setTimeout(() => {
      settling = undefined
      callback()
    }, SETTLE_MS).unref()
  }
  const watcher = folderWatcher(dirname(file), soon)
  const poll = setInterval(callback, pollMs).unref()
  return () => {
    watcher?.close()
    clearInterval(poll)
    clearTimeout(settling)
  }
}

function folderWatcher(folder: string, callback: () => void): FSWatcher | undefined {
  try {
    // An error means that watching has ended; asking every while goes on.
    return watch(folder, { persistent: false }, callback).on('error', () => {})
  } catch {
    return undefined
  }
}
