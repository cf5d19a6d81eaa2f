import { type FSWatcher, realpathSync, watch } from 'node:fs'
import { dirname } from 'node:path'

/** Events come in bursts: an editor makes several of one save. */
const SETTLE_MS = 50

/**
 * Calls back some time after a file may have changed, and every `pollMs` besides: networks and full watch tables tell
 * nothing. It watches the folder, because a file is often replaced, and a mounted one swapped by a link; and the folder
 * that links lead to. Keeps no process alive. Answers how to stop.
 */
export function watchFile(file: string, pollMs: number, callback: () => void): () => void {
  let settling: NodeJS.Timeout | undefined
  let target: string | undefined
  let targetWatcher: FSWatcher | undefined
  const soon = (): void => {
    settling ??= setTimeout(() => {
      settling = undefined
      look()
    }, SETTLE_MS).unref()
  }
  const folder = dirname(file)
  const follow = (): void => {
    const found = realFolder(file)
    if (found === target) return
    target = found
    targetWatcher?.close()
    targetWatcher = found === undefined || found === folder ? undefined : folderWatcher(found, soon)
  }
  // First where the file is now, so that no change of that one is missed.
  const look = (): void => {
    follow()
    callback()
  }
  const watcher = folderWatcher(folder, soon)
  follow()
  const poll = setInterval(look, pollMs).unref()
  return () => {
    watcher?.close()
    targetWatcher?.close()
    clearInterval(poll)
    clearTimeout(settling)
  }
}

function realFolder(file: string): string | undefined {
  try {
    return dirname(realpathSync(file))
  } catch {
    return undefined
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
