import { randomBytes } from 'node:crypto'
import { mkdir, open, rename, rm } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { syncFolder } from '../durable-file.ts'
import { makeFolder } from '../folder.ts'
import { BundleFile, type ListedFile } from './bundle-file.ts'
import { checkFree } from './export-request.ts'

/** A bundle that is being made beside its place, under another name: it is there as a whole or not at all. */
export class BundleFolder {
  /** Where it is until it is whole. */
  readonly dir: string
  readonly #out: string
  readonly #folders = new Set<string>()
  readonly #open = new Set<BundleFile>()
  readonly #listed: ListedFile[] = []

  private constructor(out: string, dir: string) {
    this.#out = out
    this.dir = dir
  }

  /** Begins a bundle. Nobody but the user may read it. */
  static async begin(out: string): Promise<BundleFolder> {
    const place = resolve(out)
    await makeFolder(dirname(place))
    const name = `.${basename(place)}.${randomBytes(6).toString('hex')}.tmp`
    const dir = join(dirname(place), name)
    await mkdir(dir, { mode: 0o700 })
    return new BundleFolder(place, dir)
  }

  /** The files that are whole, by path. */
  get listed(): readonly ListedFile[] {
    return this.#listed.toSorted((a, b) => (a.path < b.path ? -1 : 1))
  }

  /** Begins a file. */
  async file(path: string): Promise<BundleFile> {
    const folder = dirname(join(this.dir, path))
    if (!this.#folders.has(folder)) await mkdir(folder, { recursive: true, mode: 0o700 })
    for (let at = folder; at.length > this.dir.length; at = dirname(at)) this.#folders.add(at)
    const file = new BundleFile(path, await open(join(this.dir, path), 'wx', 0o600))
    this.#open.add(file)
    return file
  }

  /** Ends a file. */
  async end(file: BundleFile): Promise<void> {
    this.#open.delete(file)
    this.#listed.push(await file.close())
  }

  /** Writes a file as a whole. */
  async write(path: string, data: string | Buffer): Promise<void> {
    const file = await this.file(path)
    file.put(data)
    await this.end(file)
  }

  /** Puts the bundle in its place. Throws `AUDIT_EXPORT_EXISTS` where something has come there meanwhile. */
  async finish(): Promise<void> {
    for (const folder of this.#folders) await syncFolder(folder)
    await syncFolder(this.dir)
    checkFree(this.#out)
    await rename(this.dir, this.#out)
    await syncFolder(dirname(this.#out))
  }

  /** Takes away what was written so far. */
  async discard(): Promise<void> {
    for (const file of this.#open) await file.abandon()
    await rm(this.dir, { recursive: true, force: true })
  }
}
