import type { Engine, Old } from './engine.ts'
import { type CheckedRule, checkRetention, type Days, type RetentionPolicy } from './retention.ts'
import type { Scope, Scoped } from './scope.ts'
import type { OnCleaned, Unfinished } from './store.ts'

/** How a retention policy is applied. */
export interface RetainOptions extends Scoped {
  /** Tells what would go, and changes nothing. */
  readonly dryRun?: boolean | undefined
  /** The moment from which days are counted, epoch milliseconds; default now. */
  readonly now?: number | undefined
  /** Told how far the bytes of the file are cleaned. */
  readonly onCleaned?: OnCleaned | undefined
}

/** What went by one rule. */
export interface RetainedByRule {
  readonly rule: string
  readonly content_days: Days
  readonly metadata_days: Days
  /** Spans of which the content went, and the metadata stays. */
  readonly content_spans: number
  /** Spans that went with all there is of them. */
  readonly spans: number
  /** Texts that nothing refers to any more; null where nothing was changed. */
  readonly pieces: number | null
}

/** What went by a policy. */
export interface Retained {
  readonly dry_run: boolean
  readonly rules: readonly RetainedByRule[]
  readonly content_spans: number
  readonly spans: number
  /** The size of the store in bytes, before and after; null where there is none, or nothing was changed. */
  readonly bytes_before: number | null
  readonly bytes_after: number | null
  /** Null where no byte of what went is left in the file. */
  readonly unfinished: Unfinished | null
}

const DAY_MS = 86_400_000

/** Forgets what is due by a policy. Throws `STORE_RETENTION_INVALID`. */
export async function retain(
  engine: Engine,
  policy: RetentionPolicy,
  scope: Scope,
  { dryRun = false, now = Date.now(), onCleaned }: RetainOptions,
): Promise<Retained> {
  const rules = checkRetention(policy)
  const results: RetainedByRule[] = []
  let bytes_before: number | null = null
  const forget = async (
    old: Old | undefined,
  ): Promise<{ spans: number; pieces: number | null }> => {
    if (old === undefined) return { spans: 0, pieces: dryRun ? null : 0 }
    if (dryRun) return { spans: await engine.countBefore(old), pieces: null }
    const pruned = await engine.forgetBefore(old)
    bytes_before ??= pruned.bytes_before
    return pruned
  }
  for (const [at, rule] of rules.entries()) {
    const before = rules.slice(0, at)
    const whole = await forget(oldOf(rule, before, false, scope, now))
    const content = await forget(oldOf(rule, before, true, scope, now))
    results.push({
      rule: rule.name,
      content_days: rule.content_days,
      metadata_days: rule.metadata_days,
      content_spans: content.spans,
      spans: whole.spans,
      pieces: whole.pieces === null ? null : whole.pieces + (content.pieces ?? 0),
    })
  }
  const cleaned = dryRun ? undefined : await engine.clean?.(onCleaned)
  const sum = (key: 'content_spans' | 'spans'): number =>
    results.reduce((total, result) => total + result[key], 0)
  return {
    dry_run: dryRun,
    rules: results,
    content_spans: sum('content_spans'),
    spans: sum('spans'),
    bytes_before,
    bytes_after: cleaned?.bytes ?? null,
    unfinished: cleaned?.unfinished ?? null,
  }
}

/** What a rule says of a plane; undefined where it is kept for ever, or goes with the metadata at the latest. */
function oldOf(
  { set, content_days, metadata_days }: CheckedRule,
  before: readonly CheckedRule[],
  contentOnly: boolean,
  scope: Scope,
  now: number,
): Old | undefined {
  const days = contentOnly ? content_days : metadata_days
  if (days === 'forever' || (contentOnly && content_days === metadata_days)) return undefined
  const moment = now - days * DAY_MS
  // Without rules it is a prune like any other, which keeps out by age what is read later.
  if (before.length === 0 && isAll(set)) return { before: moment, contentOnly, scope }
  const since =
    contentOnly && metadata_days !== 'forever' ? { since: now - metadata_days * DAY_MS } : {}
  return {
    before: moment,
    contentOnly,
    scope,
    of: { ...set, filter: { ...set.filter, ...since } },
    except: before.map((rule) => rule.set),
  }
}

function isAll({ tenants, filter }: CheckedRule['set']): boolean {
  return tenants === undefined && Object.keys(filter).length === 0
}
