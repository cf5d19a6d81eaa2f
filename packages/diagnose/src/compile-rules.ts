import type { Retryable } from './categories.ts'
import { compilePhrase, type Phrase } from './phrase.ts'
import type { RuleRow, RuleTable } from './rule.ts'

/** How much a match says; the highest decides. */
export const STRENGTH = {
  /** A specific code with specific words. */
  codeAndText: 6,
  /** A specific code. */
  code: 5,
  /** Specific words. */
  text: 4,
  /** A code of many meanings with a status, or words of many meanings. */
  weakCode: 2,
  /** A status alone. */
  status: 1,
} as const

/** A rule ready for use. */
export interface CompiledRule {
  /** Its full name: `openai.insufficient_quota`. */
  readonly id: string
  readonly category: string
  readonly source: string
  readonly strength: number
  readonly retryable: Retryable | undefined
  /** How many of provider and status it asks for; of equal rules the more specific one holds. */
  readonly specificity: number
  readonly providers: readonly string[] | undefined
  readonly statuses: readonly number[] | undefined
  /** Lower case, as they stand in a field. */
  readonly codes: readonly string[] | undefined
  /** Those of them that mean something in a sentence too: `insufficient_quota`, `ECONNRESET`. */
  readonly codeWords: readonly Phrase[]
  readonly phrases: readonly Phrase[] | undefined
  readonly not: readonly Phrase[]
}

/** Makes the rules of tables ready for use. */
export function compileRules(tables: readonly RuleTable[]): CompiledRule[] {
  return tables.flatMap((table) => table.rules.map((rule) => compileRule(table, rule)))
}

function compileRule(table: RuleTable, rule: RuleRow): CompiledRule {
  return {
    id: `${table.name}.${rule.id}`,
    category: rule.category,
    source: rule.source ?? table.source,
    strength: strengthOf(rule),
    retryable: rule.retryable,
    specificity: Number(rule.provider !== undefined) + Number(rule.status !== undefined),
    providers: words(rule.provider ?? table.provider),
    statuses: rule.status === undefined ? undefined : [rule.status].flat(),
    codes: words(rule.code)?.map((code) => code.toLowerCase()),
    codeWords: rule.fieldOnly ? [] : (words(rule.code) ?? []).filter(isTelling).map(compilePhrase),
    phrases: words(rule.text)?.map(compilePhrase),
    not: words(rule.not)?.map(compilePhrase) ?? [],
  }
}

function strengthOf({ weak, code, text }: RuleRow): number {
  if (code === undefined && text === undefined) return STRENGTH.status
  if (weak) return STRENGTH.weakCode
  if (code !== undefined) return text === undefined ? STRENGTH.code : STRENGTH.codeAndText
  return STRENGTH.text
}

/** A text may hold several, with ` | ` between them. */
function words(given: string | string[] | undefined): readonly string[] | undefined {
  return given === undefined ? undefined : [given].flat().flatMap((text) => text.split(' | '))
}

/** Whether nobody would write it as a word of a sentence. */
function isTelling(code: string): boolean {
  return /[a-zA-Z]_[a-zA-Z]|[a-z][A-Z]|^E[A-Z]{4,}$|^AI_/.test(code)
}
