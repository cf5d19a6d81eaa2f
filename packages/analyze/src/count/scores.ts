import { type Row, toMoment, toNumber } from '@recount/record/shapes'
import { toName } from '../shape/call.ts'
import { CappedTable } from './capped.ts'
import { byNumber } from './order.ts'
import { ZoneOffsets } from './zone-offsets.ts'

/** How many evaluations there were, and what they came to; null where none gave a score. */
export interface ScoreNumbers {
  readonly count: number
  readonly mean_score: number | null
}

/** Evaluations of one name on answers of one prompt version. */
export interface EvaluationNumbers extends ScoreNumbers {
  readonly name: string | null
  readonly prompt: string | null
  /** By the day on which they were made, in the zone of the series; `from` is its beginning. */
  readonly by_day: readonly (ScoreNumbers & { readonly from: string })[]
}

/** Counts and sums of scores, as a mergeable report keeps them. */
export interface ScoresState {
  readonly name: string | null
  readonly prompt: string | null
  readonly total: Sum
  readonly days: readonly (readonly [from: number, sum: Sum])[]
}

/** Evaluations, those with a score, and the sum of these. */
type Sum = readonly [count: number, scored: number, sum: number]

const DAY_MS = 86_400_000
const MAX_NAMES = 1_000
/** Days of all names together; beyond, evaluations count in the totals alone. */
const MAX_DAYS = 50_000

/** Sums up scores of evaluations by name, prompt version and day. */
export class Scores {
  readonly #zone: ZoneOffsets
  readonly #table = new CappedTable(MAX_NAMES, () => ({
    total: [0, 0, 0] as Sum,
    days: new Map<number, Sum>(),
  }))
  #days = 0

  constructor(zone: string) {
    this.#zone = new ZoneOffsets(zone)
  }

  /** A line of an evaluation of an answer of this prompt version. */
  add(row: Row, prompt: string | null): void {
    const score = toNumber(row.score)
    const sum: Sum = [1, score === null ? 0 : 1, score ?? 0]
    const time = toMoment(row.time)
    const days: ScoresState['days'] =
      time === null ? [] : [[this.#zone.beginning(time, DAY_MS), sum]]
    this.merge({ name: toName(row.name), prompt, total: sum, days })
  }

  /** Adds what another has counted. */
  merge({ name, prompt, total, days }: ScoresState): void {
    const found = this.#table.get(JSON.stringify([name, prompt]))
    found.total = added(found.total, total)
    for (const [from, sum] of days) {
      const before = found.days.get(from)
      if (before === undefined && this.#days >= MAX_DAYS) continue
      if (before === undefined) this.#days += 1
      found.days.set(from, before === undefined ? sum : added(before, sum))
    }
  }

  state(): ScoresState[] {
    return this.#table.entries().map(([key, { total, days }]) => {
      const [name, prompt] = namesOf(key)
      return { name, prompt, total, days: [...days].sort(([a], [b]) => a - b) }
    })
  }

  /** The most judged first. */
  numbers(): EvaluationNumbers[] {
    const rows = this.state().map(({ name, prompt, total, days }) => ({
      ...{ name, prompt, ...numbersOf(total) },
      by_day: days.map(([from, sum]) => ({
        from: new Date(from).toISOString(),
        ...numbersOf(sum),
      })),
    }))
    return rows.sort(
      byNumber(
        ({ count }) => count,
        ({ name, prompt }) => [name, prompt],
      ),
    )
  }
}

/** What came after the table was full has one entry, which is named so. */
function namesOf(key: string | null): [string | null, string | null] {
  if (key === null || !key.startsWith('[')) return [key, null]
  return JSON.parse(key) as [string | null, string | null]
}

function numbersOf([count, scored, sum]: Sum): ScoreNumbers {
  return { count, mean_score: scored === 0 ? null : sum / scored }
}

function added(a: Sum, b: Sum): Sum {
  return [a[0] + b[0], a[1] + b[1], a[2] + b[2]]
}
