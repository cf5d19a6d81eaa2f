import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import type { Store } from '@recount/store'

/**
 * Closes a store. The library lets go of the file when its statements are collected, and the last one to let go takes the
 * files beside it away: a process that ends before leaves them.
 */
export async function closed(store: Store): Promise<void> {
  await store.close()
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  collect()
  // Finalizers run in a turn of their own.
  await new Promise((resolve) => setImmediate(resolve))
}
