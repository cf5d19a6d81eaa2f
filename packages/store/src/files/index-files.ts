import { existsSync } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { resolve } from 'node:path'
import { createGunzip } from 'node:zlib'
import type { Store } from '../store.ts'
import { beginsArray, entriesOf } from './array-elements.ts'
import { fileChunks, fileLines, isGzip, newlinesBefore } from './file-lines.ts'
import { type FilePosition, isSameFile, positionIn, rotatedFile } from './file-position.ts'
import { type IndexCounts, noCounts, RecordBatch, type RefusedLine } from './record-batch.ts'
import { BEGINNING, type Reached, type Reading, takeLines } from './take-lines.ts'

/** How files are read into a store. */
export interface IndexFilesOptions {
  readonly store: Store
  /** Paths of files; `.gz` is decompressed. */
  readonly paths: readonly string[]
  /** Called after each line with how much was read in all. */
  readonly onBytes?: ((bytes: number) => void) | undefined
  /** Called for each line that is refused: invalid, or no JSON. */
  readonly onRefused?: ((line: RefusedLine & { readonly path: string }) => void) | undefined
  /** Called for a file that is no longer there, nor compressed beside its place; without it that is an error. */
  readonly onGone?: ((path: string) => void) | undefined
}

/**
 * Reads log and content files into a store, each from where it was read up to the last time. What was rotated away since
 * is read to its end first. Reading the same again adds nothing.
 */
export async function indexFiles(options: IndexFilesOptions): Promise<IndexCounts> {
  const counts = noCounts()
  for (const path of options.paths) await indexFile(path, options, counts)
  return counts
}

/** The same from lines that come from anywhere, such as stdin: there is no place to go on from. */
export async function indexStream(
  chunks: AsyncIterable<Buffer>,
  { store, onBytes, onRefused }: Omit<IndexFilesOptions, 'paths'>,
): Promise<IndexCounts> {
  const counts = noCounts()
  const refused = (line: RefusedLine) => onRefused?.({ path: '-', ...line })
  const batch = new RecordBatch(store, counts, undefined, refused)
  await takeLines(entriesOf(chunks), batch, { counts, onBytes })
  await batch.flush(undefined)
  return counts
}

async function indexFile(
  path: string,
  options: IndexFilesOptions,
  counts: IndexCounts,
): Promise<void> {
  const { store, onBytes } = options
  const name = `file ${resolve(path)}`
  const before = await lastPosition(store, name)
  const file = await openIfThere(path)
  if (file === undefined) return indexMissing(path, options, counts)
  try {
    const isSame = before !== undefined && (await isSameFile(file, before))
    if (before !== undefined && !isSame) await finishRotated(path, before, options, counts)
    counts.files += 1
    const refused = (line: RefusedLine) => options.onRefused?.({ path, ...line })
    const batch = new RecordBatch(store, counts, name, refused)
    if (await isGzip(file)) await indexGzip(file, batch, { counts, onBytes, before })
    else await indexPlain(file, isSame ? before : undefined, batch, { counts, onBytes })
  } finally {
    await file.close()
  }
}

/** Whoever writes may compress or delete a file at any moment after it was found. */
async function indexMissing(
  path: string,
  options: IndexFilesOptions,
  counts: IndexCounts,
): Promise<void> {
  const compressed = resolve(`${path}.gz`)
  const isNamed = options.paths.some((other) => resolve(other) === compressed)
  if (isNamed || existsSync(compressed)) {
    if (!isNamed) await indexFile(`${path}.gz`, options, counts)
  } else if (options.onGone === undefined) await open(path)
  else options.onGone(path)
}

async function openIfThere(path: string): Promise<FileHandle | undefined> {
  return open(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw error
  })
}

/** Positions of earlier versions do not say how many lines there were. */
async function reachedIn(file: FileHandle, position: FilePosition): Promise<Reached> {
  const { offset, lines, parts } = position
  const reached = { offset, lines: lines ?? (await newlinesBefore(file, offset)) }
  return parts === undefined ? reached : { ...reached, parts }
}

async function indexPlain(
  file: FileHandle,
  before: FilePosition | undefined,
  batch: RecordBatch,
  reading: Reading,
): Promise<void> {
  const from = before === undefined ? BEGINNING : await reachedIn(file, before)
  if (beginsArray(await headOf(file)) === true) return indexArray(file, from.offset, batch, reading)
  if (from.offset === 0 && (await indexDocument(file, batch, reading))) return
  const place = async ({ offset, ...rest }: Reached): Promise<string> =>
    JSON.stringify({ ...(await positionIn(file, offset)), ...rest })
  const reached = await takeLines(fileLines(file, (from.parts ?? from).offset), batch, {
    ...{ ...reading, from },
    flush: async (at) => batch.flush(await place(at)),
  })
  if (reached.offset > from.offset || from.offset === 0) await batch.flush(await place(reached))
  else await batch.flush(undefined)
}

/** An array is not added to: where it is another one than before, it is read anew. */
async function indexArray(
  file: FileHandle,
  from: number,
  batch: RecordBatch,
  reading: Reading,
): Promise<void> {
  const { size } = await file.stat()
  if (from === size) return
  await takeLines(entriesOf(fileChunks(file, 0)), batch, reading)
  await batch.flush(JSON.stringify(await positionIn(file, size)))
}

const HEAD_BYTES = 4096

async function headOf(file: FileHandle): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0)
  return buffer.subarray(0, bytesRead)
}

/** Larger ones are no documents that somebody exported, but logs. */
const LARGEST_DOCUMENT = 64 * 1024 * 1024

/** Takes a file that is one JSON object over many lines. Whether it was one. */
async function indexDocument(
  file: FileHandle,
  batch: RecordBatch,
  { counts, onBytes }: Reading,
): Promise<boolean> {
  const { size } = await file.stat()
  const head = (await headOf(file)).toString('utf8')
  // A line of a log has its closing bracket.
  if (size > LARGEST_DOCUMENT || !/^\ufeff?\s*\{[^\]}]{0,200}\r?\n/.test(head)) return false
  const whole = Buffer.alloc(size)
  await file.read(whole, 0, size, 0)
  const value = documentIn(whole)
  if (value === undefined) return false
  batch.add(value, 0, 1)
  batch.end()
  counts.lines += 1
  counts.bytes += size
  onBytes?.(counts.bytes)
  await batch.flush(JSON.stringify(await positionIn(file, size)))
  return true
}

function documentIn(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8').replace(/^\ufeff/, '')) as unknown
  } catch {
    return undefined
  }
}

/** A compressed file does not grow: it is read whole, or not at all where it was read whole. */
async function indexGzip(
  file: FileHandle,
  batch: RecordBatch,
  reading: Reading & { before: FilePosition | undefined },
): Promise<void> {
  const { size } = await file.stat()
  const whole = await positionIn(file, size)
  const { before } = reading
  if (
    before !== undefined &&
    before.id === whole.id &&
    before.offset === size &&
    before.head === whole.head
  )
    return
  const source = file.createReadStream({ start: 0, autoClose: false })
  const gunzip = source.pipe(createGunzip())
  source.on('error', (error) => gunzip.destroy(error))
  try {
    await takeLines(entriesOf(gunzip as AsyncIterable<Buffer>), batch, {
      ...reading,
      flush: () => batch.flush(undefined),
    })
    await batch.flush(JSON.stringify(whole))
  } catch (error) {
    // What was readable of a damaged file is kept; it is read again the next time.
    if (!String((error as { code?: unknown }).code).startsWith('Z_')) throw error
    reading.counts.malformed += 1
    await batch.flush(undefined)
  } finally {
    source.destroy()
  }
}

async function finishRotated(
  path: string,
  before: FilePosition,
  options: IndexFilesOptions,
  counts: IndexCounts,
): Promise<void> {
  const { store, onBytes } = options
  const old = await rotatedFile(path, before)
  if (old === undefined || options.paths.some((other) => resolve(other) === resolve(old))) return
  const file = await openIfThere(old)
  if (file === undefined) return finishRotated(path, before, options, counts)
  const refused = (line: RefusedLine) => options.onRefused?.({ path: old, ...line })
  const batch = new RecordBatch(store, counts, `file ${resolve(old)}`, refused)
  try {
    if (await isGzip(file)) await indexGzip(file, batch, { counts, onBytes, before: undefined })
    else await indexPlain(file, before, batch, { counts, onBytes })
  } finally {
    await file.close()
  }
}

async function lastPosition(store: Store, name: string): Promise<FilePosition | undefined> {
  const at = await store.position(name)
  return at === null ? undefined : (JSON.parse(at) as FilePosition)
}
