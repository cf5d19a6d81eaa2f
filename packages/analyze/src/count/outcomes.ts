import { isRow, type Reading, type Row } from '@recount/record/shapes'
import { type Call, toLength, toName } from '../shape/call.ts'
import { FIRST_TOKEN, LENGTH } from './call-numbers.ts'
import { CappedTable } from './capped.ts'
import { Distribution, type DistributionState, type Summary, withoutDust } from './distribution.ts'
import { byNumber } from './order.ts'
import { type PartNumbers, type PartState, Parts } from './parts.ts'
import { PromptFinder } from './prompt-finder.ts'
import { type EvaluationNumbers, Scores, type ScoresState } from './scores.ts'

/** What became of answers: validation, what people did, scores, and where the time went. */
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
  /** Evaluations by name and prompt version, and over time. */
  readonly evaluations: readonly EvaluationNumbers[]
  /** Where the time of whole traces went; null where no line tells. */
  readonly latency_split_ms: { readonly [part in LatencyPart]: Summary } | null
  /** Retrievals by source, answers after their first token, tools by name. */
  readonly parts: readonly PartNumbers[]
  /** Own lines by level, with the shares that are usual. */
  readonly levels: readonly {
    readonly level: string
    readonly lines: number
    readonly share: number
    readonly expected: string
  }[]
}

/** All that was counted, as a mergeable report keeps it. */
export interface OutcomesState {
  readonly passed: number
  readonly failed: number
  readonly rules: readonly (readonly [rule: string | null, failed: number])[]
  readonly actions: readonly (readonly [
    prompt: string | null,
    counts: readonly (readonly [action: string, count: number])[],
  ])[]
  readonly scores: readonly ScoresState[]
  readonly split: readonly (readonly [part: LatencyPart, state: DistributionState])[]
  readonly parts: readonly PartState[]
  readonly levels: readonly (readonly [level: number, lines: number])[]
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
  readonly #scores: Scores
  readonly #split = new Map(PARTS.map((part) => [part, new Distribution()]))
  readonly #parts = new Parts()
  readonly #levels = new Map<number, number>()
  /** Most lines have the level of the line before. */
  #lastLevel = Number.NaN
  #lastLines = 0
  #passed = 0
  #failed = 0

  /** `zone` is that of the days of scores. */
  constructor(zone: string) {
    this.#scores = new Scores(zone)
  }

  /** Any line of ours. */
  level(level: unknown): void {
    if (typeof level !== 'number' || Number.isNaN(level)) return
    if (level !== this.#lastLevel) {
      this.#settleLevel()
      this.#lastLevel = level
    }
    this.#lastLines += 1
  }

  /** An attempt of a model call; the level of its line where that is ours. */
  call(call: Call, level: unknown): void {
    this.level(level)
    this.#parts.call(call)
  }

  /** The same of a call that ended well at its first attempt, by `callNumbers`. */
  plain(numbers: Float64Array, level: number): void {
    this.level(level)
    this.#parts.answer(numbers[LENGTH] as number, numbers[FIRST_TOKEN] as number)
  }

  /** A line that is no call. */
  event(row: Row): void {
    if (row.event === 'validation') this.#validation(row)
    else if (row.event === 'user_action') this.#action(row)
    else if (row.event === 'evaluation') this.#scores.add(row, this.prompts.promptFor(row))
    else if (row.event === 'tool_call' || row.event === 'retrieval') this.#parts.event(row)
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
          .sort(
            byNumber(
              ({ failed }) => failed,
              ({ rule }) => rule,
            ),
          ),
      },
      user_actions: this.#actions
        .entries()
        .map(([prompt, counts]) => actionNumbers(prompt, counts))
        .sort(
          byNumber(
            ({ actions }) => actions,
            ({ prompt }) => prompt,
          ),
        ),
      evaluations: this.#scores.numbers(),
      latency_split_ms: this.#splitNumbers(),
      parts: this.#parts.numbers(),
      levels: this.#levelNumbers(),
    }
  }

  /** All that is needed to go on counting elsewhere, as JSON. */
  state(): OutcomesState {
    this.#settleLevel()
    return {
      ...{ passed: this.#passed, failed: this.#failed },
      rules: this.#rules.entries().map(([rule, { failed }]) => [rule, failed]),
      actions: this.#actions.entries().map(([prompt, counts]) => [prompt, [...counts]]),
      scores: this.#scores.state(),
      split: [...this.#split].map(([part, values]) => [part, values.state()]),
      parts: this.#parts.state(),
      levels: [...this.#levels],
    }
  }

  /** Adds what another has counted. */
  mergeState(state: OutcomesState): void {
    this.#passed += state.passed
    this.#failed += state.failed
    for (const [rule, failed] of state.rules) this.#rules.get(rule).failed += failed
    for (const [prompt, counts] of state.actions) {
      const found = this.#actions.get(prompt)
      for (const [action, count] of counts) addTo(found, action, count)
    }
    for (const scores of state.scores) this.#scores.merge(scores)
    for (const [part, values] of state.split) this.#split.get(part)?.mergeState(values)
    for (const part of state.parts) this.#parts.merge(part)
    for (const [level, lines] of state.levels) addTo(this.#levels, level, lines)
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
    if ((ACTIONS as readonly string[]).includes(action)) addTo(counts, action, 1)
  }

  #latency(parts: Reading): void {
    for (const part of PARTS) {
      const ms = toLength(parts[part])
      if (ms !== null) this.#split.get(part)?.add(ms)
    }
  }

  #splitNumbers(): OutcomeNumbers['latency_split_ms'] {
    if (this.#split.get('total')?.count === 0) return null
    const parts = [...this.#split].map(([part, values]) => [part, withoutDust(values.summary())])
    return Object.fromEntries(parts) as { [part in LatencyPart]: Summary }
  }

  #settleLevel(): void {
    if (this.#lastLines > 0) addTo(this.#levels, this.#lastLevel, this.#lastLines)
    this.#lastLines = 0
  }

  #levelNumbers(): OutcomeNumbers['levels'] {
    this.#settleLevel()
    const all = [...this.#levels.values()].reduce((sum, count) => sum + count, 0)
    return LEVELS.flatMap(([number, level, expected]) => {
      const lines = this.#levels.get(number) ?? 0
      return lines === 0 ? [] : [{ level, lines, share: lines / all, expected }]
    })
  }
}

function addTo<Key>(counts: Map<Key, number>, key: Key, more: number): void {
  counts.set(key, (counts.get(key) ?? 0) + more)
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
