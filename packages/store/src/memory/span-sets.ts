import type { SpanSet } from '../engine.ts'
import { passes } from '../read/filter.ts'
import type { SpanFacts } from '../read/span-summary.ts'

/** Whether a rule of retention speaks of a span. */
export function isInSet(facts: SpanFacts, set: SpanSet | undefined): boolean {
  return isOfTenants(facts.tenant_id, set) && passes(facts, set?.filter ?? {})
}

/** Whether it speaks of a tenant. */
export function isOfTenants(tenant: string | null | undefined, set: SpanSet | undefined): boolean {
  return set?.tenants === undefined || set.tenants.includes(tenant ?? '')
}

/** Whether it speaks of spans alone, since late lines do not tell what it asks for. */
export function hasConditions(set: SpanSet | undefined): boolean {
  return Object.values(set?.filter ?? {}).some((value) => value !== undefined)
}
