import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { type FileHandle, open, readdir, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { createGunzip } from 'node:zlib'

/** How far a log was read. */
export interface FilePosition {
  /** Device and inode: the same file under another name after it was rotated. */
  readonly id: string
  readonly offset: number
  /** A hash of its beginning: an inode may be given to another file, and a file may be emptied. */
  readonly head: string
  readonly headBytes: number
  /** Lines before it; positions of earlier versions do not say. */
  readonly lines?: number
  /** Lines before it that have more parts behind it. */
  readonly parts?: BegunParts
}

/** Lines that a container runtime has not written whole: where the first begins, how many lines are before that, and with which lines all begin. */
export interface BegunParts {
  readonly offset: number
  readonly lines: number
  readonly numbers: readonly number[]
}

const HEAD_BYTES = 1024

/** Device and inode of an open file. */
async function idOf(file: FileHandle): Promise<string> {
  const { dev, ino } = await file.stat({ bigint: true })
  return `${dev}:${ino}`
}

/** A position in a file, with what it is known again by. */
export async function positionIn(file: FileHandle, offset: number): Promise<FilePosition> {
  const headBytes = Math.min(offset, HEAD_BYTES)
  return { id: await idOf(file), offset, head: hashOf(await headOf(file, headBytes)), headBytes }
}

/** Whether this is the file of which that was read. */
export async function isSameFile(file: FileHandle, position: FilePosition): Promise<boolean> {
  const { size } = await file.stat()
  if ((await idOf(file)) !== position.id || size < position.offset) return false
  return hashOf(await headOf(file, position.headBytes)) === position.head
}

/** Where a file is now that was rotated away: under another name beside it, or compressed. */
export async function rotatedFile(
  path: string,
  position: FilePosition,
): Promise<string | undefined> {
  const folder = dirname(path)
  const stem = basename(path).replace(/\.(jsonl|log|ndjson|json)$/, '')
  const names = (await readdir(folder).catch(() => [])).filter(
    (name) => name.startsWith(stem) && name !== basename(path),
  )
  for (const name of names) {
    const other = join(folder, name)
    if (await wasReadAs(other, position)) return other
  }
  return undefined
}

async function wasReadAs(path: string, position: FilePosition): Promise<boolean> {
  const info = await stat(path).catch(() => undefined)
  if (!info?.isFile()) return false
  if (path.endsWith('.gz')) return (await gunzippedHead(path, position.headBytes)) === position.head
  const file = await open(path).catch(() => undefined)
  if (file === undefined) return false
  try {
    return await isSameFile(file, position)
  } finally {
    await file.close()
  }
}

async function gunzippedHead(path: string, bytes: number): Promise<string> {
  const source = createReadStream(path)
  const unzipped = source.pipe(createGunzip())
  source.on('error', (error) => unzipped.destroy(error))
  const chunks: Buffer[] = []
  let length = 0
  try {
    for await (const chunk of unzipped as AsyncIterable<Buffer>) {
      chunks.push(chunk)
      length += chunk.length
      if (length >= bytes) break
    }
  } catch {
    return ''
  } finally {
    source.destroy()
  }
  return hashOf(Buffer.concat(chunks).subarray(0, bytes))
}

async function headOf(file: FileHandle, bytes: number): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(bytes), 0, bytes, 0)
  return buffer.subarray(0, bytesRead)
}

function hashOf(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex').slice(0, 32)
}
