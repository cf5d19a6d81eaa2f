import { createReadStream, createWriteStream } from 'node:fs'
import { chmod, type FileHandle, open, rename, rm, stat } from 'node:fs/promises'
import { pipeline } from 'node:stream/promises'
import { createGunzip, createGzip } from 'node:zlib'
import { type ErasedLine, type LineEraser, lineEraser, recordIn } from './erased-line.ts'
import { type FileLine, fileLines, linesOf } from './file-lines.ts'
import { type ErasedPerson, PersonLines, type Reading } from './person-lines.ts'

/** Whose words go from files: spans that `Store.erase` names, and with `ids` every line that names the person. */
export interface EraseInFilesOptions extends ErasedPerson {
  readonly paths: readonly string[]
}

/** What went from files. */
export interface ErasedInFiles {
  /** Files that were changed. */
  readonly files: number
  /** Content lines that went. */
  readonly lines: number
  /** Metadata lines of which only numbers, models and endings are left. */
  readonly stripped: number
  /** Pieces of content that metadata lines lead to and that no file had: elsewhere, or pruned. */
  readonly missing: number
  /** Lines of other shapes that name the person: they were not touched. */
  readonly others: readonly { readonly path: string; readonly lines: number }[]
  /** Files that could not be read or changed; what they hold is still there. */
  readonly failed: readonly { readonly path: string; readonly error: string }[]
}

/**
 * Takes a person out of files: what names them, what belongs to their spans, and what was said about their answers. A
 * content line becomes a tombstone, and a metadata line loses what `Store.erase` takes from it. In a plain file each line
 * keeps its length, so that whoever still writes to the file is not disturbed; a compressed one is written anew. Doing so
 * again changes nothing.
 */
export async function eraseInFiles(options: EraseInFilesOptions): Promise<ErasedInFiles> {
  const { paths } = options
  const person = new PersonLines(options)
  const failed = new Map<string, string>()
  const changed = new Set<string>()
  const sum = { lines: 0, stripped: 0 }
  const each = async (act: (path: string) => Promise<void>): Promise<void> => {
    for (const path of paths)
      if (!failed.has(path))
        await act(path).catch((error: Error) => void failed.set(path, error.message))
  }
  const read = (reading: Reading) => each((path) => learnFrom(path, person, reading))
  const others: { path: string; lines: number }[] = []
  await each(async (path) => {
    const lines = await learnNames(path, person, options.ids ?? [])
    if (lines > 0) others.push({ path, lines })
  })
  await read('traces')
  person.endTraces()
  await read('remarks')
  for (const kind of ['lines', 'stripped'] as const) {
    const erased = lineEraser(person, kind)
    // What leads to content has to be there until the content is gone.
    const mustStay = kind === 'stripped' && failed.size > 0 && person.hasEdits
    await each(async (path) => {
      if (mustStay) return checkNothing(path, erased)
      await eraseIn(path, erased, (count) => {
        sum[kind] += count
        changed.add(path)
      })
    })
  }
  const failures = [...failed].map(([path, error]) => ({ path, error }))
  return { files: changed.size, ...sum, missing: person.unmet, others, failed: failures }
}

async function checkNothing(path: string, erased: LineEraser): Promise<void> {
  for await (const { text } of linesIn(path))
    if (erased(text) !== undefined)
      throw new Error(
        'Its metadata leads to content in files that failed, and stays until they are done',
      )
}

/** Answers how many lines of other shapes name the person. */
async function learnNames(
  path: string,
  person: PersonLines,
  ids: readonly string[],
): Promise<number> {
  const names = ids.map((id) => JSON.stringify(id))
  let others = 0
  for await (const { text } of linesIn(path)) {
    const record = recordIn(text)
    if (record !== undefined) person.learn(record, 'names')
    else if (names.some((name) => text.includes(name))) others += 1
  }
  return others
}

async function learnFrom(path: string, person: PersonLines, reading: Reading): Promise<void> {
  for await (const { text } of linesIn(path)) {
    const record = recordIn(text)
    if (record !== undefined) person.learn(record, reading)
  }
}

async function* linesIn(path: string): AsyncGenerator<FileLine> {
  if (await isGzip(path)) {
    yield* unpackedLines(path)
    return
  }
  const file = await open(path)
  try {
    yield* fileLines(file, 0)
  } finally {
    await file.close()
  }
}

async function* unpackedLines(path: string): AsyncGenerator<FileLine> {
  const source = createReadStream(path)
  const gunzip = source.pipe(createGunzip())
  source.on('error', (error) => gunzip.destroy(error))
  try {
    yield* linesOf(gunzip as AsyncIterable<Buffer>, 0)
  } finally {
    source.destroy()
  }
}

/** Told how many lines were erased, as soon as they are: what comes next may fail. */
type OnErased = (count: number) => void

async function eraseIn(path: string, erased: LineEraser, onErased: OnErased): Promise<void> {
  if (await isGzip(path)) await eraseInGzip(path, erased, onErased)
  else await eraseInPlain(path, erased, onErased)
}

async function eraseInPlain(path: string, erased: LineEraser, onErased: OnErased): Promise<void> {
  const file = await open(path, 'r+')
  let isChanged = false
  let start = 0
  try {
    for await (const line of fileLines(file, 0)) {
      const left = erased(line.text)
      if (left !== undefined) {
        await overwrite(file, start, line.end - (line.isWhole ? 1 : 0) - start, left)
        onErased(1)
        isChanged = true
      }
      start = line.end
    }
    if (isChanged) await file.sync()
  } finally {
    await file.close()
  }
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

async function eraseInGzip(path: string, erased: LineEraser, onErased: OnErased): Promise<void> {
  const temporary = `${path}.${process.pid}.erasing`
  let count = 0
  async function* kept(): AsyncGenerator<string> {
    for await (const line of unpackedLines(path)) {
      const left = erased(line.text)
      if (left !== undefined) count += 1
      yield `${left?.texts[0] ?? line.text}${endOf(line)}`
    }
  }
  try {
    const { mode } = await stat(path)
    await pipeline(kept(), createGzip(), createWriteStream(temporary, { mode: 0o600 }))
    if (count > 0) {
      await chmod(temporary, mode)
      await rename(temporary, path)
      onErased(count)
    }
  } finally {
    await rm(temporary, { force: true })
  }
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
