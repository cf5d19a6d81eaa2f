import { isRow, type Row } from '../shapes/paths.ts'
import type { LogShape } from '../shapes/shape.ts'
import { type LikenessKeys, likenessKeysOf } from './call-likeness.ts'
import { type Candidate, candidatesOf } from './candidates.ts'
import { type Endings, endingsOf } from './endings.ts'
import { leavesOf } from './leaves.ts'

/** What the keys of a record may mean, the same for all records with the same keys. */
export interface Layout {
  /** The shape whose fields come first, where one was recognised. */
  readonly base: LogShape | undefined
  readonly candidates: readonly Candidate[]
  readonly endings: Endings
  readonly likeness: LikenessKeys
  /** False where nothing in it could make a record a call. */
  readonly hopeful: boolean
}

/** The layout of a record; `base` is the open shape that it has, if any. */
export function layoutOf(row: Row, base: LogShape | undefined): Layout {
  const leaves = leavesOf(row)
  const found = candidatesOf(leaves)
  const candidates = found.filter(({ key, path }) => !isKnown(base, key, path))
  const keys = new Set(found.map(({ key }) => key))
  const hopeful =
    base !== undefined || keys.has('model') || keys.has('input_tokens') || keys.has('output_tokens')
  return {
    base,
    candidates,
    endings: endingsOf(leaves, othersOf(row)),
    likeness: likenessKeysOf(leaves),
    hopeful,
  }
}

function isKnown(base: LogShape | undefined, key: string, path: string): boolean {
  return base?.fields[key]?.some((source) => source.path === path) ?? false
}

/** Where objects, lists and nulls are, which are no leaves. */
function othersOf(row: Row): string[] {
  return Object.entries(row).flatMap(([key, value]) => {
    if (typeof value !== 'object') return []
    if (!isRow(value)) return [key]
    const inner = Object.keys(value).filter((name) => typeof value[name] === 'object')
    return [key, ...inner.map((name) => `${key}.${name}`)]
  })
}
