import {
  type Budget,
  type BudgetStore,
  type Budgets,
  createBudgets,
  createProvidersDown,
  createSlowCalls,
  type Exceeded,
} from '@recount/policy'
import type { RecordedError, Status } from '@recount/record'
import type { Clock } from './clock.ts'

/** Budgets over what calls cost. */
export interface BudgetOptions {
  readonly limits: readonly Budget[]
  /** Sums that all processes share; default: this process's own. */
  readonly store?: BudgetStore
  /** Called once when a budget is crossed, after the line at level `fatal` was written. */
  readonly onExceeded?: (exceeded: Exceeded) => void
}

/** A model call that has ended, as far as it concerns more than itself. */
export interface EndedCall {
  readonly provider: string
  readonly status: Status
  readonly error: RecordedError | undefined
  readonly tenant: string | undefined
  readonly user: string | undefined
  readonly cost_usd: number | null | undefined
}

/** What is told when it happens, as ordinary lines of the log. */
export interface IncidentLog {
  fatal(fields: object, message: string): void
  info(fields: object, message: string): void
}

/** What concerns more than one call: what is slow for its model, budgets, providers that are all down. */
export interface Incidents {
  /** Whether a call was slower than the bound or than its model's recent p95. */
  isSlow(model: string, duration_ms: number, status: Status): boolean
  /** Counts a call that has ended, and tells what follows. */
  note(call: EndedCall, log: IncidentLog): void
}

/** Codes under which a provider asks to come again later; without one the network failed, which passes, too. */
const RETRYABLE = [408, 409, 425, 429]

/** Watches calls as they end. Throws `POLICY_OPTION_INVALID`. */
export function createIncidents(
  clock: Clock,
  slowMs: number | undefined,
  budget: BudgetOptions | undefined,
): Incidents {
  const wall = () => clock.wall()
  const slow = createSlowCalls({
    clock: wall,
    ...(slowMs === undefined ? {} : { boundMs: slowMs }),
  })
  const providers = createProvidersDown({ clock: wall })
  const state: { log: IncidentLog | undefined } = { log: undefined }
  const budgets = budget && openBudgets(budget, wall, state)

  return {
    isSlow: (model, duration_ms, status) => slow.isSlow(model, duration_ms, status),
    note({ provider, status, error, tenant, user, cost_usd }, log) {
      if (status !== 'aborted') {
        const http = error?.status
        const retryable = http == null || http >= 500 || RETRYABLE.includes(http)
        const told = providers.note(provider, { ok: status === 'ok', retryable })
        if (told === 'down') log.fatal({ provider }, 'all providers are down')
        if (told === 'up') log.info({ provider }, 'a provider answers again')
      }
      state.log = log
      budgets?.spend({ tenant, user, cost_usd })
    },
  }
}

function openBudgets(
  { limits, store, onExceeded }: BudgetOptions,
  clock: () => number,
  state: { readonly log: IncidentLog | undefined },
): Budgets {
  return createBudgets(limits, {
    clock,
    ...(store === undefined ? {} : { store }),
    onExceeded(exceeded) {
      state.log?.fatal({ ...exceeded }, 'cost budget exceeded')
      onExceeded?.(exceeded)
    },
  })
}
