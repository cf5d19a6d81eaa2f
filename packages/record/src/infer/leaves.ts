import { isRow, type Row } from '../shapes/paths.ts'

/** A scalar of a record and where it is. */
export interface Leaf {
  readonly path: string
  readonly segments: readonly string[]
  readonly value: string | number | boolean
}

const MAX_LEAVES = 200
const MAX_DEPTH = 5
/** Texts beyond are content, not metadata; they still say that the key is there. */
const MAX_KEY = 100
/** What nobody calls a key in earnest. */
const NO_NAMES = ['__proto__', 'constructor', 'prototype']

/** The scalars of a record, the outer ones first; lists and nulls are left out. */
export function leavesOf(row: Row): Leaf[] {
  const leaves: Leaf[] = []
  let level: Inner[] = [{ row, segments: [] }]
  for (let depth = 0; depth < MAX_DEPTH && level.length > 0; depth++) {
    const next: Inner[] = []
    for (const inner of level) collect(inner, leaves, next)
    level = next
  }
  return leaves
}

interface Inner {
  readonly row: Row
  readonly segments: readonly string[]
}

function collect({ row, segments }: Inner, leaves: Leaf[], next: Inner[]): void {
  for (const [key, value] of Object.entries(row)) {
    if (key.length > MAX_KEY || NO_NAMES.includes(key) || leaves.length >= MAX_LEAVES) continue
    const path = [...segments, key]
    if (isRow(value)) next.push({ row: value, segments: path })
    else if (isScalar(value)) leaves.push({ path: path.join('.'), segments: path, value })
  }
}

function isScalar(value: unknown): value is Leaf['value'] {
  return typeof value === 'number' || typeof value === 'string' || typeof value === 'boolean'
}

/** A text that is the same for records with the same scalars, nulls and lists of the same kinds in the same places. */
export function signatureOf(row: Row, depth = 0): string {
  let text = ''
  for (const key in row) {
    const value = row[key]
    const kind = typeof value
    if (kind === 'number') text += `${key}#`
    else if (kind === 'string') text += `${key}$`
    else if (kind === 'boolean') text += `${key}?`
    else if (value === null) text += `${key}0`
    else if (Array.isArray(value)) text += `${key}[`
    else if (isRow(value) && depth < MAX_DEPTH - 1)
      text += `${key}{${signatureOf(value, depth + 1)}}`
  }
  return text
}
