import type { Dirent } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { join, parse, sep } from 'node:path'
import { AnalyzeError } from '../errors.ts'

/** Whether a text has a character that stands for others: `*`, `?` or `[`. */
export function isPattern(text: string): boolean {
  return /[*?[]/.test(text)
}

/**
 * The files that match, sorted by name. `*` and `?` stop at a folder's border, `**` crosses it,
 * `[a-z]` and `[!a-z]` stand for one character; a leading dot must be written out.
 * `**` does not follow links to folders (they may be circular); a folder that cannot be listed is
 * ANALYZE_INPUT_UNREADABLE.
 */
export async function matchFiles(pattern: string): Promise<string[]> {
  const { root } = parse(pattern)
  const segments = pattern
    .slice(root.length)
    .split(sep === '\\' ? /[\\/]/ : '/')
    .filter((segment) => segment !== '')
  const found = new Set<string>()
  await walk(root, segments, found)
  return [...found].sort((a, b) => (a < b ? -1 : 1))
}

async function walk(folder: string, segments: readonly string[], found: Set<string>) {
  const [segment, ...rest] = segments
  if (segment === undefined) return
  if (segment !== '**' && !isPattern(segment)) {
    await enter(join(folder, segment), rest, found)
    return
  }
  if (segment === '**') await walk(folder, rest.length > 0 ? rest : ['*'], found)
  const matches = segmentRule(segment)
  for (const entry of await list(folder)) {
    const path = join(folder, entry.name)
    if (segment === '**') {
      if (entry.isDirectory() && !entry.name.startsWith('.')) await walk(path, segments, found)
    } else if (matches(entry.name)) {
      await enter(path, rest, found)
    }
  }
}

async function enter(path: string, rest: readonly string[], found: Set<string>) {
  const info = await stat(path).catch(() => undefined)
  if (info === undefined) return
  if (rest.length === 0) {
    if (!info.isDirectory()) found.add(path)
  } else if (info.isDirectory()) {
    await walk(path, rest, found)
  }
}

async function list(folder: string): Promise<Dirent[]> {
  try {
    return await readdir(folder === '' ? '.' : folder, { withFileTypes: true })
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return []
    const message = `Could not list the folder ${folder}: ${(cause as Error).message}`
    throw new AnalyzeError('ANALYZE_INPUT_UNREADABLE', message, { cause })
  }
}

const STAR = Symbol('any number of characters')
/** What one character of a name must be, or any number of any. */
type Rule = typeof STAR | ((character: string) => boolean)

function segmentRule(segment: string): (name: string) => boolean {
  const rules = (segment.match(/\[[!^]?\]?[^\]]*\]|\*+|./gsu) ?? []).map(toRule)
  return (name) => (segment.startsWith('.') || !name.startsWith('.')) && isMatch(rules, [...name])
}

function toRule(token: string): Rule {
  if (token.startsWith('*')) return STAR
  if (token === '?') return () => true
  const [, not, set] = /^\[([!^]?)(.*)\]$/su.exec(token) ?? []
  if (set === undefined) return (character) => character === token
  const rule = new RegExp(`^[${not ? '^' : ''}${set.replace(/[\\\][^]/g, '\\$&')}]$`, 'u')
  return (character) => rule.test(character)
}

/** Only the last star is ever tried again: with all of them, the time would grow with every star. */
function isMatch(rules: readonly Rule[], characters: readonly string[]): boolean {
  let next = 0
  let afterStar: number | undefined
  let resume = 0
  for (let at = 0; at < characters.length; ) {
    const rule = rules[next]
    if (rule === STAR) {
      next += 1
      afterStar = next
      resume = at
    } else if (rule?.(characters[at] as string)) {
      next += 1
      at += 1
    } else if (afterStar === undefined) {
      return false
    } else {
      next = afterStar
      resume += 1
      at = resume
    }
  }
  return rules.slice(next).every((rule) => rule === STAR)
}
