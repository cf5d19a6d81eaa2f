import { createReadStream, createWriteStream } from 'node:fs'
import { chmod, chown, readdir, rename, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { createGunzip, createGzip } from 'node:zlib'
import type { ErasedLine, LineEraser } from './erased-line.ts'
import { type FileLine, linesOf } from './file-lines.ts'

/** What went from a compressed file: the first of the lines, and how many; of all the same kind. */
export interface ErasedInGzip {
  readonly first: ErasedLine | undefined
  readonly count: number
}

/** Takes lines out of a compressed file, which is written anew beside it and is in its place once it is on the disk. */
export async function eraseInGzip(path: string, erased: LineEraser): Promise<ErasedInGzip> {
  const { mode, uid, gid, ino } = await stat(path)
  const temporary = join(dirname(path), `.${ino}.${process.pid}.erasing`)
  let first: ErasedLine | undefined
  let count = 0
  async function* kept(): AsyncGenerator<string> {
    for await (const line of unpackedLines(path)) {
      const left = erased(line.text)
      if (left !== undefined) count += 1
      first ??= left
      yield `${left?.texts[0] ?? line.text}${line.isWhole ? '\n' : ''}`
    }
  }
  try {
    const target = createWriteStream(temporary, { mode: 0o600, flush: true })
    await pipeline(kept(), createGzip(), target)
    await chown(temporary, uid, gid).catch(ignored)
    await chmod(temporary, mode)
    await rename(temporary, path)
  } finally {
    await rm(temporary, { force: true })
  }
  return { first, count }
}

/** Lines of a compressed file. */
export async function* unpackedLines(path: string): AsyncGenerator<FileLine> {
  const source = createReadStream(path)
  const gunzip = source.pipe(createGunzip())
  source.on('error', (error) => gunzip.destroy(error))
  try {
    yield* linesOf(gunzip as AsyncIterable<Buffer>, 0)
  } finally {
    source.destroy()
  }
}

/** Removes what a killed erasure wrote beside compressed files: it has of the person what was not erased yet. */
export async function removeLeftGzips(paths: readonly string[]): Promise<void> {
  for (const folder of new Set(paths.map((path) => dirname(path))))
    for (const name of await readdir(folder).catch(() => [])) {
      const [, pid] = /^\.\d+\.(\d+)\.erasing$/.exec(name) ?? []
      if (pid !== undefined && !isRunning(Number(pid)))
        await rm(join(folder, name), { force: true })
    }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** Only root may give a file away; to whoever else it is their own. */
function ignored(): void {}
