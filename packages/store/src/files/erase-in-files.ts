import { createReadStream, createWriteStream } from 'node:fs'
import { chmod, type FileHandle, open, rename, rm, stat } from 'node:fs/promises'
import { pipeline } from 'node:stream/promises'
import { createGunzip, createGzip } from 'node:zlib'
import { type ErasedLine, type LineEraser, lineEraser } from './erased-line.ts'
import { type FileLine, fileLines, linesOf } from './file-lines.ts'

/** Whose words go from files. */
export interface EraseInFilesOptions {
  readonly paths: readonly string[]
  /** Spans that are stripped: those that `Store.erase` names. */
  readonly span_ids: readonly string[]
  /** Answers of theirs, of which late lines speak. */
  readonly message_ids?: readonly string[] | undefined
  /** Lines that name this person, by any of these ids, are stripped, too. */
  readonly ids?: readonly string[] | undefined
  readonly tenant?: string | undefined
}

/** What went from files. */
export interface ErasedInFiles {
  /** Files that were changed. */
  readonly files: number
  /** Content lines that went. */
  readonly lines: number
  /** Metadata lines of which only numbers, models and endings are left. */
  readonly stripped: number
  /** Files that could not be read or changed; what they hold is still there. */
  readonly failed: readonly { readonly path: string; readonly error: string }[]
}

/**
 * Takes a person out of files. A content line becomes a tombstone, and a metadata line loses what `Store.erase` takes from
 * it. In a plain file each line keeps its length, so that whoever still writes to the file is not disturbed; a compressed
 * one is written anew. Doing so again changes nothing.
 */
export async function eraseInFiles(options: EraseInFilesOptions): Promise<ErasedInFiles> {
  const erased = lineEraser(options)
  const sum = { files: 0, lines: 0, stripped: 0 }
  const failed: { path: string; error: string }[] = []
  for (const path of options.paths) {
    try {
      const count = (await isGzip(path))
        ? await eraseInGzip(path, erased)
        : await eraseInPlain(path, erased)
      sum.lines += count.lines
      sum.stripped += count.stripped
      if (count.lines + count.stripped > 0) sum.files += 1
    } catch (error) {
      failed.push({ path, error: (error as Error).message })
    }
  }
  return { ...sum, failed }
}

interface Counts {
  lines: number
  stripped: number
}

async function eraseInPlain(path: string, erased: LineEraser): Promise<Counts> {
  const file = await open(path, 'r+')
  const counts = { lines: 0, stripped: 0 }
  let start = 0
  try {
    for await (const line of fileLines(file, 0)) {
      const left = erased(line.text)
      if (left !== undefined) {
        await overwrite(file, start, line.end - (line.isWhole ? 1 : 0) - start, left)
        counts[left.kind] += 1
      }
      start = line.end
    }
    if (counts.lines + counts.stripped > 0) await file.sync()
  } finally {
    await file.close()
  }
  return counts
}

/** The line end stays, and so do the lines behind it. */
async function overwrite(
  file: FileHandle,
  start: number,
  length: number,
  { texts }: ErasedLine,
): Promise<void> {
  const bytes = Buffer.alloc(length, ' ')
  const fitting = texts.find((text) => Buffer.byteLength(text) <= length)
  if (fitting !== undefined) bytes.write(fitting)
  await file.write(bytes, 0, length, start)
}

async function eraseInGzip(path: string, erased: LineEraser): Promise<Counts> {
  const temporary = `${path}.${process.pid}.erasing`
  const counts = { lines: 0, stripped: 0 }
  const source = createReadStream(path)
  const gunzip = source.pipe(createGunzip())
  source.on('error', (error) => gunzip.destroy(error))
  async function* kept(): AsyncGenerator<string> {
    for await (const line of linesOf(gunzip as AsyncIterable<Buffer>, 0)) {
      const left = erased(line.text)
      if (left !== undefined) counts[left.kind] += 1
      yield `${left?.texts[0] ?? line.text}${endOf(line)}`
    }
  }
  try {
    const { mode } = await stat(path)
    await pipeline(kept(), createGzip(), createWriteStream(temporary, { mode: 0o600 }))
    if (counts.lines + counts.stripped > 0) {
      await chmod(temporary, mode)
      await rename(temporary, path)
    }
  } finally {
    source.destroy()
    await rm(temporary, { force: true })
  }
  return counts
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
