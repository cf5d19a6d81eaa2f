import { CATEGORIES, type Category } from './categories.ts'
import { checkRules, type RuleConflict } from './check-rules.ts'
import { compileRules } from './compile-rules.ts'
import { PRECEDENCE } from './decide.ts'
import { type Diagnose, diagnoseWith, type Knowledge } from './diagnose.ts'
import type { RuleFile } from './rule.ts'
import { RuleIndex } from './rule-index.ts'
import { RULE_TABLES } from './rules/index.ts'
import { SUGGESTIONS } from './suggestions.ts'

/** Options of `createDiagnoser`. */
export interface DiagnoserOptions {
  /** Rules and categories besides the built-in ones, as `readRuleFile` gives them. Of equal strength, they win. */
  readonly rules?: RuleFile
}

/** A diagnoser with rules of one's own. */
export interface Diagnoser {
  readonly diagnose: Diagnose
  /** Rules that say of the same thing what another rule says differently. */
  readonly conflicts: readonly RuleConflict[]
  /** Ids of built-in categories that the rules define anew: theirs hold. */
  readonly redefined: readonly string[]
}

/** Makes a diagnoser that knows more rules and categories. Throws `DIAGNOSE_RULES_INVALID`. */
export function createDiagnoser({ rules = {} }: DiagnoserOptions = {}): Diagnoser {
  const conflicts = checkRules(rules)
  const knowledge = knowledgeOf(rules)
  return {
    conflicts,
    redefined: (rules.categories ?? []).map(({ id }) => id).filter((id) => PRECEDENCE.has(id)),
    diagnose: (error, context = {}) => diagnoseWith(knowledge, error, context),
  }
}

function knowledgeOf({ categories = [], tables = [] }: RuleFile): Knowledge {
  const own = compileRules(tables).map((rule) => ({ ...rule, strength: rule.strength + 0.5 }))
  const added = categories.map(({ id, retryable, severity, meaning }): Category => {
    return { id, group: 'own', meaning, retryable, severity }
  })
  const lines = categories.map(({ id, suggestions = [] }) => [id, suggestions] as const)
  const docs = categories.flatMap(({ id, docs = [] }) =>
    docs.length > 0 ? [[id, docs] as const] : [],
  )
  return {
    judge: {
      index: new RuleIndex([...own, ...compileRules(RULE_TABLES)]),
      precedence: PRECEDENCE,
    },
    categories: new Map([...CATEGORIES, ...added].map((category) => [category.id, category])),
    suggestions: new Map([...Object.entries(SUGGESTIONS), ...lines]),
    docs: new Map(docs),
  }
}
