import { compareTables } from '../src/compare/comparison.ts'
import { Tables } from '../src/count/tables.ts'
import { checkOptions } from '../src/options.ts'
import { toCall } from '../src/shape/call.ts'
import { random } from './fixtures.ts'

/** A number with a logarithm that is normally distributed. */
function lognormal(next: () => number, sigma: number): number {
  const angle = Math.cos(2 * Math.PI * next())
  return Math.exp(6.5 + sigma * Math.sqrt(-2 * Math.log(1 - next())) * angle)
}

function tablesOf(next: () => number, count: number, slower = 1): Tables {
  const tables = new Tables(checkOptions({}))
  for (let i = 0; i < count; i++) {
    const found = toCall({
      ...{ model: next() < 0.6 ? 'a' : 'b', status: next() < 0.03 ? 'error' : 'ok' },
      ...{ duration_ms: lognormal(next, 0.6) * slower, ttft_ms: lognormal(next, 0.4) / 4 },
      ...{
        input_tokens: Math.round(lognormal(next, 0.8)),
        output_tokens: Math.round(next() * 500),
      },
      cost_usd: next() / 100,
    })
    tables.first({ call: found, place: tables.placeFor(found.model, []) }, true)
  }
  tables.end()
  return tables
}

/** How many pairs of periods in which nothing changed are said to differ in anything. */
export function falseAlarms(pairs: number, calls: number): number {
  const next = random(11)
  let cries = 0
  for (let pair = 0; pair < pairs; pair++) {
    const { changes } = compareTables(tablesOf(next, calls), tablesOf(next, calls))
    if (changes.some(({ beyond_noise }) => beyond_noise)) cries += 1
  }
  return cries
}

/** In how many pairs a second period that is 20 % slower is said to have another p95. */
export function slowdownsFound(pairs: number, calls: number): number {
  const next = random(12)
  let found = 0
  for (let pair = 0; pair < pairs; pair++) {
    const { changes } = compareTables(tablesOf(next, calls), tablesOf(next, calls, 1.2))
    const isP95 = (metric: string, model: unknown) =>
      metric === 'latency_ms.p95' && model === undefined
    if (changes.find(({ metric, model }) => isP95(metric, model))?.beyond_noise) found += 1
  }
  return found
}

/** Values of which samples differ a lot, or hardly at all. */
export const UNUSUAL: Readonly<Record<string, (next: () => number) => number>> = {
  'ties of two values': (next) => (next() < 0.52 ? 10 : 20),
  'ties of a few': (next) => Math.ceil(lognormal(next, 0.5) / 300) * 100,
  'a rare extreme': (next) => (next() < 0.04 ? 50_000 : 100),
  'zeros as a rule': (next) => (next() < 0.9 ? 0 : lognormal(next, 1)),
  'a tail without a mean': (next) => 100 / (1 - next()) ** 0.95,
  'always the same': () => 100,
}

/** As `falseAlarms`, of such values and by user. */
export function falseAlarmsOf(
  value: (next: () => number) => number,
  {
    pairs,
    calls,
    users,
  }: { readonly pairs: number; readonly calls: number; readonly users: number },
): number {
  const next = random(13)
  const period = () => {
    const tables = new Tables(checkOptions({ by: 'user' }))
    for (let i = 0; i < calls; i++) {
      const found = toCall({
        ...{ status: next() < 0.03 ? 'error' : 'ok', duration_ms: value(next) },
        ...{ ttft_ms: value(next) / 4, input_tokens: Math.round(value(next)) },
        cost_usd: value(next) / 1e5,
      })
      const user = `u${Math.floor(next() * users)}`
      tables.first({ call: found, place: tables.placeFor(null, [{ user }]) }, true)
    }
    tables.end()
    return tables
  }
  const isCry = () =>
    compareTables(period(), period()).changes.some(({ beyond_noise }) => beyond_noise)
  return Array.from({ length: pairs }, isCry).filter(Boolean).length
}
