import { isRow, type Reading, type Row, toMilliseconds, toNumber } from '@recount/record/shapes'
import { toName } from '../shape/call.ts'
import { CappedTable } from './capped.ts'
import { Distribution, type Summary, withoutDust } from './distribution.ts'
import { PromptFinder } from './prompt-finder.ts'

/** What became of answers: validation, what people did, scores, and where the time of a trace went. */
export interface OutcomeNumbers {
  /** Lines of `validation`. */
  readonly validation: {
    readonly passed: number
    readonly failed: number
    readonly by_rule: readonly { readonly rule: string | null; readonly failed: number }[]
  }
  /** For each prompt version what people did with the answers; null is not known. */
  readonly user_actions: readonly {
    readonly prompt: string | null
    readonly actions: number
    readonly accepted: number
    readonly edited: number
    readonly retried: number
    readonly abandoned: number
    readonly rated: number
    /** Of all actions but ratings. */
    readonly edit_rate: number | null
    readonly retry_rate: number | null
    readonly abandon_rate: number | null
  }[]
  /** Evaluations by name and prompt version. */
  readonly evaluations: readonly {
    readonly name: string | null
    readonly prompt: string | null
    readonly count: number
    readonly mean_score: number | null
  }[]
  /** Where the time of whole traces went; null where no line tells. */
  readonly latency_split_ms: { readonly [part in LatencyPart]: Summary } | null
  /** Own lines by level, with the shares that are usual. */
  readonly levels: readonly {
    readonly level: string
    readonly lines: number
    readonly share: number
    readonly expected: string
  }[]
}

const PARTS = ['total', 'retrieval', 'ttft', 'llm', 'tools'] as const
type LatencyPart = (typeof PARTS)[number]
const ACTIONS = ['accepted', 'edited', 'retried', 'abandoned', 'rated'] as const
const MAX_NAMES = 1_000

/** What is usual in production of the lines of each level. */
const LEVELS: readonly (readonly [number, string, string])[] = [
  [20, 'debug', 'none in production'],
  [30, 'info', 'most lines'],
  [40, 'warn', '1-5 %'],
  [50, 'error', '1-3 %'],
  [60, 'fatal', 'rare'],
]

/** Counts the lines of ours that tell what became of answers. */
export class Outcomes {
  readonly prompts: PromptFinder = new PromptFinder()
  readonly #rules = new CappedTable(MAX_NAMES, () => ({ failed: 0 }))
  readonly #actions = new CappedTable(MAX_NAMES, () => new Map<string, number>())
  readonly #scores = new CappedTable(MAX_NAMES, () => ({ count: 0, scored: 0, sum: 0 }))
  readonly #split = new Map(PARTS.map((part) => [part, new Distribution()]))
  readonly #levels = new Map<number, number>()
  /** Most lines have the level of the line before. */
  #lastLevel = Number.NaN
  #lastLines = 0
  #passed = 0
  #failed = 0

  /** Any line of ours. */
  level(level: unknown): void {
    if (typeof level !== 'number') return
    if (level !== this.#lastLevel) {
      this.#levels.set(this.#lastLevel, this.#lastLines)
      this.#lastLevel = level
      this.#lastLines = this.#levels.get(level) ?? 0
    }
    this.#lastLines += 1
  }

  /** A line that is no call. */
  event(row: Row): void {
    if (row.event === 'validation') this.#validation(row)
    else if (row.event === 'user_action') this.#action(row)
    else if (row.event === 'evaluation') this.#evaluation(row)
    else if (row.event === 'final_response' && isRow(row.latency_ms)) this.#latency(row.latency_ms)
  }

  numbers(): OutcomeNumbers {
    return {
      validation: {
        passed: this.#passed,
        failed: this.#failed,
        by_rule: this.#rules
          .entries()
          .map(([rule, { failed }]) => ({ rule, failed }))
          .sort((a, b) => b.failed - a.failed),
      },
      user_actions: this.#actions
        .entries()
        .map(([prompt, counts]) => actionNumbers(prompt, counts)),
      evaluations: this.#scores.entries().map(([key, { count, scored, sum }]) => {
        const [name = null, prompt = null] = JSON.parse(key ?? '[]') as (string | null)[]
        return { name, prompt, count, mean_score: scored === 0 ? null : sum / scored }
      }),
      latency_split_ms: this.#splitNumbers(),
      levels: this.#levelNumbers(),
    }
  }

  #validation({ passed, rule }: Row): void {
    if (passed === true) this.#passed += 1
    if (passed !== false) return
    this.#failed += 1
    this.#rules.get(toName(rule)).failed += 1
  }

  #action(row: Row): void {
    const counts = this.#actions.get(this.prompts.promptFor(row))
    const action = String(row.action)
    if ((ACTIONS as readonly string[]).includes(action))
      counts.set(action, (counts.get(action) ?? 0) + 1)
  }

  #evaluation(row: Row): void {
    const key = JSON.stringify([toName(row.name), this.prompts.promptFor(row)])
    const found = this.#scores.get(key)
    const score = toNumber(row.score)
    found.count += 1
    if (score === null) return
    found.scored += 1
    found.sum += score
  }

  #latency(parts: Reading): void {
    for (const part of PARTS) {
      const ms = toMilliseconds(parts[part])
      if (ms !== null) this.#split.get(part)?.add(ms)
    }
  }

  #splitNumbers(): OutcomeNumbers['latency_split_ms'] {
    if (this.#split.get('total')?.count === 0) return null
    const parts = [...this.#split].map(([part, values]) => [part, withoutDust(values.summary())])
    return Object.fromEntries(parts) as { [part in LatencyPart]: Summary }
  }

  #levelNumbers(): OutcomeNumbers['levels'] {
    if (!Number.isNaN(this.#lastLevel)) this.#levels.set(this.#lastLevel, this.#lastLines)
    this.#levels.delete(Number.NaN)
    const all = [...this.#levels.values()].reduce((sum, count) => sum + count, 0)
    return LEVELS.flatMap(([number, level, expected]) => {
      const lines = this.#levels.get(number) ?? 0
      return lines === 0 ? [] : [{ level, lines, share: lines / all, expected }]
    })
  }
}

function actionNumbers(
  prompt: string | null,
  counts: ReadonlyMap<string, number>,
): OutcomeNumbers['user_actions'][number] {
  const of = (action: (typeof ACTIONS)[number]) => counts.get(action) ?? 0
  const actions = ACTIONS.reduce((sum, action) => sum + of(action), 0)
  const judged = actions - of('rated')
  const rate = (action: (typeof ACTIONS)[number]) => (judged === 0 ? null : of(action) / judged)
  return {
    ...{ prompt, actions, accepted: of('accepted'), edited: of('edited'), retried: of('retried') },
    ...{ abandoned: of('abandoned'), rated: of('rated'), edit_rate: rate('edited') },
    ...{ retry_rate: rate('retried'), abandon_rate: rate('abandoned') },
  }
}
