import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { assertShipped } from './shipped.ts'
import { runStore, type Store, shipLog, URL_OF_LOG } from './shipping-place.ts'

const SHIPPER: string = fileURLToPath(new URL('fixtures/shipper.js', import.meta.url))
const SMALL = { objectBytes: 4000 }

/** How many requests a shipper makes that nobody disturbs. */
export async function requestsOf(log: string, path: string): Promise<number> {
  return withStore(async (store) => {
    const work = copied(log, path)
    await ship(store, work)
    await assertShipped(store, work)
    return store.standIn.served.length
  })
}

/** Kills a shipper with a request, before or after it is served; the next one must complete what it has left. True where it was killed in time. */
export async function killAt(
  log: string,
  path: string,
  request: number,
  isServed: boolean,
): Promise<boolean> {
  return withStore(async (store) => {
    const work = copied(log, path)
    const isKilled = await ship(store, work, request, isServed)
    await shipLog(work, store, SMALL)
    await assertShipped(store, work)
    return isKilled
  })
}

async function withStore<T>(use: (store: Store) => Promise<T>): Promise<T> {
  const store = await runStore()
  store.bucket.isVersioned = true
  try {
    return await use(store)
  } finally {
    store.client.destroy()
    await store.standIn.close()
  }
}

function copied(log: string, path: string): string {
  const work = join(path, 'work')
  rmSync(work, { recursive: true, force: true })
  cpSync(log, work, { recursive: true })
  return work
}

/** Runs a shipper in a process of its own. */
async function ship(
  { standIn, endpoint }: Store,
  work: string,
  request = Number.POSITIVE_INFINITY,
  isServed = true,
): Promise<boolean> {
  const options = { dir: join(work, 'audit'), url: URL_OF_LOG, endpoint, ...SMALL }
  const { accessKeyId, secretAccessKey } = standIn.credentials
  const child = spawn(process.execPath, [SHIPPER, JSON.stringify(options)], {
    env: { ...process.env, AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey },
    stdio: 'ignore',
  })
  let requests = 0
  standIn.onRequest = () => {
    requests += 1
    if (requests !== request) return
    // What was killed before cannot be answered: nothing of it is stored.
    if (!isServed) standIn.faults.add({ kind: 'fail', key: /./, times: 1 })
    child.kill('SIGKILL')
  }
  const [code, signal] = await once(child, 'close')
  standIn.onRequest = () => {}
  assert.ok(code === 0 || signal === 'SIGKILL', `the shipper ended with ${code}`)
  return signal === 'SIGKILL'
}
