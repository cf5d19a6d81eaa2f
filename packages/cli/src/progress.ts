import { stat } from 'node:fs/promises'
import type { Input } from '@recount/analyze'
import { bytesText } from './numbers-text.ts'
import type { Terminal } from './terminal.ts'

/** A line on stderr that says how far reading has come; it appears after a second, and only where a person watches. */
export interface Progress {
  /** So many more bytes were read. */
  readonly onBytes: (bytes: number) => void
  /** Takes the line away. */
  end(): void
}

const APPEARS_AFTER_MS = 1000
const EVERY_MS = 100
const CLEAR_LINE = '\r\u001b[2K'

/** A progress line for reading these inputs, once or several times. */
export async function readingProgress(
  terminal: Terminal,
  inputs: readonly Input[],
  what = 'reading',
  clock: () => number = () => performance.now(),
): Promise<Progress> {
  if (!terminal.watched) return { onBytes() {}, end() {} }
  const total = await sizeOf(inputs)
  let read = 0
  const { onBytes, end } = bytesProgress(terminal, what, clock)
  return {
    onBytes(bytes) {
      read += bytes
      // What is read more than once starts anew.
      if (total > 0 && read > total) read -= total
      onBytes(read, total)
    },
    end,
  }
}

/** The same for a store that is cleaned of what it has forgotten. */
export function cleaningProgress(
  terminal: Terminal,
  clock: () => number = () => performance.now(),
): { readonly onCleaned: (done: number, all: number) => void; end(): void } {
  const { onBytes, end } = bytesProgress(terminal, 'cleaning the file', clock)
  return { onCleaned: onBytes, end }
}

/** The same for what counts by itself: `onBytes` takes how many bytes of how many were read. */
export function bytesProgress(
  terminal: Terminal,
  what: string,
  clock: () => number = () => performance.now(),
): { readonly onBytes: (read: number, total: number) => void; end(): void } {
  let shown = false
  const began = clock()
  let next = began + APPEARS_AFTER_MS
  return {
    onBytes(read, total) {
      const now = clock()
      if (!terminal.watched || now < next) return
      next = now + EVERY_MS
      shown = true
      terminal.note(`${CLEAR_LINE}${what}: ${bytesText(read)}${paceText(read, total, now - began)}`)
    },
    end() {
      if (shown) terminal.note(CLEAR_LINE)
      shown = false
    },
  }
}

/** Of how much, how quickly, and how long it will still take. */
function paceText(read: number, total: number, ms: number): string {
  const rate = ms > 0 ? read / ms : 0
  const speed = `, ${bytesText(Math.round(rate * 1000))}/s`
  if (total <= 0) return speed
  const left = rate > 0 ? `, ${secondsText(Math.ceil((total - read) / rate / 1000))} left` : ''
  return ` of ${bytesText(total)} (${Math.floor((read / total) * 100)} %)${speed}${left}`
}

function secondsText(seconds: number): string {
  if (seconds < 60) return `${seconds} s`
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`
}

/** Bytes of all inputs; 0 when one of them has no size, as stdin. */
async function sizeOf(inputs: readonly Input[]): Promise<number> {
  const sizes = await Promise.all(
    inputs.map(async ({ path }) => (path === null ? 0 : (await stat(path)).size)),
  )
  return sizes.includes(0) && inputs.some(({ path }) => path === null)
    ? 0
    : sizes.reduce((sum, size) => sum + size, 0)
}
