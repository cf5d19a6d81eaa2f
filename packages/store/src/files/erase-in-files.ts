import { createReadStream, createWriteStream } from 'node:fs'
import { chmod, type FileHandle, open, rename, rm, stat } from 'node:fs/promises'
import { pipeline } from 'node:stream/promises'
import { createGunzip, createGzip } from 'node:zlib'
import { type FileLine, fileLines, linesOf } from './file-lines.ts'

/** Whose content goes from files. */
export interface EraseInFilesOptions {
  readonly paths: readonly string[]
  /** Spans whose content goes: those that `Store.erase` names. */
  readonly span_ids: readonly string[]
  /** Content lines with this user go, too. */
  readonly user?: string | undefined
  readonly tenant?: string | undefined
}

/** What went from files. */
export interface ErasedInFiles {
  readonly files: number
  readonly lines: number
}

/**
 * Takes content out of files. In a plain file each line becomes a tombstone of the same length, so that whoever still
 * writes to the file is not disturbed; a compressed one is written anew. Metadata lines stay as they are.
 */
export async function eraseInFiles(options: EraseInFilesOptions): Promise<ErasedInFiles> {
  const gone = matcherOf(options)
  let files = 0
  let lines = 0
  for (const path of options.paths) {
    const count = (await isGzip(path))
      ? await eraseInGzip(path, gone)
      : await eraseInPlain(path, gone)
    lines += count
    if (count > 0) files += 1
  }
  return { files, lines }
}

/** The tombstone for a line, if it goes. */
type Matcher = (text: string) => string | undefined

function matcherOf({ span_ids, user, tenant }: EraseInFilesOptions): Matcher {
  const spans = new Set(span_ids)
  return (text) => {
    if (!text.includes('"content"')) return undefined
    const line = contentIn(text)
    if (line === undefined) return undefined
    const { span_id, user_id, tenant_id } = line
    if (tenant !== undefined && (tenant_id ?? '') !== tenant) return undefined
    if (!spans.has(span_id) && (user === undefined || user_id !== user)) return undefined
    const ids = { ...(tenant_id === undefined ? {} : { tenant_id }), of_span_id: span_id }
    return JSON.stringify({ level: 30, time: Date.now(), recount: 1, event: 'erased', ...ids })
  }
}

function contentIn(
  text: string,
): { span_id: string; user_id?: string; tenant_id?: string } | undefined {
  try {
    const line = JSON.parse(text) as { event?: unknown; recount?: unknown; span_id: string }
    return line.event === 'content' && line.recount === 1 ? line : undefined
  } catch {
    return undefined
  }
}

async function eraseInPlain(path: string, gone: Matcher): Promise<number> {
  const file = await open(path, 'r+')
  let count = 0
  let start = 0
  try {
    for await (const line of fileLines(file, 0)) {
      const tombstone = line.isWhole ? gone(line.text) : undefined
      if (tombstone !== undefined) {
        await overwrite(file, start, line.end - 1 - start, tombstone)
        count += 1
      }
      start = line.end
    }
    if (count > 0) await file.sync()
  } finally {
    await file.close()
  }
  return count
}

/** The line end stays, and so do the lines behind it. */
async function overwrite(
  file: FileHandle,
  start: number,
  length: number,
  tombstone: string,
): Promise<void> {
  const bytes = Buffer.alloc(length, ' ')
  if (Buffer.byteLength(tombstone) <= length) bytes.write(tombstone)
  await file.write(bytes, 0, length, start)
}

async function eraseInGzip(path: string, gone: Matcher): Promise<number> {
  const temporary = `${path}.${process.pid}.erasing`
  let count = 0
  const source = createReadStream(path)
  const gunzip = source.pipe(createGunzip())
  source.on('error', (error) => gunzip.destroy(error))
  async function* kept(): AsyncGenerator<string> {
    for await (const line of linesOf(gunzip as AsyncIterable<Buffer>, 0)) {
      const tombstone = gone(line.text)
      if (tombstone !== undefined) count += 1
      yield `${tombstone ?? line.text}${endOf(line)}`
    }
  }
  try {
    const { mode } = await stat(path)
    await pipeline(kept(), createGzip(), createWriteStream(temporary, { mode: 0o600 }))
    if (count > 0) {
      await chmod(temporary, mode)
      await rename(temporary, path)
    }
  } finally {
    source.destroy()
    await rm(temporary, { force: true })
  }
  return count
}

function endOf({ isWhole }: FileLine): string {
  return isWhole ? '\n' : ''
}

async function isGzip(path: string): Promise<boolean> {
  const file = await open(path)
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(2), 0, 2, 0)
    return bytesRead === 2 && buffer[0] === 0x1f && buffer[1] === 0x8b
  } finally {
    await file.close()
  }
}
