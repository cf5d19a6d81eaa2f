import { type BudgetStore, memoryBudgetStore } from './budget-store.ts'
import { PolicyError } from './errors.ts'
import { isFunction, isPositive, optional } from './options.ts'
import { errorClass, warnOnce } from './warnings.ts'

/** How much may be spent. */
export interface Budget {
  /** How reports call it. */
  readonly name: string
  /** Whose spending is added up. */
  readonly per: 'tenant' | 'user' | 'total'
  /** Of an hour or a day, both UTC and by the clock. */
  readonly window: 'hour' | 'day'
  readonly limit_usd: number
}

/** A budget that was crossed: told once for each key and window. */
export interface Exceeded {
  readonly budget: string
  readonly per: Budget['per']
  /** The tenant or user; null for the total. */
  readonly key: string | null
  readonly window: Budget['window']
  /** When the window began, epoch milliseconds. */
  readonly from: number
  readonly limit_usd: number
  readonly spent_usd: number
}

/** What a call cost, and for whom. */
export interface Spending {
  readonly tenant?: string | undefined
  readonly user?: string | undefined
  /** US dollars; null and absent mean unknown, which is not added up. */
  readonly cost_usd?: number | null | undefined
}

/** How budgets are kept. */
export interface BudgetsOptions {
  /** Called once when a budget is crossed: log it as critical, page somebody, refuse calls. */
  readonly onExceeded: (exceeded: Exceeded) => void
  /** Default: sums of this process alone. */
  readonly store?: BudgetStore
  /** Epoch milliseconds; default `Date.now`. */
  readonly clock?: () => number
}

/** Budgets of cost. */
export interface Budgets {
  /** Adds what a call cost. Never throws and never waits; a store that fails is replaced by this process's own sums. */
  spend(spending: Spending): void
  /** Calls whose cost was unknown, so that a sum says what it leaves out. */
  readonly unknown: number
}

const NANO = 1e9
const WINDOW_MS = { hour: 3_600_000, day: 86_400_000 } as const

/** Budgets over what calls cost. Throws `POLICY_OPTION_INVALID`. */
export function createBudgets(budgets: readonly Budget[], options: BudgetsOptions): Budgets {
  for (const budget of budgets) checkBudget(budget)
  optional('clock', options.clock, 'a function', isFunction)
  if (!isFunction(options.onExceeded))
    throw new PolicyError('POLICY_OPTION_INVALID', 'Expected `onExceeded` to be a function')
  const { clock = Date.now, onExceeded } = options
  const own = memoryBudgetStore({ clock })
  const store = options.store ?? own
  let unknown = 0

  function settle(
    budget: Budget,
    key: string | null,
    from: number,
    nano: number,
    sum: number,
  ): void {
    const limit = Math.round(budget.limit_usd * NANO)
    // The sum before was still within it: of all that add to one sum, exactly one sees this.
    if (sum <= limit || sum - nano > limit) return
    const { name, per, window, limit_usd } = budget
    try {
      onExceeded({ budget: name, per, key, window, from, limit_usd, spent_usd: sum / NANO })
    } catch (error) {
      warnOnce('POLICY_CALLBACK_FAILED', `\`onExceeded\` threw ${errorClass(error)}`)
    }
  }

  function spendOn(budget: Budget, spending: Spending, nano: number): void {
    const key = budget.per === 'total' ? null : spending[budget.per]
    if (key === undefined) return
    const length = WINDOW_MS[budget.window]
    const from = Math.floor(clock() / length) * length
    const id = JSON.stringify([budget.name, budget.per, key, from])
    const done = (sum: number): void => settle(budget, key, from, nano, sum)
    const fallBack = (error: unknown): void => {
      warnOnce(
        'POLICY_BUDGET_STORE_FAILED',
        `The budget store failed (it threw ${errorClass(error)}); this process adds up its own spending meanwhile`,
      )
      done(own.add(id, nano, from + length))
    }
    try {
      const sum = store.add(id, nano, from + length)
      if (typeof sum === 'number') done(sum)
      else sum.then(done, fallBack)
    } catch (error) {
      fallBack(error)
    }
  }

  return {
    get unknown() {
      return unknown
    },
    spend(spending) {
      const { cost_usd } = spending
      if (typeof cost_usd !== 'number' || !(cost_usd >= 0)) {
        unknown += 1
        return
      }
      const nano = Math.round(cost_usd * NANO)
      if (nano > 0) for (const budget of budgets) spendOn(budget, spending, nano)
    },
  }
}

function checkBudget({ name, per, window, limit_usd }: Budget): void {
  optional('name', name, 'a text', (value) => typeof value === 'string' && value !== '')
  optional('per', per, 'one of tenant, user, total', (value) =>
    ['tenant', 'user', 'total'].includes(String(value)),
  )
  optional('window', window, 'one of hour, day', (value) => Object.hasOwn(WINDOW_MS, String(value)))
  if (!isPositive(limit_usd))
    throw new PolicyError(
      'POLICY_OPTION_INVALID',
      `Expected \`limit_usd\` to be a number above 0, got \`${limit_usd}\``,
    )
}
