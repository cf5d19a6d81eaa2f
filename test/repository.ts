import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** The repository's root, ending in a slash. */
export const ROOT: string = fileURLToPath(new URL('../../', import.meta.url))

/** What these tests need of a package.json. */
export interface Manifest {
  readonly name: string
  readonly version: string
  readonly exports?: { readonly [subpath: string]: unknown }
  readonly dependencies?: { readonly [name: string]: string }
  readonly optionalDependencies?: { readonly [name: string]: string }
  readonly peerDependencies?: { readonly [name: string]: string }
  readonly devDependencies?: { readonly [name: string]: string }
}

/** A file of the repository as text; the path is relative to the root. */
export function readText(path: string): string {
  return readFileSync(ROOT + path, 'utf8')
}

/** The package.json of a folder, relative to the root. */
export function readManifest(folder: string): Manifest {
  return JSON.parse(readText(`${folder}/package.json`)) as Manifest
}

/** The names of the folders in `packages/`, sorted. */
export function packageFolders(): string[] {
  return readdirSync(`${ROOT}packages`)
    .filter((name) => existsSync(`${ROOT}packages/${name}/package.json`))
    .sort()
}

/** Every file that is committed or could be: tracked, or new and not ignored. Paths relative to the root. */
export function repositoryFiles(): string[] {
  const list = ['ls-files', '-z', '--cached', '--others', '--exclude-standard']
  return execFileSync('git', list, { cwd: ROOT, encoding: 'utf8' })
    .split('\0')
    .filter((path) => path !== '' && existsSync(ROOT + path))
}

/** The pages for readers. */
export function markdownFiles(): string[] {
  return repositoryFiles().filter((path) => path.endsWith('.md'))
}
