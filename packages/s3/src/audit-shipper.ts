import { createHash } from 'node:crypto'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { AuditError, type Lock, readLogFile, readStreamNames, takeLock } from '@recount/audit'
import { S3Error } from './errors.ts'
import type { LocalCheckpoint } from './local-log.ts'
import { warnOfUnlocked } from './lock-left-out.ts'
import { LogShipper, shippable } from './log-shipper.ts'
import { connect, type ObjectStore } from './object-store.ts'
import { checkShipper, type ShipperOptions } from './options.ts'
import { parseS3Url, s3Url } from './place.ts'
import { checkAbilities, probeStore, type StoreAbilities } from './probe.ts'

/** How far a log is shipped. */
export interface Shipped {
  /** Entries that are in the store, under its newest checkpoint. */
  readonly size: number
  /** Entries that are signed here and not there yet. */
  readonly behind: number
  readonly streams: readonly { readonly name: string; readonly size: number }[]
}

const DEFAULT_OBJECT_BYTES = 8 * 1024 * 1024

/**
 * Opens a shipper of an audit log and the streams below it, after finding out what the store honours. Warns with `S3_LOCK_LEFT_OUT`. Throws `S3_OPTION_INVALID`, `S3_SDK_MISSING`,
 * `S3_STORE_WEAK`, `S3_LOCK_MISSING`, `S3_LOG_MISMATCH`, `S3_REFUSED`, `S3_UNREACHABLE`, `AUDIT_FORK`, `AUDIT_LOCKED`, `AUDIT_LOG_NOT_FOUND`, `AUDIT_TRUNCATED`.
 */
export async function openShipper(options: ShipperOptions): Promise<AuditShipper> {
  checkShipper(options)
  const place = parseS3Url(options.url)
  const ending = new AbortController()
  const store = await connect(place, options, ending.signal)
  const folder = await makeFolder(options)
  const lock = await takeLock(folder, 0)
  try {
    const abilities = await probeStore(store, options.lock?.mode)
    checkAbilities(store, abilities, options.allowWeakStore ?? false)
    if (options.lock === undefined) await warnOfUnlocked(store)
    return new AuditShipper({ options, store, folder, lock, abilities, ending })
  } catch (error) {
    store.close()
    await lock.release()
    throw error
  }
}

interface Parts {
  readonly options: ShipperOptions
  readonly store: ObjectStore
  readonly folder: string
  readonly lock: Lock
  readonly abilities: StoreAbilities
  readonly ending: AbortController
}

/** Ships a log, one pass at a time. */
export class AuditShipper {
  readonly #parts: Parts
  readonly #logs = new Map<string, LogShipper>()
  #turn: Promise<unknown> = Promise.resolve()
  #closing: Promise<void> | undefined

  /** @internal `openShipper` makes it. */
  constructor(parts: Parts) {
    this.#parts = parts
  }

  /** What the store was seen to honour. */
  get abilities(): StoreAbilities {
    return this.#parts.abilities
  }

  /**
   * Ships everything that is signed, or everything up to a checkpoint: `openAudit({ …, durability: 's3', ship: (shipment) => shipper.ship(shipment) })`.
   * Resolves once it is in the store under its head. Throws `S3_FENCED`, `S3_CLOSED` and what `openShipper` throws.
   */
  ship(shipment?: LocalCheckpoint): Promise<Shipped> {
    if (this.#closing !== undefined) return Promise.reject(this.#closed())
    const next = this.#turn.then(() => this.#pass(shipment))
    this.#turn = next.catch(() => undefined)
    return next
  }

  /** How far it is, and how far the log is by now; nothing is sent. Throws where the log cannot be read. */
  async standing(): Promise<Shipped> {
    const { dir } = this.#parts.options
    const { size: signed } = await shippable(dir)
    const size = this.#logs.get('')?.size ?? 0
    const streams = [...this.#logs].filter(([name]) => name !== '')
    return {
      size,
      behind: Math.max(0, signed - size),
      streams: streams.map(([name, log]) => ({ name, size: log.size })),
    }
  }

  /** Ends the shipper: what is on its way may finish within so many milliseconds. */
  close(grace = 5000): Promise<void> {
    this.#closing ??= this.#close(grace)
    return this.#closing
  }

  async #pass(shipment: LocalCheckpoint | undefined): Promise<Shipped> {
    const { dir } = this.#parts.options
    const main = await this.#log('')
    // Read before the streams are: what the log says about them must be there by then.
    const target = shipment ?? (await shippable(dir))
    const streams = shipment === undefined ? (await readStreamNames(dir)).names : []
    for (const name of streams) {
      const log = await this.#log(name).catch(unlessEmpty)
      if (log === undefined) continue
      await log.shipTo(await shippable(join(dir, 'streams', name)))
    }
    await main.shipTo(target)
    return this.standing()
  }

  async #log(name: string): Promise<LogShipper> {
    const known = this.#logs.get(name)
    if (known !== undefined) return known
    const { options, folder, store, abilities } = this.#parts
    const dir = name === '' ? options.dir : join(options.dir, 'streams', name)
    const file = await readLogFile(dir)
    if (file === undefined)
      throw new AuditError('AUDIT_LOG_NOT_FOUND', `Expected an audit log in ${dir}, found none`)
    const own = name === '' ? folder : join(folder, 'streams', name)
    await mkdir(own, { recursive: true })
    const log = await LogShipper.open({
      dir,
      origin: file.origin,
      pseudonyms: file.pseudonyms ?? false,
      folder: own,
      store: name === '' ? store : store.below(`streams/${name}`),
      abilities,
      lock: options.lock,
      objectBytes: options.objectBytes ?? DEFAULT_OBJECT_BYTES,
    })
    this.#logs.set(name, log)
    return log
  }

  #closed(): S3Error {
    const place = s3Url(this.#parts.store.place)
    return new S3Error('S3_CLOSED', `The shipper to ${place} is closed; open another`)
  }

  async #close(grace: number): Promise<void> {
    const { ending, store, lock } = this.#parts
    const timer = setTimeout(() => ending.abort(), grace)
    await this.#turn
    clearTimeout(timer)
    store.close()
    await lock.release()
  }
}

/** A folder of its own for each place that a log is shipped to. */
async function makeFolder({ dir, url, endpoint = '' }: ShipperOptions): Promise<string> {
  if ((await readLogFile(dir)) === undefined)
    throw new AuditError('AUDIT_LOG_NOT_FOUND', `Expected an audit log in ${dir}, found none`)
  const place = `${endpoint} ${s3Url(parseS3Url(url))}`
  const name = createHash('sha256').update(place).digest('hex').slice(0, 16)
  const folder = join(dir, 'shipping', name)
  await mkdir(folder, { recursive: true })
  return folder
}

/** A stream whose folder was made a moment ago. */
function unlessEmpty(error: unknown): undefined {
  if (error instanceof AuditError && error.code === 'AUDIT_LOG_NOT_FOUND') return undefined
  throw error
}
