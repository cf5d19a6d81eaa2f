import type { Transform } from 'node:stream'
import build from 'pino-abstract-transport'
import { StoreError } from './errors.ts'
import { indexFiles } from './files/index-files.ts'
import { openStore } from './open-store.ts'
import { LineQueue } from './transport/line-queue.ts'

/** Options of the transport. */
export interface StoreTransportOptions {
  /** The path of the store. */
  readonly db: string
  /** See `openStore`. */
  readonly multiTenant?: boolean | undefined
  /**
   * The log file to which the same lines go: what of it was written after the last crash and is not in the store yet is
   * read first.
   */
  readonly file?: string | undefined
  /** Lines that wait for the store in memory, at most so many bytes; default 64 MiB. What is beyond is dropped and counted. */
  readonly maxBytes?: number | undefined
}

/** A pino transport that writes records into a store: `transport: { target: '@recount/store/transport', options: { db } }`. */
export default async function storeTransport(options: StoreTransportOptions): Promise<Transform> {
  if (typeof options?.db !== 'string' || options.db === '')
    throw new StoreError('STORE_OPTION_INVALID', 'Expected `db` to be the path of a store')
  const { db, multiTenant, file, maxBytes = 64 * 1024 * 1024 } = options
  const store = await openStore(db, { multiTenant })
  const queue = new LineQueue(store, maxBytes)
  // A file that is not there yet has nothing to catch up with.
  const caughtUp =
    file === undefined
      ? Promise.resolve()
      : indexFiles({ store, paths: [file] }).then(
          () => {},
          (error: NodeJS.ErrnoException) => {
            if (error.code !== 'ENOENT') queue.warn(error)
          },
        )
  return build(
    async (source) => {
      for await (const line of source as AsyncIterable<unknown>) queue.add(String(line))
    },
    {
      parse: 'lines',
      async close() {
        await caughtUp
        await queue.end()
        await store.close()
      },
    },
  ) as unknown as Transform
}
