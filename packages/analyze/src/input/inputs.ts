import { stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { AnalyzeError } from '../errors.ts'
import { isPattern, matchFiles } from './glob.ts'
import type { LineSource } from './line-source.ts'

/** Something to read: a file, stdin, or lines from elsewhere. */
export interface Input {
  /** As people know it: the path as found, `-` for stdin, or the name of a source. */
  readonly name: string
  /** What to open; null for stdin and for a source. */
  readonly path: string | null
  /** Where its lines come from, when it is neither; then `path` is null, too. */
  readonly source?: LineSource
  /** The same log in its compressed form, which is not read because this one is. */
  readonly twin?: string
}

/**
 * The inputs that paths and patterns name, in the order given, the matches of one pattern by name.
 * `-` is stdin. A file is read once, whatever number of patterns or links lead to it, and of `x`
 * and `x.gz` only `x` is (a crash between compressing and deleting leaves both).
 * A missing file or a pattern without a match is ANALYZE_INPUT_NOT_FOUND.
 */
export async function expandInputs(patterns: readonly string[]): Promise<Input[]> {
  checkPatterns(patterns)
  const inputs = new Map<string, Input>()
  for (const pattern of patterns) {
    for (const path of await expand(pattern)) {
      const id = path === null ? '-' : await identity(path)
      if (!inputs.has(id)) inputs.set(id, { name: path ?? '-', path })
    }
  }
  return withoutTwins([...inputs.values()])
}

function checkPatterns(patterns: readonly unknown[]): void {
  if (!Array.isArray(patterns) || patterns.length === 0) {
    throw new AnalyzeError(
      'ANALYZE_OPTION_INVALID',
      'Expected `patterns` to name at least one file, pattern or `-`, got none',
    )
  }
  for (const pattern of patterns) {
    if (typeof pattern === 'string' && pattern !== '' && !pattern.includes('\0')) continue
    const got = `\`${String(pattern)}\` (${typeof pattern})`
    throw new AnalyzeError(
      'ANALYZE_OPTION_INVALID',
      `Expected every one of \`patterns\` to be a path, a pattern or \`-\`, got ${got}`,
    )
  }
}

async function expand(pattern: string): Promise<(string | null)[]> {
  if (pattern === '-') return [null]
  const info = await stat(pattern).catch(() => undefined)
  if (info?.isDirectory()) {
    const files = `${pattern.replace(/[\\/]+$/, '')}/**/*.jsonl*`
    throw new AnalyzeError(
      'ANALYZE_INPUT_NOT_FOUND',
      `${pattern} is a folder. To read the logs in it, say '${files}'`,
    )
  }
  if (info !== undefined) return [pattern]
  const found = isPattern(pattern) ? await matchFiles(pattern) : []
  if (found.length > 0) return found
  throw new AnalyzeError(
    'ANALYZE_INPUT_NOT_FOUND',
    isPattern(pattern) ? `No file matches ${pattern}` : `There is no file ${pattern}`,
  )
}

/** Device and inode: the same through every link. */
async function identity(path: string): Promise<string> {
  const { dev, ino } = await stat(path, { bigint: true })
  return `${dev}:${ino}`
}

function withoutTwins(inputs: readonly Input[]): Input[] {
  const names = new Map(
    inputs.flatMap(({ path }) => (path === null ? [] : [[resolve(path), path]])),
  )
  return inputs.flatMap((input) => {
    if (input.path === null) return [input]
    const full = resolve(input.path)
    if (full.endsWith('.gz') && names.has(full.slice(0, -3))) return []
    const twin = names.get(`${full}.gz`)
    return [twin === undefined ? input : { ...input, twin }]
  })
}
