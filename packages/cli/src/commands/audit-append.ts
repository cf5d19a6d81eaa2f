import { once } from 'node:events'
import { type Appended, AuditError, type AuditLog } from '@recount/audit'
import { parseEventLine } from '../audit/event-line.ts'
import { openLog } from '../audit/log-keys.ts'
import { durationMs } from '../durations.ts'
import { CliError, EXIT } from '../errors.ts'
import { plural } from '../numbers-text.ts'
import { plainLine } from '../plain-text.ts'
import type { Terminal } from '../terminal.ts'
import { wholeByteLines } from '../whole-lines.ts'

/** Options of `recount audit append`. */
export interface AuditAppendOptions {
  readonly key?: string
  /** A duration; false with `--no-wait`. */
  readonly wait: string | false
  readonly pseudonymize?: boolean
}

/** Lines that may be on their way to the disk. */
const AT_ONCE = 1024
const MOST_SAID = 20

/** Appends event lines from stdin and prints `{seq, hash}` for each once it is durable; 1 when a line was no event. */
export async function appendEvents(
  dir: string,
  options: AuditAppendOptions,
  terminal: Terminal,
): Promise<number> {
  const { key, pseudonymize = false } = options
  const wait = waitOf(options.wait)
  const audit = await openLog(dir, { ...(key !== undefined && { key }), pseudonymize, wait })
  try {
    const problems = await appendLines(audit, terminal)
    if (problems > 0) terminal.say(`${plural(problems, 'line')} could not be appended`)
    return problems > 0 ? EXIT.no : EXIT.done
  } finally {
    // Signs what was written, also when it ended early.
    await audit.close()
  }
}

interface Sent {
  readonly number: number
  readonly appended: Promise<Appended>
}

async function appendLines(audit: AuditLog, terminal: Terminal): Promise<number> {
  const acknowledging = new Acknowledging(terminal)
  let number = 0
  for await (const line of wholeByteLines(process.stdin as AsyncIterable<Buffer>)) {
    number += 1
    if (line.every(isBlank)) continue
    acknowledging.add({ number, appended: appendLine(audit, line) })
    if (acknowledging.waiting >= AT_ONCE || acknowledging.hasFailed) await acknowledging.done()
  }
  await acknowledging.done()
  return acknowledging.problems
}

/** Acknowledges appends in their order, each as soon as it and those before it are durable. */
class Acknowledging {
  readonly #terminal: Terminal
  #last: Promise<void> = Promise.resolve()
  problems = 0
  waiting = 0
  hasFailed = false

  constructor(terminal: Terminal) {
    this.#terminal = terminal
  }

  add(sent: Sent): void {
    // It is looked at in its turn.
    sent.appended.catch(() => undefined)
    this.waiting += 1
    this.#last = this.#last.then(() => this.#settle(sent))
    this.#last.catch(() => {
      this.hasFailed = true
    })
  }

  /** Rejects with what ends the command. */
  done(): Promise<void> {
    return this.#last
  }

  async #settle(sent: Sent): Promise<void> {
    const problem = await settled(sent, this.#terminal)
    this.waiting -= 1
    if (problem === undefined) return
    this.problems += 1
    if (this.problems <= MOST_SAID) this.#terminal.say(`line ${sent.number}: ${plainLine(problem)}`)
  }
}

async function appendLine(audit: AuditLog, line: Buffer): Promise<Appended> {
  return audit.append(parseEventLine(line))
}

/** A space, a tab or a carriage return. */
function isBlank(byte: number): boolean {
  return byte === 0x20 || byte === 0x09 || byte === 0x0d
}

/** Why a line is no event; whatever else goes wrong ends the command. */
async function settled({ appended }: Sent, terminal: Terminal): Promise<string | undefined> {
  try {
    const { seq, hash } = await appended
    terminal.print(`${JSON.stringify({ seq, hash })}\n`)
    if (process.stdout.writableNeedDrain) await once(process.stdout, 'drain')
    return undefined
  } catch (error) {
    if (error instanceof AuditError && error.code === 'AUDIT_EVENT_INVALID') return error.message
    throw error
  }
}

function waitOf(wait: string | false): number {
  const ms = wait === false ? 0 : durationMs(wait)
  if (ms === undefined)
    throw new CliError(
      'CLI_OPTION_INVALID',
      `Expected --wait to be a duration such as 30s, got ${plainLine(String(wait))}`,
    )
  return ms
}
