import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { fileURLToPath } from 'node:url'
import { seeded } from './seeded.ts'
import { assertShipped } from './shipped.ts'
import {
  appendTo,
  emptied,
  folder,
  type Store,
  shipLog,
  startStore,
  URL_OF_LOG,
} from './shipping-place.ts'

const SHIPPER: string = fileURLToPath(new URL('fixtures/shipper.js', import.meta.url))
const SMALL = { objectBytes: 4000 }

/** Kills shippers with a request at random, before or after it is served; the next one must complete what each has left. */
export async function killShippers(t: TestContext, runs: number, seed: number): Promise<void> {
  const place: Killing = { path: folder(t), store: await startStore(t) }
  await appendTo(join(place.path, 'log'), 30)
  // The next one starts while what the one before has left is completed.
  let waiting = startShipper(place)
  t.after(() => waiting.kill())
  const shipOne = async (request?: number, isServed?: boolean): Promise<KilledStore> => {
    const child = waiting
    waiting = startShipper(place)
    return shipUntil(child, place, request, isServed)
  }
  const { store, work } = await shipOne()
  await assertShipped(store, work)
  const requests = store.standIn.served.length
  const random = seeded(seed)
  let killed = 0
  for (let run = 0; run < runs; run += 1) {
    const left = await shipOne(1 + Math.floor(random() * requests), random() < 0.5)
    if (left.isKilled) killed += 1
    await shipLog(left.work, left.store, SMALL)
    await assertShipped(left.store, left.work)
  }
  assert.ok(killed >= runs / 2, `only ${killed} of ${runs} were killed`)
}

interface Killing {
  readonly path: string
  readonly store: Store
}

interface KilledStore {
  readonly store: Store
  readonly work: string
  readonly isKilled: boolean
}

/** A process that waits for what it is to ship. */
function startShipper({ store }: Killing): ChildProcess {
  const { accessKeyId, secretAccessKey } = store.standIn.credentials
  return spawn(process.execPath, [SHIPPER], {
    env: { ...process.env, AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey },
    stdio: ['pipe', 'ignore', 'ignore'],
  })
}

/** Lets a process ship a copy of the log to an empty store, until so many requests have come in. */
async function shipUntil(
  child: ChildProcess,
  place: Killing,
  request = Number.POSITIVE_INFINITY,
  isServed = true,
): Promise<KilledStore> {
  const store = emptied(place.store)
  const { standIn, endpoint } = store
  const work = join(place.path, 'work')
  rmSync(work, { recursive: true, force: true })
  cpSync(join(place.path, 'log'), work, { recursive: true })
  let requests = 0
  standIn.onRequest = () => {
    requests += 1
    if (requests !== request) return
    // What was killed before cannot be answered: nothing of it is stored.
    if (!isServed) standIn.faults.add({ kind: 'fail', key: /./, times: 1 })
    child.kill('SIGKILL')
  }
  const closed = once(child, 'close')
  child.stdin?.end(
    JSON.stringify({ dir: join(work, 'audit'), url: URL_OF_LOG, endpoint, ...SMALL }),
  )
  const [code, signal] = await closed
  standIn.onRequest = () => {}
  assert.ok(code === 0 || signal === 'SIGKILL', `the shipper ended with ${code}`)
  return { store, work, isKilled: signal === 'SIGKILL' }
}
