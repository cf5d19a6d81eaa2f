import type { TimeUnit } from '../shapes/shape.ts'
import { toEpoch, toNumber } from '../shapes/times.ts'
import { KEY_NAMES, type KeyNames, type ValueKind } from './key-names.ts'
import type { Leaf } from './leaves.ts'
import { BLOCKERS, FILLERS } from './name-words.ts'
import { isMoneyWord, moneyUnitOf, timeUnitOf } from './unit-words.ts'
import { wordsOf } from './words.ts'

/** A place that looks like a key of ours. */
export interface Candidate {
  readonly key: string
  readonly kind: ValueKind
  readonly path: string
  /** Smaller is better. */
  readonly rank: number
  /** Of a length or moment, where the name says it, or the value does. */
  readonly unit?: TimeUnit | 'in-value'
  /** Of money: a factor to dollars; null where it is some other money. */
  readonly scale?: number | null
  /** Of money: whether the name says so. */
  readonly named?: boolean
}

/** What only a unit makes the name of a length: `total_ms`, `took_s`, `ms`. */
const BARE_LENGTHS: readonly (readonly string[])[] = [
  ...[['total'], ['call'], ['request'], ['api'], ['out'], ['response'], ['time'], ['process'], []],
]
/** A parent that is not known costs more than any name. */
const UNKNOWN_PARENT = 1000

/** The keys of ours that a record's scalars may be, by name and kind of value, the best first. */
export function candidatesOf(leaves: readonly Leaf[]): Candidate[] {
  const named = leaves.flatMap((leaf) => candidatesAt(leaf, leaves))
  const found = [...named, ...pairOf(leaves, named)]
  const homes = found
    .filter(({ kind, key }) => kind === 'tokens' || key === 'model')
    .map(({ path }) => parentOf(path))
    .filter((home) => home !== '')
  return found
    .filter(({ rank, path }) => rank < UNKNOWN_PARENT || isAtHome(parentOf(path), homes))
    .sort((a, b) => a.rank - b.rank)
}

/** What is tokens where both stand beside each other as whole numbers, in a record with a model: `{"in": 120, "out": 40}`. */
const PAIRS = [
  ['in', 'out'],
  ['input', 'output'],
  ['prompt', 'completion'],
  ['prompt', 'response'],
] as const
/** Any name is better. */
const PAIR_RANK = 900

function pairOf(leaves: readonly Leaf[], named: readonly Candidate[]): Candidate[] {
  if (!named.some(({ key }) => key === 'model')) return []
  if (named.some(({ kind }) => kind === 'tokens')) return []
  const at = (path: string) =>
    leaves.find(
      (leaf) => leaf.path === path && Number.isSafeInteger(leaf.value) && +leaf.value >= 0,
    )
  for (const { segments } of leaves) {
    const parent = segments.slice(0, -1)
    // `{"price": {"input": 3, "output": 15}}` is something else.
    if (!parent.flatMap(wordsOf).every((word) => FILLERS.has(word) || word === 'usage')) continue
    for (const names of PAIRS) {
      const [input, output] = names.map((name) => at([...parent, name].join('.')))
      if (input === undefined || output === undefined) continue
      const base = { kind: 'tokens', rank: PAIR_RANK } as const
      return [
        { ...base, key: 'input_tokens', path: input.path },
        { ...base, key: 'output_tokens', path: output.path },
      ]
    }
  }
  return []
}

/** In the object of the model or the tokens, in one inside of it, or around it. */
function isAtHome(parent: string, homes: readonly string[]): boolean {
  if (parent === '') return true
  return homes.some(
    (home) => parent === home || parent.startsWith(`${home}.`) || home.startsWith(`${parent}.`),
  )
}

function parentOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('.')))
}

function candidatesAt(leaf: Leaf, leaves: readonly Leaf[]): Candidate[] {
  const segments = leaf.segments.map(wordsOf)
  const words = segments.flat()
  if (words.some((word) => BLOCKERS.has(word))) return []
  return KEY_NAMES.flatMap((names) => {
    const found = candidateAs(names, leaf, segments)
    return found === undefined ? [] : [withUnitBeside(found, leaf, leaves)]
  })
}

function candidateAs(
  names: KeyNames,
  leaf: Leaf,
  segments: readonly (readonly string[])[],
): Candidate | undefined {
  if (!suits(names.kind, leaf.value)) return undefined
  for (let from = 0; from < segments.length; from++) {
    const words = segments.slice(from).flat()
    const rest = withoutUnits(names.kind, words)
    const rank = rankOf(
      names.names,
      rest.words,
      names.key === 'duration_ms' && rest.unit !== undefined,
    )
    if (rank === undefined) continue
    if (names.kind === 'length' && !isLength(words, leaf.value)) return undefined
    const parents = segments.slice(0, from).flat()
    const unknown = parents.filter((word) => !FILLERS.has(word)).length
    return candidate(names, leaf, rest, rank + unknown * UNKNOWN_PARENT + from)
  }
  return undefined
}

function candidate({ key, kind }: KeyNames, leaf: Leaf, rest: Rest, rank: number): Candidate {
  const base = { key, kind, path: leaf.path, rank }
  if (kind === 'money') return { ...base, scale: rest.scale ?? null, named: rest.named ?? false }
  if (kind !== 'length' && kind !== 'moment') return base
  const inValue =
    kind === 'length' && typeof leaf.value === 'string' && toNumber(leaf.value) === null
  const unit = inValue ? 'in-value' : rest.unit
  return unit === undefined ? base : { ...base, unit }
}

/** A unit in a key of its own: `{"latency": {"value": 1.2, "unit": "s"}}`, `"cost": 3, "currency": "EUR"`. */
function withUnitBeside(
  candidate: Candidate,
  { segments }: Leaf,
  leaves: readonly Leaf[],
): Candidate {
  const { kind } = candidate
  if (kind !== 'money' && kind !== 'length') return candidate
  const parent = segments.slice(0, -1).join('.')
  const own = segments.at(-1)?.toLowerCase() ?? ''
  const beside = leaves.find((other) => {
    const name = other.segments.at(-1)?.toLowerCase() ?? ''
    const isBeside = other.segments.slice(0, -1).join('.') === parent
    return isBeside && isUnitName(name, own, kind, parent)
  })
  if (beside === undefined || typeof beside.value !== 'string') return candidate
  const words = wordsOf(beside.value)
  if (kind === 'money') {
    // A currency says that it is dollars, not whether they or their cents are counted.
    const { scale } = moneyUnitOf(words)
    return scale === 1 ? candidate : { ...candidate, scale, named: true }
  }
  const unit = words.map(timeUnitOf).find((known) => known !== undefined)
  return unit === undefined ? candidate : { ...candidate, unit }
}

function isUnitName(name: string, own: string, kind: ValueKind, parent: string): boolean {
  if (kind === 'money') return name === 'currency' || name.replace(/[_-]/, '') === `${own}currency`
  if (name.replace(/[_-]/, '') === `${own}unit`) return true
  return parent !== '' && (name === 'unit' || name === 'units')
}

interface Rest {
  readonly words: readonly string[]
  readonly unit?: TimeUnit
  readonly scale?: number | null
  readonly named?: boolean
}

function withoutUnits(kind: ValueKind, all: readonly string[]): Rest {
  if (!['money', 'length', 'moment'].includes(kind)) return { words: all }
  const isUnit = (word = '') => isMoneyWord(word) || timeUnitOf(word) !== undefined
  // `latency_in_ms`: that `in` is no input.
  const words = all.filter((word, at) => word !== 'in' || !isUnit(all[at + 1]))
  if (kind === 'money') {
    const { words: used, scale, named } = moneyUnitOf(words)
    return { words: words.filter((word) => !used.includes(word)), scale, named }
  }
  const at = words.findLastIndex((word) => timeUnitOf(word) !== undefined)
  const unit = at === -1 ? undefined : timeUnitOf(words[at] as string)
  return unit === undefined ? { words } : { words: words.toSpliced(at, 1), unit }
}

/** How well words are one of the names, from 0; undefined when they are none. */
function rankOf(
  names: readonly (readonly string[])[],
  words: readonly string[],
  hasUnit: boolean,
): number | undefined {
  const all = hasUnit ? [...names, ...BARE_LENGTHS] : names
  const place = all.findIndex((name) => isNamed(name, words))
  if (place === -1) return undefined
  const extra = words.filter((word) => !(all[place] as readonly string[]).includes(word)).length
  return place * 10 + extra
}

function isNamed(name: readonly string[], words: readonly string[]): boolean {
  return (
    name.every((word) => words.includes(word)) &&
    words.every((word) => name.includes(word) || FILLERS.has(word) || word === 'token')
  )
}

const IDENTIFIER = /^[^\s{}[\]"]{1,199}$/

/** Whether a value can be what a key of this kind has. */
function suits(kind: ValueKind, value: Leaf['value']): boolean {
  return typeof value !== 'boolean' && SUITS[kind](value, toNumber(value))
}

type Suits = (value: string | number, number: number | null) => boolean

const SUITS: Readonly<Record<ValueKind, Suits>> = {
  // What is no number (`1.2k`) is found, so that it can be told that it was not counted.
  tokens: (value, number) =>
    number === null ? /^\s*~?\d/.test(String(value)) : number >= 0 && Number.isInteger(number),
  money: isAmount,
  // A date that is none, or of a zone that nobody knows, is found, so that it can be told.
  moment: (value) => isPlausibleMoment(value) || (typeof value === 'string' && A_DATE.test(value)),
  length: isAmount,
  text: (value) => typeof value === 'number' || IDENTIFIER.test(value.replaceAll(' ', '_')),
}

const A_DATE = /^\s*\d{4}-\d\d-\d\d[T ]\d\d:/

/** What is no number is found here, too. */
function isAmount(value: string | number, number: number | null): boolean {
  return number === null ? String(value).length <= MAX_AMOUNT : number >= 0
}

const MAX_AMOUNT = 40

/** `time` may be a length or a moment; a name of lengths alone is believed. */
function isLength(words: readonly string[], value: Leaf['value']): boolean {
  const isPlain = words.some((word) => ['latency', 'ttft', 'ttfb', 'e2e', 'rtt'].includes(word))
  return isPlain || typeof value === 'boolean' || !isPlausibleMoment(value)
}

/** 2010 to 2100. */
const PLAUSIBLE = { from: 1.26e12, to: 4.1e12 }

function isPlausibleMoment(value: string | number): boolean {
  const time = toEpoch(value)
  return time !== null && time > PLAUSIBLE.from && time < PLAUSIBLE.to
}
