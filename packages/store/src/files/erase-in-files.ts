import { type FileHandle, open, stat } from 'node:fs/promises'
import { eraseInGzip, removeLeftGzips, unpackedLines } from './erase-in-gzip.ts'
import {
  ERASING_STEPS,
  type ErasedLine,
  type LineEraser,
  lineEraser,
  recordIn,
} from './erased-line.ts'
import { type FileLine, fileLines, isGzip } from './file-lines.ts'
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
 * keeps its length, so that whoever still writes to the file is not disturbed; a compressed one is written anew. What leads
 * to other lines goes after them, so that a run that was killed, or could not write, is finished by the next one. Doing so
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
  const erase = async (): Promise<void> => {
    others.length = 0
    await each(async (path) => {
      const lines = await learnNames(path, person, options.ids ?? [])
      if (lines > 0) others.push({ path, lines })
    })
    await read('traces')
    person.endTraces()
    await read('remarks')
    const unread = failed.size
    for (const step of ERASING_STEPS) {
      const erased = lineEraser(person, step)
      const isLeading = person.hasEdits || person.leadsElsewhere || failed.size > unread
      // What leads to others has to be there until they are gone.
      const mustStay = step !== 'content' && failed.size > 0 && isLeading
      await each(async (path) => {
        if (!(await hasAny(path, erased))) return
        if (mustStay) throw new Error(MUST_STAY)
        await eraseIn(path, erased, ({ kind }, count) => {
          sum[kind] += count
          changed.add(path)
        })
      })
    }
  }
  await removeLeftGzips(paths)
  // Of what is written meanwhile nobody knows yet what it leads to: it goes in the next round.
  let bytes = -1
  for (let round = 1; round <= MOST_ROUNDS; round += 1) {
    const now = await bytesOf(paths)
    if (now === bytes) break
    bytes = now
    await erase()
  }
  const failures = [...failed].map(([path, error]) => ({ path, error }))
  return { files: changed.size, ...sum, missing: person.unmet, others, failed: failures }
}

/** A person who goes on writing is not waited for. */
const MOST_ROUNDS = 4

/** Of plain files: compressed ones do not grow. */
async function bytesOf(paths: readonly string[]): Promise<number> {
  const plain = paths.filter((path) => !path.endsWith('.gz'))
  const infos = await Promise.all(plain.map((path) => stat(path).catch(() => undefined)))
  return infos.reduce((sum, info) => sum + (info?.size ?? 0), 0)
}

const MUST_STAY =
  'Its metadata leads to content in files that failed, and stays until they are done'

/** A file of which nothing goes need not be written. */
async function hasAny(path: string, erased: LineEraser): Promise<boolean> {
  for await (const { text } of linesIn(path)) if (erased(text) !== undefined) return true
  return false
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
  if (await isGzipAt(path)) {
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

/** Told how many lines were erased, as soon as they are: what comes next may fail. */
type OnErased = (erased: ErasedLine, count: number) => void

async function eraseIn(path: string, erased: LineEraser, onErased: OnErased): Promise<void> {
  if (!(await isGzipAt(path))) {
    await eraseInPlain(path, erased, onErased)
    return
  }
  const { first, count } = await eraseInGzip(path, erased)
  if (first !== undefined) onErased(first, count)
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
        onErased(left, 1)
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

async function isGzipAt(path: string): Promise<boolean> {
  const file = await open(path)
  try {
    return await isGzip(file)
  } finally {
    await file.close()
  }
}
