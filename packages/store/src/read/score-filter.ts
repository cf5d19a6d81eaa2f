import type { AnyRecord, EventTypes } from '@recount/record'
import { type OneOf, valuesOf } from './one-of.ts'

/** What somebody judged; of each judge the last judgement of this name counts. */
export interface ScoreFilter {
  readonly name: string
  readonly label?: OneOf<string> | undefined
  /** Bounds of the score, each end included. */
  readonly at_least?: number | undefined
  readonly at_most?: number | undefined
  /** Who judged; default anybody. */
  readonly evaluator?: EventTypes['evaluation']['evaluator'] | undefined
}

/** Keys of a `ScoreFilter`. */
export const SCORE_KEYS = ['name', 'label', 'at_least', 'at_most', 'evaluator'] as const

/** Whether the last judgement of a judge among these late lines is asked for. */
export function isJudged(
  lines: readonly AnyRecord[],
  { name, label, at_least, at_most, evaluator }: ScoreFilter,
): boolean {
  const last = new Map<string, EventTypes['evaluation']>()
  for (const line of lines.filter((one) => one.event === 'evaluation')) {
    if (line.name !== name || (last.get(line.evaluator)?.time ?? 0) > line.time) continue
    last.set(line.evaluator, line)
  }
  return [...last.values()].some(
    (line) =>
      (evaluator === undefined || line.evaluator === evaluator) &&
      (label === undefined || valuesOf(label).some((one) => one === line.label)) &&
      (at_least === undefined || (line.score ?? Number.NaN) >= at_least) &&
      (at_most === undefined || (line.score ?? Number.NaN) <= at_most),
  )
}
