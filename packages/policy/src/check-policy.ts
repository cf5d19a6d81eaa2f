import type { Policy, Rule, Settings } from './policy.ts'
import { brokenRules } from './schema-findings.ts'
import { validatePolicy } from './validator.js'

/** One thing wrong with a policy. */
export interface PolicyFinding {
  /** The rule it is in; null outside the rules. */
  readonly rule: string | null
  /** Where in the policy: `rules[0].then.content`. */
  readonly key: string
  readonly expected: string
  readonly got: string
}

/** What names a policy may use; what is not given is not checked. */
export interface KnownNames {
  /** Redaction profiles, from the most lenient to the strictest. */
  readonly profiles?: readonly string[]
  readonly sinks?: readonly string[]
}

/** Checks a value against the schema and against what a schema cannot say. An empty list means valid. */
export function checkPolicy(value: unknown, known: KnownNames = {}): PolicyFinding[] {
  const extent = extentFinding(value)
  if (extent !== undefined) return [extent]
  if (!validatePolicy(value)) {
    return brokenRules(validatePolicy.errors ?? [], value).map(({ path, expected, got }) => ({
      rule: ruleOfPath(value, path),
      key: keyText(path),
      expected,
      got,
    }))
  }
  const policy = value as Policy
  return [
    ...doubleNames(policy),
    ...(policy.rules ?? []).flatMap((rule, index) => untilFinding(rule, index)),
    ...everySettings(policy).flatMap((place) => nameFindings(place, known)),
    ...foreignSinks(policy),
  ]
}

/** A finding as one sentence. */
export function findingText({ rule, key, expected, got }: PolicyFinding): string {
  const where = rule === null || key.startsWith(`${rule}.`) ? '' : `rule ${rule}: `
  return `${where}expected \`${key}\` to be ${expected}, got ${got}`
}

/** More would bury the first ones. */
const MOST_TOLD = 100

/** Findings as sentences, 100 at most and then how many more. */
export function findingTexts(findings: readonly PolicyFinding[]): string[] {
  const told = findings.slice(0, MOST_TOLD).map(findingText)
  return findings.length <= MOST_TOLD ? told : [...told, `and ${findings.length - MOST_TOLD} more`]
}

/** How explanations call a rule. */
export function ruleName({ name }: Rule, index: number): string {
  return name ?? `rules[${index}]`
}

const MOST_RULES = 1000
/** Deeper than any policy, and far from where a walk over it would fail. */
const MOST_LEVELS = 32

function extentFinding(value: unknown): PolicyFinding | undefined {
  if (isDeep(value)) return deepFinding()
  const rules: unknown = (value as { rules?: unknown } | null | undefined)?.rules
  if (!Array.isArray(rules) || rules.length <= MOST_RULES) return undefined
  const expected = `a list of at most ${MOST_RULES} rules`
  return { rule: null, key: 'rules', expected, got: `${rules.length}` }
}

/** What is said of a value for which `isDeep` holds. */
export function deepFinding(): PolicyFinding {
  const expected = `at most ${MOST_LEVELS} levels deep`
  return { rule: null, key: 'the policy', expected, got: 'a deeper one' }
}

/** Whether a value is nested deeper than a policy may be. */
export function isDeep(value: unknown, levels: number = MOST_LEVELS): boolean {
  if (typeof value !== 'object' || value === null) return false
  return levels === 0 || Object.values(value).some((item) => isDeep(item, levels - 1))
}

function ruleOfPath(value: unknown, [first, second]: readonly string[]): string | null {
  if (first !== 'rules' || second === undefined) return null
  const rules: unknown = (value as { rules?: unknown }).rules
  const rule: unknown = Array.isArray(rules) ? rules[Number(second)] : undefined
  const name: unknown = (rule as { name?: unknown } | null | undefined)?.name
  return typeof name === 'string' ? name : `rules[${second}]`
}

function keyText(path: readonly string[]): string {
  if (path.length === 0) return 'the policy'
  return path
    .map((key, depth) => {
      if (/^\d+$/.test(key)) return `[${key}]`
      if (!/^[\w$]+$/.test(key)) return `[${JSON.stringify(key)}]`
      return depth === 0 ? key : `.${key}`
    })
    .join('')
}

function doubleNames({ rules = [] }: Policy): PolicyFinding[] {
  const names = rules.map(ruleName)
  return names.flatMap((name, index) =>
    names.indexOf(name) === index
      ? []
      : [finding(name, `rules[${index}].name`, 'a name that no other rule has', name)],
  )
}

function untilFinding(rule: Rule, index: number): PolicyFinding[] {
  const { until } = rule.then
  if (until === undefined || isMoment(until)) return []
  return [
    finding(ruleName(rule, index), `rules[${index}].then.until`, 'a moment that exists', until),
  ]
}

/** `Date.parse` takes the 30th of February for the 2nd of March. */
function isMoment(text: string): boolean {
  const [year, month, day] = text.slice(0, 10).split('-').map(Number)
  return (
    !Number.isNaN(Date.parse(text)) &&
    Number(day) <= new Date(Date.UTC(Number(year), Number(month), 0)).getUTCDate()
  )
}

interface Place {
  readonly rule: string | null
  readonly key: string
  readonly settings: Pick<Settings, 'redact' | 'sinks'>
}

function everySettings({ rules = [], defaults, tenants = {} }: Policy): Place[] {
  return [
    ...rules.map((rule, index) => ({
      rule: ruleName(rule, index),
      key: `rules[${index}].then`,
      settings: rule.then,
    })),
    ...(defaults === undefined ? [] : [{ rule: null, key: 'defaults', settings: defaults }]),
    ...Object.entries(tenants).map(([tenant, settings]) => ({
      rule: null,
      key: keyText(['tenants', tenant]),
      settings,
    })),
  ]
}

/** Words by which somebody may ask for what does not exist. */
const UNREDACTED = ['none', 'off', 'false', 'no', 'raw', 'plain', 'unredacted', 'disabled']

function nameFindings({ rule, key, settings }: Place, known: KnownNames): PolicyFinding[] {
  const { redact, sinks = [] } = settings
  const findings: PolicyFinding[] = []
  if (redact !== undefined && UNREDACTED.includes(redact.toLowerCase()))
    findings.push(
      finding(rule, `${key}.redact`, 'a profile (there is no unredacted setting)', redact),
    )
  else if (redact !== undefined && known.profiles?.includes(redact) === false)
    findings.push(finding(rule, `${key}.redact`, `one of ${known.profiles.join(', ')}`, redact))
  for (const [index, sink] of sinks.entries()) {
    if (sink === '*' || known.sinks === undefined || known.sinks.includes(sink)) continue
    findings.push(
      finding(rule, `${key}.sinks[${index}]`, `one of ${known.sinks.join(', ')}, *`, sink),
    )
  }
  return findings
}

function foreignSinks({ tenants = {}, sinks: bindings = {} }: Policy): PolicyFinding[] {
  return Object.entries(tenants).flatMap(([tenant, { sinks = [] }]) =>
    sinks.flatMap((sink, index) => {
      const owner = bindings[sink]?.tenant ?? tenant
      if (owner === tenant) return []
      const key = `${keyText(['tenants', tenant])}.sinks[${index}]`
      return [finding(null, key, `no sink of the tenant ${owner}`, sink)]
    }),
  )
}

function finding(rule: string | null, key: string, expected: string, got: string): PolicyFinding {
  return { rule, key, expected, got: JSON.stringify(got) }
}
