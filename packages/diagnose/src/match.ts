import { type CompiledRule, STRENGTH } from './compile-rules.ts'
import { occurs } from './phrase.ts'
import { type LayerReading, lastPart } from './rule-index.ts'

/** A rule that holds for a layer, and what in it made it hold. */
export interface Match {
  readonly rule: CompiledRule
  readonly reading: LayerReading
  /** The code that stood in a field or in the words. */
  readonly code: string | undefined
  /** The words that were found. */
  readonly words: string | undefined
}

/** What is known of the whole error when one layer is judged. */
export interface Surroundings {
  readonly provider: string | undefined
  /** Of this layer, else of one around it. */
  readonly status: number | undefined
}

/** What is no error of a model. */
export const FOREIGN = 'not_llm_error'

/** The rules about other systems that hold for a layer, or all the others, in no order. */
export function matchesOf(
  reading: LayerReading,
  surroundings: Surroundings,
  foreign: boolean,
): Match[] {
  const found: Match[] = []
  for (const rule of reading.candidates.keys()) {
    if ((rule.category === FOREIGN) !== foreign) continue
    const match = matchOf(rule, reading, surroundings)
    if (match !== undefined) found.push(match)
  }
  return found
}

/** The rule's match, where it holds. */
export function matchOf(
  rule: CompiledRule,
  reading: LayerReading,
  { provider, status }: Surroundings,
): Match | undefined {
  if (rule.providers !== undefined && !rule.providers.includes(provider ?? 'unknown'))
    return undefined
  if (rule.statuses !== undefined && (status === undefined || !rule.statuses.includes(status)))
    return undefined
  const code = rule.codes === undefined ? undefined : codeIn(rule, reading)
  if (rule.codes !== undefined && code === undefined) return undefined
  const words = rule.phrases === undefined ? undefined : wordsIn(rule, reading)
  if (rule.phrases !== undefined && words === undefined) return undefined
  if (rule.not.some((phrase) => occurs(phrase, reading.text))) return undefined
  return { rule, reading, code, words }
}

function wordsIn(rule: CompiledRule, { candidates, text }: LayerReading): string | undefined {
  return candidates.get(rule) ?? rule.phrases?.find((phrase) => occurs(phrase, text))?.words
}

function codeIn(
  { codes = [], codeWords }: CompiledRule,
  reading: LayerReading,
): string | undefined {
  for (const code of reading.codes) {
    if (codes.includes(code) || codes.includes(lastPart(code))) return code
  }
  return codeWords.find((phrase) => occurs(phrase, reading.text))?.words
}

/** Whether a match alone decides. */
export function isStrong({ rule }: Match): boolean {
  return rule.strength >= STRENGTH.text
}
