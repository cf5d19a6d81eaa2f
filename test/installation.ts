import { execFileSync } from 'node:child_process'
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ROOT, readManifest } from './repository.ts'

/** An empty folder into which packages were installed from what would be published. */
export interface Installation {
  readonly folder: string
  /** Names of everything under node_modules, sorted. */
  readonly packages: readonly string[]
  /** Sum over all files of node_modules. */
  readonly bytes: number
  /** Runs a program of JavaScript in the folder and returns what it printed. */
  run(program: string, kind: 'module' | 'commonjs'): string
  remove(): void
}

/**
 * Packs the packages and all they depend on, and installs the packed files into an empty folder. What others published is
 * packed from the repository's node_modules, so this needs neither network nor cache.
 */
export function install(names: readonly string[]): Installation {
  const folder = mkdtempSync(join(tmpdir(), 'recount-installation-'))
  const packed = join(folder, 'packed')
  mkdirSync(packed)
  npm(ROOT, [
    'pack',
    '--silent',
    '--ignore-scripts',
    '--pack-destination',
    packed,
    ...closure(names),
  ])
  const files = readdirSync(packed).map((file) => `./packed/${file}`)
  writeFileSync(join(folder, 'package.json'), '{"private":true}\n')
  npm(folder, ['install', '--silent', '--offline', '--ignore-scripts', '--no-audit', ...files])
  const modules = join(folder, 'node_modules')
  return {
    folder,
    packages: installedPackages(modules).sort(),
    bytes: size(modules),
    run: (program, kind) =>
      execFileSync(process.execPath, [`--input-type=${kind}`, '--eval', program], {
        cwd: folder,
        encoding: 'utf8',
        env: { PATH: process.env.PATH, HOME: folder },
      }),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}

/** The folders of the named packages and of all that they depend on, optional peers left out. */
function closure(names: readonly string[]): string[] {
  const found = new Map<string, string>()
  const visit = (name: string, from: string): void => {
    const folder = locate(name, from)
    const known = found.get(name)
    if (known !== undefined && known !== folder) throw new Error(`${name} is there in two versions`)
    if (known !== undefined) return
    found.set(name, folder)
    const { dependencies, optionalDependencies } = readManifest(folder)
    for (const next of Object.keys({ ...dependencies, ...optionalDependencies }))
      visit(next, folder)
  }
  for (const name of names) visit(name, '')
  return [...found.values()].map((folder) => `./${folder}`)
}

/** Where Node would find a package that is required in a folder: the nearest node_modules on the way up. */
function locate(name: string, from: string): string {
  const folder = join(from, 'node_modules', name)
  if (existsSync(ROOT + folder)) return folder
  if (from === '') throw new Error(`${name} is not installed`)
  const up = from.split('/node_modules/').slice(0, -1).join('/node_modules/')
  return locate(name, up)
}

function npm(cwd: string, args: readonly string[]): void {
  execFileSync('npm', args, { cwd, stdio: ['ignore', 'ignore', 'inherit'] })
}

function installedPackages(modules: string): string[] {
  const names = readdirSync(modules).filter((name) => !name.startsWith('.'))
  return names.flatMap((name) => {
    const inner = join(modules, name, 'node_modules')
    const nested = existsSync(inner) ? installedPackages(inner) : []
    if (!name.startsWith('@')) return [name, ...nested]
    return readdirSync(join(modules, name)).map((scoped) => `${name}/${scoped}`)
  })
}

function size(path: string): number {
  const stat = lstatSync(path)
  if (!stat.isDirectory()) return stat.size
  return readdirSync(path).reduce((sum, name) => sum + size(join(path, name)), 0)
}
