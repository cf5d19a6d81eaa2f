import { openShipper, type ShipperOptions, type ShippingHealth, watchLog } from '@recount/s3'
import { durationMs } from '../durations.ts'
import { CliError, EXIT } from '../errors.ts'
import { countText, plural } from '../numbers-text.ts'
import { plainJson, plainLine } from '../plain-text.ts'
import { connectionOf, type StoreCommandOptions } from '../s3-connection.ts'
import type { Terminal } from '../terminal.ts'

/** Options of `recount audit ship`. */
export interface AuditShipOptions extends StoreCommandOptions {
  readonly watch?: boolean
  readonly every: string
  readonly lock?: 'compliance' | 'governance'
  readonly retain?: string
  readonly allowWeakStore?: boolean
  readonly json?: boolean
}

const DAY_MS = 86_400_000

/** Ships what is signed; with --watch until it is ended. */
export async function shipLog(
  dir: string,
  url: string,
  options: AuditShipOptions,
  terminal: Terminal,
): Promise<number> {
  const every = msOf('--every', options.every)
  const shipper = await openShipper({
    dir,
    url,
    ...connectionOf(options),
    ...lockOf(options),
    allowWeakStore: options.allowWeakStore ?? false,
  })
  try {
    const { conditionalCreate, conditionalSwap, checksums } = shipper.abilities
    if (!(conditionalCreate && conditionalSwap && checksums))
      terminal.say('This store does not honour all conditions and checksums; see docs/s3.md')
    if (options.watch)
      return await watch(
        every,
        (signal, onHealth) => {
          // A pass under way gets some seconds, whatever it waits for.
          signal.addEventListener('abort', () => void shipper.close())
          return watchLog(shipper, { every, signal, onHealth })
        },
        options,
        terminal,
      )
    const { size, behind, streams } = await shipper.ship()
    const store = shipper.abilities
    if (options.json) terminal.print(`${plainJson({ url, size, behind, streams, store })}\n`)
    else
      terminal.print(
        `shipped: ${countText(size)} entries at ${plainLine(url)}${streams.length > 0 ? `, and ${plural(streams.length, 'stream')}` : ''}\n`,
      )
    return EXIT.done
  } finally {
    await shipper.close()
  }
}

/** Runs until SIGINT or SIGTERM, and lets the pass under way end. */
async function watch(
  every: number,
  run: (signal: AbortSignal, onHealth: (health: ShippingHealth) => void) => Promise<void>,
  { json }: AuditShipOptions,
  terminal: Terminal,
): Promise<number> {
  const ending = new AbortController()
  let code: number = EXIT.done
  // In place of the one that ends the process at once.
  process.removeAllListeners('SIGINT')
  process.once('SIGINT', () => {
    code = EXIT.interrupted
    ending.abort()
  })
  process.once('SIGTERM', () => ending.abort())
  terminal.say(`Shipping every ${every / 1000} s; Ctrl-C or SIGTERM ends it`)
  await run(ending.signal, (health) => {
    if (json) terminal.print(`${plainJson(health)}\n`)
    else terminal.say(healthText(health))
  })
  return code
}

function healthText({ time, state, size, behind, lag_s, failures, error }: ShippingHealth): string {
  const numbers = `${countText(size)} shipped, ${countText(behind)} behind, lag ${lag_s} s`
  const problem = error === null ? '' : `; failed ${failures} times: ${plainLine(error.message)}`
  return `${time} ${state}: ${numbers}${problem}`
}

function lockOf({ lock, retain }: AuditShipOptions): Pick<ShipperOptions, 'lock'> {
  if (lock === undefined && retain === undefined) return {}
  if (lock === undefined || retain === undefined)
    throw new CliError('CLI_OPTION_INVALID', 'Expected --lock and --retain to be given together')
  const mode = lock === 'compliance' ? 'COMPLIANCE' : 'GOVERNANCE'
  return { lock: { mode, days: msOf('--retain', retain) / DAY_MS } }
}

function msOf(name: string, text: string): number {
  const ms = durationMs(text)
  if (ms !== undefined && ms > 0) return ms
  throw new CliError(
    'CLI_OPTION_INVALID',
    `Expected ${name} to be a duration such as 30s or 2190d, got ${plainLine(text)}`,
  )
}
