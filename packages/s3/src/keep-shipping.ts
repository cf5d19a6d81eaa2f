import { setTimeout as wait } from 'node:timers/promises'
import { type AuditShipper, openShipper } from './audit-shipper.ts'
import type { ShipperOptions } from './options.ts'
import { warn } from './warnings.ts'
import { type ShippingHealth, watchLog } from './watch-log.ts'

/** A log that is shipped in the background. */
export interface Shipping {
  /** Ships what is signed by now, unless shipping has stopped for good; resolves in any case. */
  end(): Promise<void>
}

/** What another attempt may change at the start, where the log or the network is not there yet. */
const PASSING = new Set(['AUDIT_LOG_NOT_FOUND', 'S3_UNREACHABLE', 'S3_REFUSED', 'AUDIT_LOCKED'])

/** pino ends a worker after ten seconds. */
const LATEST_MS = 8000
const GRACE_MS = 6000

/** Ships a log again and again until it is ended; throws nothing, and warns once for each thing that goes wrong (`S3_SHIPPING_FAILED`). */
export function keepShipping(options: ShipperOptions, every: number): Shipping {
  const ending = new AbortController()
  const { signal } = ending
  const saying = new Saying()
  let shipper: AuditShipper | undefined
  const running = (async () => {
    try {
      shipper = await opened(options, every, signal, saying)
      if (shipper === undefined) return
      await watchLog(shipper, { every, signal, onHealth: (health) => saying.hear(health) })
    } catch (error) {
      saying.stopped(error as Error)
      await shipper?.close()
      shipper = undefined
    }
  })()
  const finish = async (): Promise<void> => {
    if (shipper === undefined) await running
    // The log may have been made since the last pass.
    shipper ??= saying.hasStopped ? undefined : await openShipper(options)
    const last = shipper?.ship()
    // What the watching has under way comes first; all of it ends in time.
    await shipper?.close(GRACE_MS)
    await Promise.all([running, last])
  }
  return {
    end: async () => {
      ending.abort()
      const late = wait(LATEST_MS, undefined, { ref: false })
      await Promise.race([late, finish().catch((error: Error) => saying.stopped(error))])
    },
  }
}

async function opened(
  options: ShipperOptions,
  every: number,
  signal: AbortSignal,
  saying: Saying,
): Promise<AuditShipper | undefined> {
  while (!signal.aborted) {
    try {
      return await openShipper(options)
    } catch (error) {
      if (!PASSING.has(String((error as { code?: unknown }).code))) throw error
      saying.say((error as Error).message)
    }
    await wait(every, undefined, { signal }).catch(() => undefined)
  }
  return undefined
}

/** Says each thing once, and again after it was well in between. */
class Saying {
  #said: string | undefined
  hasStopped = false

  hear({ error }: ShippingHealth): void {
    if (error === null) this.#said = undefined
    else this.say(error.message)
  }

  say(message: string): void {
    if (message === this.#said) return
    this.#said = message
    warn('S3_SHIPPING_FAILED', `${message}; the log is kept here and shipping is tried again`)
  }

  stopped({ message }: Error): void {
    this.hasStopped = true
    warn('S3_SHIPPING_FAILED', `${message}; the log is kept here, and nothing more is shipped`)
  }
}
