import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { gunzipSync } from 'node:zlib'
import type { Destination } from '../src/destination/destination.ts'
import { type FileOptions, file } from '../src/destination/file.ts'

/** How long tests wait for what should happen. */
export const GIVE_UP_MS = 30_000

/** A folder that goes with the test. */
export function temporaryFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'destination-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** `app.jsonl` in a folder, closed when the test ends. */
export function openFile(
  t: TestContext,
  folder: string,
  options: Partial<FileOptions> = {},
): Destination {
  const destination = file({ path: join(folder, 'app.jsonl'), ...options })
  t.after(() => destination.close())
  return destination
}

/** A clock that the test moves. */
export function clockAt(start: number): { now: number; readonly read: () => number } {
  const clock = { now: start, read: () => clock.now }
  return clock
}

/** Waits for background work; gives up, so that a fault is a failed test and not a test that never ends. */
export async function until(condition: () => boolean): Promise<void> {
  const giveUp = performance.now() + GIVE_UP_MS
  while (!condition()) {
    if (performance.now() > giveUp) throw new Error(`Waited in vain for ${condition}`)
    await new Promise((resolve) => setImmediate(resolve))
  }
}

/** The lines of all files of a folder, in the order of their names; a plain file beside its .gz counts once. */
export function linesIn(folder: string): string[] {
  const names = visibleFiles(folder)
  return names
    .filter((name) => !names.includes(`${name}.gz`))
    .flatMap((name) => linesOf(join(folder, name)))
}

/** A file's lines, and a rest without a line feed as `cut: …`. */
export function linesOf(path: string): string[] {
  const bytes = readFileSync(path)
  const lines = (path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString().split('\n')
  const rest = lines.pop()
  if (rest !== undefined && rest !== '') lines.push(`cut: ${rest}`)
  return lines
}

/** Names in a folder, sorted, without hidden ones. */
export function visibleFiles(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => !name.startsWith('.'))
    .sort()
}

/** Names in a folder that are hidden: claims and half-made copies. */
export function hiddenFiles(folder: string): string[] {
  return readdirSync(folder).filter((name) => name.startsWith('.'))
}

/** A line of about `bytes` bytes with a number in it. */
export function numberedLine(number: number, bytes = 330): string {
  const start = `{"number":${number},"filling":"`
  return `${start}${'x'.repeat(Math.max(0, bytes - start.length - 3))}"}\n`
}

/** The numbers of such lines. */
export function numbersOf(lines: readonly string[]): number[] {
  return lines.map((line) => (JSON.parse(line) as { number: number }).number)
}

/** 0, 1, …, count - 1. */
export function upTo(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index)
}
