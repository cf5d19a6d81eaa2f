import { createReadStream, createWriteStream, mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import type { Input } from '@recount/analyze'

/**
 * Stdin and pipes can be read once and a trace needs more: each is put into a private file, which goes when the process
 * does.
 */
export async function withPipesAsFiles(inputs: readonly Input[]): Promise<Input[]> {
  const pipes = new Set(inputs.filter(({ path }) => path === null || statSync(path).isFIFO()))
  if (pipes.size === 0) return [...inputs]
  const folder = mkdtempSync(join(tmpdir(), 'recount-pipes-'))
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
  const files = new Map<Input, string>()
  for (const input of pipes) {
    const path = join(folder, String(files.size))
    const source = input.path === null ? process.stdin : createReadStream(input.path)
    await pipeline(source, createWriteStream(path, { mode: 0o600 }))
    files.set(input, path)
  }
  return inputs.map((input) => ({ ...input, path: files.get(input) ?? input.path }))
}
