import type { OutcomeNumbers } from './outcomes.ts'

/** What two reports say of answers, as one. Where traces spent their time is not kept mergeable: that of the larger one stays. */
export function mergedOutcomes(a: OutcomeNumbers, b: OutcomeNumbers): OutcomeNumbers {
  const lines = [...a.levels, ...b.levels].reduce((sum, level) => sum + level.lines, 0)
  return {
    validation: {
      passed: a.validation.passed + b.validation.passed,
      failed: a.validation.failed + b.validation.failed,
      by_rule: joined(
        a.validation.by_rule,
        b.validation.by_rule,
        ({ rule }) => rule ?? '',
        addRules,
      ),
    },
    user_actions: joined(a.user_actions, b.user_actions, ({ prompt }) => prompt ?? '', addActions),
    evaluations: joined(
      a.evaluations,
      b.evaluations,
      ({ name, prompt }) => JSON.stringify([name, prompt]),
      addScores,
    ),
    latency_split_ms:
      (b.latency_split_ms?.total.count ?? 0) > (a.latency_split_ms?.total.count ?? 0)
        ? b.latency_split_ms
        : a.latency_split_ms,
    levels: joined(a.levels, b.levels, ({ level }) => level, addLevels).map((level) => ({
      ...level,
      share: level.lines / lines,
    })),
  }
}

function joined<Row>(
  a: readonly Row[],
  b: readonly Row[],
  keyOf: (row: Row) => string,
  add: (x: Row, y: Row) => Row,
): Row[] {
  const rows = new Map(a.map((row) => [keyOf(row), row]))
  for (const row of b) {
    const before = rows.get(keyOf(row))
    rows.set(keyOf(row), before === undefined ? row : add(before, row))
  }
  return [...rows.values()]
}

type Rule = OutcomeNumbers['validation']['by_rule'][number]
function addRules(x: Rule, y: Rule): Rule {
  return { rule: x.rule, failed: x.failed + y.failed }
}

type Actions = OutcomeNumbers['user_actions'][number]
function addActions(x: Actions, y: Actions): Actions {
  const edited = x.edited + y.edited
  const retried = x.retried + y.retried
  const abandoned = x.abandoned + y.abandoned
  const rated = x.rated + y.rated
  const actions = x.actions + y.actions
  const judged = actions - rated
  const rate = (count: number) => (judged === 0 ? null : count / judged)
  return {
    ...{ prompt: x.prompt, actions, accepted: x.accepted + y.accepted, edited, retried, abandoned },
    ...{ rated, edit_rate: rate(edited), retry_rate: rate(retried), abandon_rate: rate(abandoned) },
  }
}

type Scores = OutcomeNumbers['evaluations'][number]
function addScores(x: Scores, y: Scores): Scores {
  const count = x.count + y.count
  const scores = [x, y].filter(({ mean_score }) => mean_score !== null)
  const weight = scores.reduce((sum, score) => sum + score.count, 0)
  const sum = scores.reduce((total, score) => total + (score.mean_score ?? 0) * score.count, 0)
  return { name: x.name, prompt: x.prompt, count, mean_score: weight === 0 ? null : sum / weight }
}

type Level = OutcomeNumbers['levels'][number]
function addLevels(x: Level, y: Level): Level {
  return { ...x, lines: x.lines + y.lines }
}
