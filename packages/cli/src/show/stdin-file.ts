import { createWriteStream, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import type { Input } from '@recount/analyze'

/** Stdin can be read once and a trace needs more: it is put into a private file, which goes when the process does. */
export async function withStdinAsFile(inputs: readonly Input[]): Promise<Input[]> {
  if (!inputs.some(({ path }) => path === null)) return [...inputs]
  const folder = mkdtempSync(join(tmpdir(), 'recount-stdin-'))
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
  const path = join(folder, 'stdin')
  await pipeline(process.stdin, createWriteStream(path, { mode: 0o600 }))
  return inputs.map((input) => (input.path === null ? { ...input, path } : input))
}
