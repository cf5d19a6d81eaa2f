import type { Asked } from '../engine.ts'
import { type GroupKey, Groups, type Sums } from '../read/aggregate.ts'
import { type OneOf, valuesOf } from '../read/one-of.ts'
import type { Scope } from '../scope.ts'
import { type CallBlock, FLAG, LABELS, type Label } from './call-block.ts'
import { callBlocks } from './call-blocks.ts'
import type { Connection } from './connection.ts'

/** Labels by the keys of groups that they are. */
const LABEL_OF: Readonly<Partial<Record<GroupKey, Label>>> = {
  model: 'model',
  provider: 'provider',
  prompt: 'prompt_name',
  prompt_version: 'prompt_version',
  tenant: 'tenant',
  workflow: 'workflow',
  step: 'step',
  agent: 'agent',
  service: 'service',
  environment: 'environment',
  release: 'release',
}

/** Counts calls from blocks; undefined where keys or filters ask for what is in rows alone. */
export function countedBlocks(
  connection: Connection,
  { filter, scope, by }: Asked & { readonly by: readonly GroupKey[] },
): Groups | undefined {
  const labels = by.map((key) => LABEL_OF[key])
  const { since, until, event, ...others } = filter
  const asked = Object.entries(others).filter(([, value]) => isAsked(value))
  const isKnown = asked.every(([key]) => (LABELS as readonly string[]).includes(key))
  if (labels.includes(undefined) || !isKnown) return undefined
  const groups = new Groups(by)
  if (event !== undefined && event !== 'llm_call') return groups
  const query: BlockQuery = {
    labels: labels as Label[],
    wanted: wantedOf(Object.fromEntries(asked) as Wanted, scope),
    since: since ?? Number.NEGATIVE_INFINITY,
    until: until ?? Number.POSITIVE_INFINITY,
  }
  for (const block of callBlocks(connection)) countBlock(block, query, groups)
  return groups
}

type Wanted = Partial<Record<Label, OneOf<string>>>

interface BlockQuery {
  readonly labels: readonly Label[]
  readonly wanted: Wanted
  readonly since: number
  readonly until: number
}

function isAsked(value: unknown): boolean {
  // A list of no values is asked for, too: nothing is in it.
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return value !== undefined
  return Object.keys(value).length > 0
}

function wantedOf(wanted: Wanted, scope: Scope): Wanted {
  return scope === undefined ? wanted : { ...wanted, tenant: scope }
}

function countBlock(block: CallBlock, query: BlockQuery, groups: Groups): void {
  const passing = passingRows(block, query)
  if (passing === undefined) return
  const { ids, keys } = groupsOf(block, query.labels)
  // Only groups of which there are rows come to be.
  const sums: (Sums | undefined)[] = keys.map(() => undefined)
  const endings = endingsOf(block)
  const { start } = block.numbers
  for (let row = 0; row < block.rows; row += 1) {
    const began = start[row] as number
    if (passing[row] === 0 || began < query.since || began >= query.until) continue
    const id = ids[row] as number
    const own = sums[id] ?? groups.group(keys[id] ?? [])
    sums[id] = own
    countRow(block, row, own, endings)
  }
}

interface Endings {
  readonly ok: number
  readonly aborted: number
  readonly error: number
  readonly partial: number
}

/** The codes of endings in a block; -1 for those that it does not have. */
function endingsOf({ labels }: CallBlock): Endings {
  const code = (word: string): number => labels.status.values.indexOf(word)
  return {
    ok: code('ok'),
    aborted: code('aborted'),
    error: code('error'),
    partial: code('partial'),
  }
}

function countRow(
  { numbers, flags, weights, labels }: CallBlock,
  row: number,
  own: Sums,
  { ok, aborted, error, partial }: Endings,
): void {
  const weight = weights === undefined ? 1 : (weights[row] as number)
  const input = addKnown(own.input, numbers.input[row] as number, weight)
  const output = addKnown(own.output, numbers.output[row] as number, weight)
  const hasCost = addKnown(own.nano, numbers.nano[row] as number, weight)
  const flag = flags[row] as number
  if ((flag & FLAG.isRetry) !== 0) own.retries += weight
  if ((flag & FLAG.isRepeated) !== 0) return
  own.calls += weight
  const { codes } = labels.status
  const code = codes === undefined ? 0 : (codes[row] as number)
  const isUnpriced = !hasCost && (input || output || code === ok || code === partial)
  if (isUnpriced || (flag & FLAG.repeatsUnpriced) !== 0) own.unknown += weight
  if (code === ok) addKnown(own.lengths, numbers.duration[row] as number, weight)
  else if (code === aborted) own.aborted += weight
  else if (code === error || code === partial) own.errors += weight
}

/** Whether it was one. */
function addKnown(values: Sums['input'], value: number, weight: number): boolean {
  if (Number.isNaN(value)) return false
  values.add(value, weight)
  return true
}

/** A one for each row that has all labels that are wanted; undefined where none has. */
function passingRows({ rows, labels }: CallBlock, { wanted }: BlockQuery): Uint8Array | undefined {
  const passing = new Uint8Array(rows).fill(1)
  for (const [label, value] of Object.entries(wanted) as [Label, OneOf<string>][]) {
    const { values, codes } = labels[label]
    const isWanted = values.map((one) => one !== null && valuesOf(value).includes(one))
    if (!isWanted.includes(true)) return undefined
    if (codes === undefined) continue
    for (let row = 0; row < rows; row += 1) if (!isWanted[codes[row] as number]) passing[row] = 0
  }
  return passing
}

/** Which row is in which group of this block, and the keys of these groups. */
function groupsOf(
  { rows, labels }: CallBlock,
  by: readonly Label[],
): { readonly ids: Uint16Array; readonly keys: readonly Key[] } {
  let ids = new Uint16Array(rows)
  let keys: readonly Key[] = [[]]
  for (const label of by) {
    const { values, codes } = labels[label]
    const names = values.map((value) => (label === 'tenant' && value === '' ? null : value))
    const places = new Map<number, number>()
    const next: Key[] = []
    const wider = new Uint16Array(rows)
    for (let row = 0; row < rows; row += 1) {
      const code = codes === undefined ? 0 : (codes[row] as number)
      const id = ids[row] as number
      const pair = id * names.length + code
      const place = places.get(pair) ?? next.length
      if (place === next.length) {
        places.set(pair, place)
        next.push([...(keys[id] ?? []), names[code] ?? null])
      }
      wider[row] = place
    }
    ids = wider
    keys = next
  }
  return { ids, keys }
}

type Key = readonly (string | null)[]
