import type { Judged } from './facts.ts'
import { brief } from './said.ts'
import type { Proof, Verdict } from './verdict.ts'

const REFUSES =
  /\bI(?:['’]m| am) (?:sorry|unable|not able)\b|\bI (?:can(?:no|['’])t|won['’]t|must decline)\b/i

/** Who is to blame for an answer in words alone where data was asked for: the model, which said them, or refused in them. */
export function blameWords(judged: Judged, raw: string, proof: readonly Proof[]): Verdict {
  const refuses = REFUSES.test(raw.slice(0, 300))
  return {
    part: refuses ? 'refusal' : 'model',
    span_id: judged.call?.span_id ?? judged.span_id,
    summary: refuses
      ? 'The model refused in words, and there was nothing to parse.'
      : 'The model answered in words alone, and there was nothing to parse.',
    confidence: 0.8,
    proof,
    advice: refuses
      ? 'Change the prompt, or ask another model. The parser is not to blame.'
      : 'Ask for structured output, and try again with the message.',
  }
}

const THREW =
  /^(?:Type|Reference|Range)Error\b|cannot (?:read|set) propert|is not (?:a function|defined|iterable)\b|undefined is not an object|has no attribute/i

/** A rule that threw has judged nothing. */
export function blameValidator(
  { span_id }: Judged,
  { rule, message }: Judged['lines'][number],
): Verdict | undefined {
  if (rule === 'parse' || !THREW.test(message ?? '')) return undefined
  return {
    part: 'validator',
    span_id,
    summary: `The rule ${rule ?? 'of the schema'} threw, so it has judged nothing.`,
    confidence: 0.85,
    proof: [{ span_id, event: 'validation', field: 'message', says: brief(message) }],
    advice: 'Correct the rule, and let it take answers in which a field is absent.',
  }
}
