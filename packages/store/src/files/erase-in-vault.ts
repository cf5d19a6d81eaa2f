import { type FileHandle, open } from 'node:fs/promises'
import { fileLines } from './file-lines.ts'

const TOKEN = /-tok-([a-z2-7]{26})>/g

/** The tokens that stand in a text, as `<phone-tok-…>` has one. */
export function tokensIn(text: string): string[] {
  return Array.from(text.matchAll(TOKEN), ([, token = '']) => token)
}

/**
 * Blanks the entries of a vault's file that have one of these tokens: nobody can have their values back. Others may append
 * meanwhile. Answers how many there were.
 */
export async function eraseInVault(path: string, tokens: Iterable<string>): Promise<number> {
  const gone = new Set(tokens)
  const file = await open(path, 'r+')
  let count = 0
  let start = 0
  try {
    for await (const { text, end, isWhole } of fileLines(file, 0)) {
      const last = end - (isWhole ? 1 : 0)
      if (gone.has(tokenOf(text) ?? '')) {
        await blank(file, start, last - start)
        count += 1
      }
      start = end
    }
    if (count > 0) await file.sync()
  } finally {
    await file.close()
  }
  return count
}

async function blank(file: FileHandle, start: number, length: number): Promise<void> {
  await file.write(Buffer.alloc(length, ' '), 0, length, start)
}

function tokenOf(line: string): string | undefined {
  try {
    const { v, token } = JSON.parse(line) as { v?: unknown; token?: unknown }
    return v === 1 && typeof token === 'string' ? token : undefined
  } catch {
    return undefined
  }
}
