import type { Retryable } from './categories.ts'

/** What an error has to show so that it is of a category. Everything that is given has to hold; ` | ` separates alternatives. */
export interface When {
  /** Who answered; one of these. */
  provider?: string | string[]
  /** HTTP status; one of these. */
  status?: number | number[]
  /** A machine code, a type, a reason, a class name; one of these, without regard to case. */
  code?: string | string[]
  /** Words in the message, `*` for any others; one of these. */
  text?: string | string[]
  /** Words that must not be there. */
  not?: string | string[]
}

/** One row of a table of rules. */
export interface RuleRow extends When {
  /** Its name inside the table. */
  id: string
  /** The id of a category. */
  category: string
  /** Where it is documented; default: the table's. */
  source?: string
  /** True for what is used for many things: anything more specific overrides it. */
  weak?: boolean
  /** True for codes that are also words of sentences: only a field counts. */
  fieldOnly?: boolean
  /** Whether trying again helps, where that differs from the category. */
  retryable?: Retryable
}

/** The rules of one provider, library or layer of the network. */
export interface RuleTable {
  /** What the rules are about; the first part of their ids. */
  name: string
  /** Where what they say is documented: a URL, or the type of an installed package. */
  source: string
  /** Holds for every rule of the table that names no provider itself. */
  provider?: string | string[]
  /** In any order: what decides is how specific a rule is, then the precedence of categories. */
  rules: RuleRow[]
}

/** A category that the built-in ones do not have. */
export interface CategoryRow {
  id: string
  retryable: Retryable
  severity: 'critical' | 'error' | 'warning' | 'info'
  meaning: string
  /** What to do, likeliest first. */
  suggestions?: string[]
  /** Links. */
  docs?: string[]
}

/** A file of rules and categories of one's own. */
export interface RuleFile {
  categories?: CategoryRow[]
  tables?: RuleTable[]
}
