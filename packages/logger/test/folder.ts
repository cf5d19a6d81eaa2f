import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'

export type Line = Readonly<Record<string, unknown>>

/** A folder that is removed when the test ends. */
export function temporaryFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'recount-logger-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** The paths of all files below a folder, relative to it; not those by which processes agree on who writes where. */
export function filesIn(folder: string): string[] {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => entry.isFile() && !entry.name.endsWith('.claim'))
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort()
}

/** The text of all files below a folder. */
export function textIn(folder: string): string {
  return filesIn(folder)
    .map((file) => readFileSync(join(folder, file), 'utf8'))
    .join('')
}

/** The lines of all `.jsonl` files below a folder. */
export function linesIn(folder: string): Line[] {
  return filesIn(folder)
    .filter((file) => file.endsWith('.jsonl'))
    .flatMap((file) => parseLines(readFileSync(join(folder, file), 'utf8')))
}

/** The lines of a text of JSON lines. */
export function parseLines(text: string): Line[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Line)
}
