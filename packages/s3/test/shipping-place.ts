import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { accessSync, constants, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, type TestContext } from 'node:test'
import { fileURLToPath } from 'node:url'
import { S3Client, type S3ClientConfig } from '@aws-sdk/client-s3'
import { type AuditEvent, type AuditLog, type AuditOptions, openAudit } from '@recount/audit'
import {
  type ConnectOptions,
  openShipper,
  type Shipped,
  type ShipperOptions,
} from '../src/index.ts'
import { Bucket } from './stand-in/object-versions.ts'
import { S3StandIn } from './stand-in/s3-server.ts'

export const ORIGIN = 'acme.example/audit/test'
const BUCKET = 'audit-bucket'
export const URL_OF_LOG: string = `s3://${BUCKET}/logs/test`
export const PREFIX = 'logs/test/'

/** A folder that is gone after the test; in memory where the system has such a place, because syncing to it takes no time. */
export function folder(t: TestContext): string {
  const path = mkdtempSync(join(memoryFolder(), 'recount-s3-'))
  t.after(() => rmSync(path, { recursive: true, force: true }))
  return path
}

/** A folder that is gone after all tests of the file. */
export function folderUntilTheEnd(): string {
  const path = mkdtempSync(join(memoryFolder(), 'recount-s3-'))
  after(() => rmSync(path, { recursive: true, force: true }))
  return path
}

function memoryFolder(): string {
  try {
    accessSync('/dev/shm', constants.W_OK)
    return '/dev/shm'
  } catch {
    return tmpdir()
  }
}

/** S3 on loopback, and how to reach it. */
export interface Store {
  readonly standIn: S3StandIn
  readonly bucket: Bucket
  readonly endpoint: string
  readonly connection: ConnectOptions
  readonly client: S3Client
}

/** A stand-in with one bucket, until the test ends. */
export async function startStore(
  t: TestContext,
  options: { isLocked?: boolean; timeout?: number } = {},
): Promise<Store> {
  const store = await runStore(options)
  t.after(async () => {
    store.client.destroy()
    await store.standIn.close()
  })
  return store
}

/** A stand-in with one bucket. */
export async function runStore({
  isLocked = false,
  timeout,
}: {
  isLocked?: boolean
  timeout?: number
} = {}): Promise<Store> {
  const standIn = new S3StandIn()
  const bucket = new Bucket({ isLocked })
  standIn.buckets.set(BUCKET, bucket)
  const endpoint = await standIn.listen()
  const client = clientOf(standIn, endpoint, timeout)
  return { standIn, bucket, endpoint, client, connection: { client, attempts: 8, backoff: 1 } }
}

/** The same store with nothing in it, which keeps versions. */
export function emptied(store: Store): Store {
  const { standIn } = store
  const bucket = new Bucket()
  bucket.isVersioned = true
  standIn.buckets.set(BUCKET, bucket)
  standIn.served.length = 0
  standIn.faults.clear()
  return { ...store, bucket }
}

/** A stand-in in a process of its own, for who stands still while it is needed. */
export interface StoreProcess {
  readonly endpoint: string
  readonly credentials: S3StandIn['credentials']
  readonly connection: ConnectOptions
}

/** Starts one with one bucket, until the test ends. */
export async function startStoreProcess(t: TestContext): Promise<StoreProcess> {
  const program = fileURLToPath(new URL('fixtures/serve-stand-in.js', import.meta.url))
  const child = spawn(process.execPath, [program, BUCKET], { stdio: ['pipe', 'pipe', 'inherit'] })
  const [first] = (await once(child.stdout, 'data')) as [Buffer]
  const { endpoint, ...credentials } = JSON.parse(first.toString())
  const client = clientOf({ credentials }, endpoint)
  t.after(async () => {
    client.destroy()
    child.stdin.end()
    await once(child, 'close')
  })
  return { endpoint, credentials, connection: { client, attempts: 4, backoff: 1 } }
}

/** The SDK as it is, pointed at the stand-in. */
function clientOf(
  standIn: Pick<S3StandIn, 'credentials'>,
  endpoint: string,
  timeout?: number,
): S3Client {
  return new S3Client(settings(standIn, endpoint, timeout))
}

/** One that waits, whatever the store's own does. */
export function patientClient({ standIn, endpoint }: Store): S3Client {
  return clientOf(standIn, endpoint)
}

/** Its settings. */
export function settings(
  { credentials }: Pick<S3StandIn, 'credentials'>,
  endpoint: string,
  timeout = 10_000,
): S3ClientConfig {
  return {
    endpoint,
    region: 'us-east-1',
    forcePathStyle: true,
    credentials,
    maxAttempts: 1,
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    requestHandler: { requestTimeout: timeout, throwOnRequestTimeout: true },
  }
}

/** Options of a log in a folder, without a reserve and with no timers that matter. */
export function logOptions(path: string, more: Partial<AuditOptions> = {}): AuditOptions {
  const dir = join(path, 'audit')
  return { dir, origin: ORIGIN, key: join(path, 'audit.key'), reserveBytes: 0, ...more }
}

/** Options of a shipper of that log. */
export function shipperOptions(
  path: string,
  { connection }: Pick<Store, 'connection'>,
): ShipperOptions {
  return { dir: join(path, 'audit'), url: URL_OF_LOG, ...connection }
}

/** A valid event; `n` tells them apart. */
export function event(n: number): AuditEvent {
  return {
    action: 'query',
    actor: { type: 'user', id: 'u1' },
    target: { type: 'model', id: 'acme-large' },
    outcome: 'success',
    ext: { n: { n } },
  }
}

/** Opens a log, appends so many events and hands it over; it is closed after. */
export async function appendTo(
  path: string,
  count: number,
  use: (audit: AuditLog) => Promise<void> = async () => {},
  more: Partial<AuditOptions> = {},
): Promise<void> {
  const audit = await openAudit(logOptions(path, more))
  try {
    await Promise.all(Array.from({ length: count }, (_, n) => audit.append(event(n))))
    await use(audit)
  } finally {
    await audit.close()
  }
}

/** Ships a log once. */
export async function shipLog(
  path: string,
  store: Pick<Store, 'connection'>,
  more: Partial<ShipperOptions> = {},
): Promise<Shipped> {
  const shipper = await openShipper({ ...shipperOptions(path, store), ...more })
  try {
    return await shipper.ship()
  } finally {
    await shipper.close()
  }
}

/** All lines of a log's folder, in their order. */
export function linesIn(dir: string): string[] {
  return readdirSync(dir)
    .filter((name) => /^\d{20}\.jsonl$/.test(name))
    .sort()
    .flatMap((name) => readFileSync(join(dir, name), 'utf8').replace(/\0+$/, '').split('\n'))
    .filter((line) => line !== '')
}
