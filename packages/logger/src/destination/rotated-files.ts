import { readdirSync } from 'node:fs'
import { type Family, parseName, pathIn, rotatedName } from './file-names.ts'

/** Where a slot's file goes when it is rotated: a name that is free, and after all others of that day. */
export function movedPath(family: Family, slot: number, day: string): string {
  const names = readdirSync(family.folder)
  const last = rotatedFiles(family, slot, names).findLast((file) => file.day === day)
  for (let number = (last?.number ?? 0) + 1; ; number++) {
    const name = rotatedName(family, slot, day, number)
    // Renaming would replace what is there, whoever made it.
    if (!names.includes(name) && !names.includes(`${name}.gz`)) return pathIn(family, name)
  }
}

/** A rotated file, by its names: plain, compressed, or (after a crash) both. */
export interface RotatedFile {
  readonly day: string
  readonly number: number
  plain: string | undefined
  compressed: string | undefined
}

/** The rotated files of a slot, oldest first. */
export function rotatedFiles(
  family: Family,
  slot: number,
  names: readonly string[],
): RotatedFile[] {
  const files = new Map<string, RotatedFile>()
  for (const name of names) {
    const parsed = parseName(family, name)
    if (parsed?.rotated === undefined || parsed.slot !== slot) continue
    const key = `${parsed.rotated.day}.${parsed.rotated.number}`
    const file = files.get(key) ?? { ...parsed.rotated, plain: undefined, compressed: undefined }
    if (parsed.compressed) file.compressed = name
    else file.plain = name
    files.set(key, file)
  }
  return [...files.values()].sort(
    (one, other) => one.day.localeCompare(other.day) || one.number - other.number,
  )
}
