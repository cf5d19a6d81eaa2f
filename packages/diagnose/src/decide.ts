import { CATEGORIES } from './categories.ts'
import { type CompiledRule, STRENGTH } from './compile-rules.ts'
import type { Unwrapped } from './layer.ts'
import { FOREIGN, isStrong, type Match, matchesOf, matchOf, type Surroundings } from './match.ts'
import { type Claim, type Origin, originOf } from './origin.ts'
import { comparable } from './phrase.ts'
import type { LayerReading, RuleIndex } from './rule-index.ts'
import { statusIn } from './text-status.ts'

/** What was decided, and by what. */
export interface Decision {
  readonly category: string
  /** Undefined where nothing held, and where the origin decided. */
  readonly match: Match | undefined
  readonly origin: Origin
  readonly status: number | undefined
  /** The words of all layers, from the innermost outwards, as phrases are compared with them. */
  readonly text: string
}

/** What decides: rules, and the order of categories. */
export interface Judge {
  readonly index: RuleIndex
  /** Place of each category; lower comes first. */
  readonly precedence: ReadonlyMap<string, number>
}

/** The order of the built-in categories; others come before them, because somebody wanted them. */
export const PRECEDENCE: ReadonlyMap<string, number> = new Map(
  CATEGORIES.map(({ id }, place) => [id, place]),
)

/** Decides what an error is: whose it is first, then the innermost layer that says anything specific. */
export function decide(judge: Judge, unwrapped: Unwrapped, claim: Claim): Decision {
  const first = judgeLayers(judge, unwrapped, claim, (text) => text)
  if (first.match !== undefined && isStrong(first.match)) return first
  if (first.origin.foreign !== undefined) return first
  const wrapped = unwrapped.layers.some(({ text }) => text.includes('\n'))
  if (!wrapped) return first
  // A terminal that wraps lines cuts words in two.
  const second = judgeLayers(judge, unwrapped, claim, (text) => text.replace(/\r?\n[ \t│|>]*/g, ''))
  return second.match !== undefined && isStrong(second.match) ? second : first
}

function judgeLayers(
  judge: Judge,
  unwrapped: Unwrapped,
  claim: Claim,
  prepare: (text: string) => string,
): Decision {
  const statuses = unwrapped.layers.map(({ status, text }) => status ?? statusIn(text))
  const status = statuses.findLast((found) => found !== undefined)
  const readings = unwrapped.layers.map((layer) =>
    judge.index.read(layer, comparable(prepare(layer.text))),
  )
  const foreignMatches = readings.flatMap((reading) => matchesOf(reading, NOBODY, true))
  const origin = originOf(unwrapped, readings, foreignMatches, claim)
  const text = readings
    .map((reading) => reading.text)
    .reverse()
    .join(' ')
  if (origin.foreign !== undefined)
    return { category: FOREIGN, match: undefined, origin, status, text }
  const match = bestMatch(judge, readings, statuses, origin, status)
  return { category: match?.rule.category ?? FOREIGN, match, origin, status, text }
}

const NOBODY = { provider: undefined, status: undefined }

const BROKEN_BY_RESET = ['stream_interrupted', 'timeout']

/** The best rule of the innermost layer that has a strong one; else the best of the weak ones. */
function bestMatch(
  judge: Judge,
  readings: readonly LayerReading[],
  statuses: readonly (number | undefined)[],
  { provider }: Origin,
  anyStatus: number | undefined,
): Match | undefined {
  const inwards = readings.map((reading, place) => ({
    reading,
    status: statuses[place] ?? anyStatus,
  }))
  inwards.sort((a, b) => b.reading.layer.depth - a.reading.layer.depth)
  const bests = inwards.flatMap(
    ({ reading, status }) => bestOf(judge, matchesOf(reading, { provider, status }, false)) ?? [],
  )
  const [first, ...around] = bests.filter(isStrong)
  const answered = statusMatch(judge, inwards.at(-1)?.reading, { provider, status: anyStatus })
  // A socket that broke is how it happened; around it may stand what broke: an answer that had begun, a deadline.
  const broken = first?.rule.category === 'connection_error' ? around.find(isBroken) : undefined
  const best = broken ?? first ?? bestOf(judge, bests)
  if (best === undefined) return answered
  return answered !== undefined && saysNoConnection(best, anyStatus) ? answered : best
}

function isBroken({ rule }: Match): boolean {
  return BROKEN_BY_RESET.includes(rule.category)
}

/** Whoever got a status was connected: how the client calls its errors says nothing then, nor what it says of connections. */
function saysNoConnection({ rule }: Match, status: number | undefined): boolean {
  if (rule.id === 'client.connection') return true
  return rule.id === 'client.connection-words' && status !== undefined && REFUSALS.has(status)
}

/** The same request is refused again. */
const REFUSALS: ReadonlySet<number> = new Set([400, 401, 402, 403, 404, 405, 410, 413, 415, 422])

function statusMatch(
  judge: Judge,
  reading: LayerReading | undefined,
  surroundings: Surroundings,
): Match | undefined {
  if (reading === undefined || surroundings.status === undefined) return undefined
  const rules = judge.index.ofStatus(surroundings.status)
  const matches = rules.flatMap((rule: CompiledRule) => matchOf(rule, reading, surroundings) ?? [])
  return bestOf(judge, matches)
}

function bestOf(judge: Judge, matches: readonly Match[]): Match | undefined {
  let best: Match | undefined
  for (const match of matches) if (best === undefined || isBetter(judge, match, best)) best = match
  return best
}

/** Whether a rule or the origin decided. */
export function saysSomething({ match, origin }: Decision): boolean {
  return match !== undefined || origin.foreign !== undefined
}

/**
 * Of two readings of the same error the one that says more; the first where they say as much. A word that was cut, or two
 * that were put together, take marks away and make none: who knows the provider, or the stranger, has read right.
 */
export function clearer(judge: Judge, first: Decision, second: Decision): Decision {
  const isForeign = [first, second].map(({ origin }) => origin.foreign !== undefined)
  if (isForeign[0] !== isForeign[1]) {
    const [ours, foreign] = isForeign[0] ? [second, first] : [first, second]
    return ours.origin.providerBy !== undefined && foreign.origin.providerBy === undefined
      ? ours
      : foreign
  }
  if (second.match === undefined || !isStrong(second.match)) return first
  if (first.match === undefined) return second
  return isBetter(judge, second.match, first.match) ? second : first
}

/** Strength, then (where words decide) the order of categories, then how much a rule asks for. */
function isBetter({ precedence }: Judge, { rule: a }: Match, { rule: b }: Match): boolean {
  if (a.strength !== b.strength) return a.strength > b.strength
  if (a.strength < STRENGTH.text && a.specificity !== b.specificity)
    return a.specificity > b.specificity
  const places = [a, b].map(({ category }) => precedence.get(category) ?? -1) as [number, number]
  if (places[0] !== places[1]) return places[0] < places[1]
  return a.specificity > b.specificity
}
