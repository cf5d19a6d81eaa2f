import { CATEGORIES } from './categories.ts'
import { type CompiledRule, compileRules } from './compile-rules.ts'
import { DiagnoseError } from './errors.ts'
import type { RuleFile } from './rule.ts'
import { RULE_TABLES } from './rules/index.ts'
import { validateRuleFile } from './validator.js'

/** Two rules that call the same evidence by different categories. */
export interface RuleConflict {
  /** The rule that was added. */
  readonly rule: string
  /** The rule that says otherwise. */
  readonly other: string
  /** The code or words that both have. */
  readonly evidence: string
  readonly category: string
  readonly otherCategory: string
}

/**
 * Checks a file of rules against the schema and against the categories, and reports where they contradict each other or the
 * built-in ones. Throws `DIAGNOSE_RULES_INVALID`.
 */
export function checkRules(file: unknown): RuleConflict[] {
  if (!validateRuleFile(file)) {
    const [error] = validateRuleFile.errors ?? []
    const where = error?.instancePath ? `\`${error.instancePath}\`` : 'the file'
    throw invalid(`Expected ${where} to be as the schema of rule files says: ${said(error)}`)
  }
  const { categories = [], tables = [] } = file as RuleFile
  const ids = categories.map(({ id }) => id)
  const twice = ids.find((id, place) => ids.indexOf(id) !== place)
  if (twice !== undefined)
    throw invalid(`Expected each category once, got ${twice} twice; remove one`)
  const known = new Set([...CATEGORIES.map(({ id }) => id), ...ids])
  const own = compileRules(tables)
  for (const { id, category, phrases = [], codes, statuses } of own) {
    if (!known.has(category))
      throw invalid(`Expected the category of the rule ${id} to be a known one, got ${category}`)
    if (phrases.length === 0 && codes === undefined && statuses === undefined)
      throw invalid(`Expected the rule ${id} to ask for a code, a text or a status, got none`)
    const unfindable = phrases.find(({ anchors }) => anchors.length === 0)
    if (unfindable !== undefined)
      throw invalid(
        `Expected “${unfindable.words}” of the rule ${id} to have a whole word of three letters or more`,
      )
  }
  return conflictsOf(own, compileRules(RULE_TABLES))
}

function said(error: { keyword: string; params: object; message?: string } | undefined): string {
  return `${error?.message ?? 'it is not'} ${JSON.stringify(error?.params ?? {})}`
}

function invalid(message: string): DiagnoseError {
  return new DiagnoseError('DIAGNOSE_RULES_INVALID', message)
}

/** Rules of the same strength for the same evidence; a rule that asks for more than the other is no contradiction. */
function conflictsOf(
  own: readonly CompiledRule[],
  builtIn: readonly CompiledRule[],
): RuleConflict[] {
  const byEvidence = new Map<string, CompiledRule[]>()
  for (const rule of [...builtIn, ...own])
    for (const evidence of evidenceOf(rule))
      byEvidence.set(evidence, [...(byEvidence.get(evidence) ?? []), rule])
  return own.flatMap((rule, place) =>
    evidenceOf(rule).flatMap((evidence) =>
      (byEvidence.get(evidence) ?? [])
        .filter((other) => isContradiction(rule, other))
        .filter((other) => !own.slice(0, place + 1).includes(other))
        .map((other) => ({
          rule: rule.id,
          other: other.id,
          evidence,
          category: rule.category,
          otherCategory: other.category,
        })),
    ),
  )
}

function evidenceOf({ codes = [], phrases = [] }: CompiledRule): string[] {
  return [...codes, ...phrases.map(({ words }) => words.toLowerCase())]
}

function isContradiction(a: CompiledRule, b: CompiledRule): boolean {
  return a.category !== b.category && a.strength === b.strength && a.specificity === b.specificity
}
