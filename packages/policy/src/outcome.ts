import { LEVELS, type LevelName } from '@recount/record'
import { type ContentMask, contentMask } from './content-mask.ts'
import { type FieldTreatments, fillFields } from './field-treatments.ts'
import type { Policy, SampleShares, Settings, TenantSettings, Then } from './policy.ts'

/** What a rule comes to for one tenant, with every gap filled. */
export interface Outcome {
  readonly rule: string
  readonly level: LevelName | 'silent'
  /** pino's number of the level; infinite for `silent`. */
  readonly threshold: number
  readonly content: ContentMask
  readonly redact: string
  /** The profile's place among the known ones, from the most lenient; unknown ones count as the strictest. */
  readonly strictness: number
  readonly fields: FieldTreatments
  readonly sinks: readonly string[]
  /** Sinks of other tenants: never sent to, whatever `sinks` says. */
  readonly notSinks: readonly string[]
  readonly sample: Readonly<Required<SampleShares>>
  /** When the rule ends by itself, epoch milliseconds. */
  readonly until: number | undefined
}

/**
 * The redaction profiles that the presets name, from the most lenient to the strictest. All mask secrets. `secrets` leaves
 * personal data alone, `personal` treats it so that the same person stays recognisable, `strict` masks it.
 */
export const PROFILES: readonly string[] = ['secrets', 'personal', 'strict']

/** The redaction profile where nothing says another one. */
const PROFILE = 'personal'

/** What a rule comes to: its own words, the tenant's where it is silent (profile and sinks: always), the defaults below. */
export function resolveOutcome(
  policy: Policy,
  rule: string,
  then: Then,
  tenant: string | undefined,
  profiles: readonly string[] = PROFILES,
): Outcome {
  const { defaults = {}, tenants = {} } = policy
  const own: TenantSettings =
    tenant !== undefined && Object.hasOwn(tenants, tenant) ? (tenants[tenant] ?? {}) : {}
  const level = then.level ?? own.level ?? defaults.level ?? 'debug'
  const redact = own.redact ?? then.redact ?? defaults.redact ?? PROFILE
  return {
    rule,
    level,
    threshold: level === 'silent' ? Number.POSITIVE_INFINITY : LEVELS[level],
    content: contentMask(then.content ?? defaults.content),
    redact,
    strictness: profiles.includes(redact) ? profiles.indexOf(redact) : profiles.length,
    fields: fillFields(then.fields, fillFields(defaults.fields)),
    sinks: own.sinks ?? then.sinks ?? defaults.sinks ?? ['*'],
    notSinks: sinksOfOthers(policy, tenant),
    sample: shares(then.sample ?? defaults.sample),
    until: then.until === undefined ? undefined : Date.parse(then.until),
  }
}

/** The tenants that a policy knows by name. */
export function namedTenants({ tenants = {}, sinks = {} }: Policy): string[] {
  return [...new Set([...Object.keys(tenants), ...Object.values(sinks).map((sink) => sink.tenant)])]
}

function sinksOfOthers({ sinks = {} }: Policy, tenant: string | undefined): string[] {
  return Object.keys(sinks).filter((name) => sinks[name]?.tenant !== tenant)
}

function shares(sample: Settings['sample'] = 1): Required<SampleShares> {
  if (typeof sample === 'number') return { content: sample, events: sample, calls: 1 }
  return { content: sample.content ?? 1, events: sample.events ?? 1, calls: sample.calls ?? 1 }
}
