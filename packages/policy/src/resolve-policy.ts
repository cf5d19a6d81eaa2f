import { createHash } from 'node:crypto'
import { ruleName } from './check-policy.ts'
import type { Policy, Rule, Settings } from './policy.ts'
import { PRESETS } from './presets.ts'

/** A rule that has its name for good, whatever is taken out before it. */
export interface NamedRule extends Rule {
  readonly name: string
}

/** A policy that stands for itself: what it extends is in it. */
export interface ResolvedPolicy extends Policy {
  readonly rules: NamedRule[]
  readonly defaults: Settings
}

/** The policy with its preset in it and without the rules whose time is over. */
export function resolvePolicy(policy: Policy, now: number): ResolvedPolicy {
  const { $schema: _, extends: preset, rules = [], ...rest } = policy
  const base = preset === undefined ? undefined : PRESETS[preset]
  const named = [...rules, ...(base?.rules ?? [])].map((rule, index) => ({
    ...rule,
    name: ruleName(rule, index),
  }))
  return {
    ...(base?.asking === undefined ? {} : { asking: base.asking }),
    ...rest,
    rules: named.filter(({ then }) => then.until === undefined || Date.parse(then.until) > now),
    defaults: over(policy.defaults, base?.defaults),
  }
}

/** A digest of what a policy says. */
export function policyDigest(policy: ResolvedPolicy): string {
  return `sha256:${createHash('sha256').update(JSON.stringify(policy)).digest('hex')}`
}

function over(own: Settings = {}, below: Settings = {}): Settings {
  const settings = { ...below, ...own }
  if (own.fields === undefined || below.fields === undefined) return settings
  return { ...settings, fields: { ...below.fields, ...own.fields } }
}
