import { renameSync, statSync } from 'node:fs'
import { readdir, rm } from 'node:fs/promises'
import type { LoggerWarningCode } from '../warnings.ts'
import { claimSlot } from './claim.ts'
import { compress, isCompleteCopy, removeDeadRemains } from './compress.ts'
import { dayOf, type Family, parseName, pathIn, slotName } from './file-names.ts'
import { movedPath, type RotatedFile, rotatedFiles } from './rotated-files.ts'

/** What happens to rotated files. */
export interface ArchiveSettings {
  readonly every: 'day' | 'never'
  readonly keep: number
  readonly gzip: boolean
  readonly clock: () => number
}

/** Looks after rotated files in the background: compresses them, deletes old ones, repairs what a crash left. */
export class Archive {
  readonly #family: Family
  readonly #settings: ArchiveSettings
  readonly #warned = new Set<LoggerWarningCode>()
  #running: Promise<void> | undefined
  #again = false
  #slot = 1

  constructor(family: Family, settings: ArchiveSettings) {
    this.#family = family
    this.#settings = settings
  }

  /** Tidies the files of a slot; the process with slot 1 also those of slots that nobody uses. */
  tidySoon(slot: number): void {
    this.#slot = slot
    this.#again = true
    this.#running ??= this.#run()
  }

  /** One warning of a kind. */
  warn(code: LoggerWarningCode, message: string, error: unknown): void {
    if (this.#warned.has(code)) return
    this.#warned.add(code)
    const cause = error instanceof Error ? error.message : String(error)
    process.emitWarning(`${message} ${cause}`, { type: 'RecountWarning', code })
  }

  async #run(): Promise<void> {
    while (this.#again) {
      this.#again = false
      const slot = this.#slot
      try {
        await this.#tidy(slot)
        if (slot === 1) await this.#tidyUnused()
      } catch (error) {
        // Another process was quicker, or the folder is gone: nothing is left to do.
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') continue
        const message = `Cannot compress or delete rotated files in ${this.#family.folder}; they stay.`
        this.warn('LOGGER_COMPRESSION_FAILED', message, error)
      }
    }
    this.#running = undefined
  }

  async #tidy(slot: number): Promise<void> {
    const names = await readdir(this.#family.folder)
    await removeDeadRemains(this.#family, slot, names)
    const files = rotatedFiles(this.#family, slot, names)
    const { keep, gzip } = this.#settings
    const surplus = Math.max(0, files.length - keep)
    for (const file of files.slice(0, surplus)) await this.#remove(file)
    for (const file of files.slice(surplus)) {
      if (file.plain === undefined) continue
      const plain = pathIn(this.#family, file.plain)
      if (file.compressed !== undefined && (await isCompleteCopy(plain))) {
        await rm(plain, { force: true })
      } else if (gzip) await compress(this.#family, file.plain)
    }
  }

  async #remove(file: RotatedFile): Promise<void> {
    for (const name of [file.plain, file.compressed]) {
      if (name !== undefined) await rm(pathIn(this.#family, name), { force: true })
    }
  }

  /** Files of slots that were used when more processes ran. Holding the slot keeps a new process away from them. */
  async #tidyUnused(): Promise<void> {
    const names = await readdir(this.#family.folder)
    const slots = new Set(names.map((name) => parseName(this.#family, name)?.slot ?? 1))
    slots.delete(1)
    for (const slot of slots) {
      const claim = claimSlot(this.#family, slot)
      if (claim === undefined) continue
      try {
        this.#rotateLeftover(slot)
        await this.#tidy(slot)
      } finally {
        claim.release()
      }
    }
  }

  #rotateLeftover(slot: number): void {
    const path = pathIn(this.#family, slotName(this.#family, slot))
    const stat = statSync(path, { throwIfNoEntry: false })
    if (stat === undefined || this.#settings.every === 'never') return
    const day = dayOf(stat.mtimeMs)
    if (day < dayOf(this.#settings.clock())) renameSync(path, movedPath(this.#family, slot, day))
  }
}
