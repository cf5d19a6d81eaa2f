import { renameSync, statSync } from 'node:fs'
import { AppendFile } from './append-file.ts'
import { Archive } from './archive.ts'
import { type Claim, claimFreeSlot } from './claim.ts'
import { dayOf, type Family, familyOf, nextMidnight, pathIn, slotName } from './file-names.ts'
import { movedPath } from './rotated-files.ts'
import { FILE_PIECE_BYTES, PIPE_PIECE_BYTES, type Sink } from './sink.ts'

/** A rotating file's options, all set. */
export interface FileSettings {
  /** Absolute. */
  readonly path: string
  readonly maxBytes: number
  readonly every: 'day' | 'never'
  readonly keep: number
  readonly gzip: boolean
  readonly mode: number
  readonly clock: () => number
}

/** How often the path is looked at, and a failed rotation is tried again. */
const LOOK_MS = 1000

/** The file at a path, or beside it when another process has claimed that; rotated by size and day. */
export class FileSink implements Sink {
  readonly name: string
  readonly warningsStallToo = false
  readonly #settings: FileSettings
  readonly #family: Family
  readonly #archive: Archive
  #file: AppendFile | undefined
  /** Undefined also where no claims are possible: for devices and in folders that are not writable. */
  #claim: Claim | undefined
  #path: string
  #opening = 0
  /** When the open file's day is over. */
  #midnight = 0
  #looked = 0
  #rotateNotBefore = 0
  #leaving = false

  constructor(settings: FileSettings) {
    this.name = settings.path
    this.#path = settings.path
    this.#settings = settings
    this.#family = familyOf(settings.path)
    this.#archive = new Archive(this.#family, settings)
  }

  get pieceBytes(): number {
    return this.#file?.isRegular === false ? PIPE_PIECE_BYTES : FILE_PIECE_BYTES
  }

  prepare(bytes: number, midLine: boolean): number {
    const now = this.#settings.clock()
    if (Math.abs(now - this.#looked) >= LOOK_MS) this.#look(now)
    const file = this.#file ?? this.#open(now)
    if (!midLine && this.#isFull(file, bytes, now)) this.#rotate(file, now)
    return this.#opening
  }

  put(bytes: Uint8Array, from: number, length: number): number {
    try {
      return this.#file?.put(bytes, from, length) ?? 0
    } catch (error) {
      if (LOST.has((error as NodeJS.ErrnoException).code ?? '')) this.reopen()
      throw error
    }
  }

  takeBack(bytes: number, opening: number): void {
    if (opening === this.#opening) this.#file?.takeBack(bytes)
  }

  reopen(): void {
    this.#file?.close()
    this.#file = undefined
  }

  /** Another process may have the path from here on, so this one does not move files any more. */
  leave(): void {
    this.#leaving = true
    this.#claim?.release()
    this.#claim = undefined
  }

  close(): void {
    this.leave()
    this.reopen()
  }

  /** Somebody may have moved or removed the file or the claim; what was written since the last look went with it. */
  #look(now: number): void {
    this.#looked = now
    if (this.#leaving) return
    if (this.#claim?.isHeld() === false) {
      this.#claim = undefined
      this.reopen()
    } else if (this.#file?.isReplaced()) this.reopen()
  }

  #open(now: number): AppendFile {
    if (this.#claim === undefined && !this.#leaving) {
      this.#claim = claimUnlessImpossible(this.#family, this.name)
      this.#path = pathIn(this.#family, slotName(this.#family, this.#claim?.slot ?? 1))
    }
    const file = new AppendFile(this.#path, this.#modes())
    this.#use(file, file.size > 0 ? file.modified : now)
    this.#looked = now
    if (this.#claim !== undefined) this.#archive.tidySoon(this.#claim.slot)
    return file
  }

  #use(file: AppendFile, lastWritten: number): void {
    this.#file = file
    this.#opening += 1
    this.#midnight = nextMidnight(lastWritten)
  }

  #isFull(file: AppendFile, bytes: number, now: number): boolean {
    const { every, maxBytes } = this.#settings
    const isOld = every === 'day' && now >= this.#midnight
    if (file.size === 0) {
      if (isOld) this.#midnight = nextMidnight(now)
      return false
    }
    return isOld || file.size + bytes > maxBytes
  }

  /** Never throws: as long as there is no new file, lines go on in the old one. */
  #rotate(file: AppendFile, now: number): void {
    if (this.#claim === undefined || now < this.#rotateNotBefore) return
    try {
      const { slot } = this.#claim
      const day = dayOf(this.#midnight - 1)
      const rotated = movedPath(this.#family, slot, day)
      if (!file.isReplaced()) renameSync(file.path, rotated)
      this.#use(this.#openAfterRename(file.path, rotated), now)
      file.close()
      this.#archive.tidySoon(slot)
    } catch (error) {
      this.#rotateNotBefore = now + LOOK_MS
      this.#archive.warn(
        'LOGGER_ROTATION_FAILED',
        `Cannot rotate ${file.path}; it grows on.`,
        error,
      )
    }
  }

  #openAfterRename(path: string, rotated: string): AppendFile {
    try {
      return new AppendFile(path, this.#modes())
    } catch (error) {
      renameSync(rotated, path)
      throw error
    }
  }

  #modes(): { file: number; folder: number } {
    return { file: this.#settings.mode, folder: 0o750 }
  }
}

/** Codes that say that the open file itself is of no use any more. */
const LOST = new Set(['EBADF', 'EIO', 'ESTALE'])
/** Codes that will not change by themselves: the file may be writable where its folder is not. */
const IMPOSSIBLE = new Set(['EACCES', 'ENAMETOOLONG', 'EPERM', 'EROFS'])

function claimUnlessImpossible(family: Family, path: string): Claim | undefined {
  const stat = statSync(path, { throwIfNoEntry: false })
  if (stat !== undefined && !stat.isFile()) return undefined
  try {
    return claimFreeSlot(family)
  } catch (error) {
    if (IMPOSSIBLE.has((error as NodeJS.ErrnoException).code ?? '')) return undefined
    throw error
  }
}
