import { checkPolicy, findingTexts, type KnownNames } from './check-policy.ts'
import { allHold, type Condition, compileWhen } from './conditions.ts'
import { askMask, type ContentAsk } from './content-mask.ts'
import { type Decision, type DecisionNode, loweredNode, mergedNode } from './decision.ts'
import { PolicyError } from './errors.ts'
import { type Explanation, explain } from './explain.ts'
import type { Facts } from './facts.ts'
import { checkCompileOptions } from './options.ts'
import { namedTenants, resolveOutcome } from './outcome.ts'
import type { Policy, Then } from './policy.ts'
import {
  type NamedRule,
  policyDigest,
  type ResolvedPolicy,
  resolvePolicy,
} from './resolve-policy.ts'
import { type Settling, settle, settleStart, settling } from './settle.ts'

/** How a policy is compiled. */
export interface CompileOptions extends KnownNames {
  /** Epoch milliseconds, for `until`; default `Date.now`. */
  readonly clock?: () => number
}

/** A policy that is ready to decide. It never changes; its decisions are shared and frozen. */
export interface CompiledPolicy {
  readonly name: string | undefined
  /** Digest of what it says: of the rules that had not ended when it was compiled. */
  readonly digest: string
  /** When the first of its rules ends by itself, epoch milliseconds. */
  readonly until: number | undefined
  /** The tenants that sinks are bound to, by the sinks' names. */
  readonly bindings: ReadonlyMap<string, string>
  /** Decides about a record whose ending is known, or that has none. `ask` can only lower content. */
  decide(facts: Facts, ask?: ContentAsk): Decision
  /** Decides at a start: what the ending may change is held and said so. */
  decideStart(facts: Facts, ask?: ContentAsk): Decision
  /** Which rule decides about a record, and why. */
  explain(facts: Facts, ask?: ContentAsk): Explanation
}

/** Compiles a policy, so that it decides without looking at its text again. Throws `POLICY_INVALID` with all findings. */
export function compilePolicy(policy: Policy, options: CompileOptions = {}): CompiledPolicy {
  checkCompileOptions(options)
  const findings = checkPolicy(policy, options)
  if (findings.length > 0) {
    throw new PolicyError(
      'POLICY_INVALID',
      `The policy is not valid: ${findingTexts(findings).join('; ')}`,
      { findings },
    )
  }
  const clock = options.clock ?? Date.now
  const resolved = resolvePolicy(structuredClone(policy), clock())
  const digest = policyDigest(resolved)
  const compile = ruleCompiler(resolved, digest, options)
  const rules = resolved.rules.map(compile)
  const otherwise = compile({ name: DEFAULT, then: {} })
  const always = compile({ name: ALWAYS, then: ALWAYS_KEPT })
  const nothingAsked = resolved.asking === 'required' ? 0 : undefined

  function lower(node: DecisionNode, ask: ContentAsk | undefined): Decision {
    const mask = ask === undefined ? nothingAsked : askMask(ask)
    return (mask === undefined ? node : loweredNode(node, mask)).decision
  }

  function decide(facts: Facts, ask?: ContentAsk): Decision {
    if (ALWAYS_EVENTS.has(facts.event)) return settle(forTenant(always, facts), facts).decision
    for (const rule of rules) {
      if (!rule.holds(facts) || hasEnded(rule, clock)) continue
      return lower(settle(forTenant(rule, facts), facts), ask)
    }
    return lower(settle(forTenant(otherwise, facts), facts), ask)
  }

  function decideStart(facts: Facts, ask?: ContentAsk): Decision {
    let node: DecisionNode | undefined
    for (const rule of rules) {
      if (!rule.mayHold(facts) || hasEnded(rule, clock)) continue
      const own = settleStart(forTenant(rule, facts), facts)
      node = node === undefined ? own : mergedNode(node, own)
      if (rule.certain) return lower(node, ask)
    }
    const last = settleStart(forTenant(otherwise, facts), facts)
    return lower(node === undefined ? last : mergedNode(node, last), ask)
  }

  return {
    name: resolved.name ?? policy.extends,
    digest,
    until: firstEnd(rules),
    bindings: new Map(
      Object.entries(resolved.sinks ?? {}).map(([name, { tenant }]) => [name, tenant]),
    ),
    decide,
    decideStart,
    explain: (facts, ask) =>
      explain({ rules, clock, decision: decide(facts, ask), unasked: decide(facts, true) }, facts),
  }
}

/** A rule, compiled. */
export interface CompiledRule {
  readonly name: string
  readonly all: readonly Condition[]
  readonly holds: (facts: Facts) => boolean
  /** Whether what can be told at the start holds. */
  readonly mayHold: (facts: Facts) => boolean
  /** Whether the start can tell everything. */
  readonly certain: boolean
  /** When it ends by itself, epoch milliseconds. */
  readonly until: number | undefined
  readonly common: Settling
  /** Outcomes of tenants that the policy knows by name. */
  readonly tenants: ReadonlyMap<string, Settling> | undefined
}

const DEFAULT = 'defaults'
const ALWAYS = 'always kept'
/** Records about the recording itself: without them nobody could tell that something is missing. */
const ALWAYS_EVENTS: ReadonlySet<string> = new Set(['policy_changed', 'records_dropped', 'erased'])
const ALWAYS_KEPT: Then = { level: 'debug', content: 'none', sample: 1 }

function ruleCompiler(
  policy: ResolvedPolicy,
  digest: string,
  { profiles }: KnownNames,
): (rule: NamedRule) => CompiledRule {
  const tenants = namedTenants(policy)
  return ({ name, when = {}, then }) => {
    const all = compileWhen(when, name)
    const outcome = (tenant?: string): Settling =>
      settling(resolveOutcome(policy, name, then, tenant, profiles), digest)
    const common = outcome()
    return {
      name,
      all,
      holds: allHold(all),
      mayHold: allHold(all.filter(({ atEnd }) => !atEnd)),
      certain: !all.some(({ atEnd }) => atEnd),
      until: common.outcome.until,
      common,
      tenants:
        tenants.length === 0
          ? undefined
          : new Map(tenants.map((tenant) => [tenant, outcome(tenant)])),
    }
  }
}

function hasEnded({ until }: CompiledRule, clock: () => number): boolean {
  return until !== undefined && clock() >= until
}

function forTenant({ tenants, common }: CompiledRule, { tenant }: Facts): Settling {
  if (tenants === undefined || tenant === undefined) return common
  return tenants.get(tenant) ?? common
}

function firstEnd(rules: readonly CompiledRule[]): number | undefined {
  const ends = rules.flatMap(({ until }) => until ?? [])
  return ends.length === 0 ? undefined : Math.min(...ends)
}
