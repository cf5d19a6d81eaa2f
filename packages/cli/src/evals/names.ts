import { existsSync } from 'node:fs'
import { namesFiles } from '../show/choose-trace.ts'

/** Which of these names are ids, and which files: what is there, or can only be meant as files. */
export function idsAndFiles(names: readonly string[]): {
  readonly ids: readonly string[]
  readonly files: readonly string[]
} {
  const isFile = (name: string): boolean => namesFiles(name) || existsSync(name)
  return { ids: names.filter((name) => !isFile(name)), files: names.filter(isFile) }
}
