import type { AnswerFacts, RequestFacts } from '../provider.ts'

/** Operations of which every answer holds a message or says why it holds none. */
const ANSWERED: ReadonlySet<string> = new Set(['chat', 'generate_content', 'text_completion'])

/** What a whole answer came to, which says so where nothing in it is a model's: neither a message nor a count nor a failure. */
export function orNothing(facts: AnswerFacts, { operation }: RequestFacts): AnswerFacts {
  const { output, finish_reason, input_tokens, output_tokens, failure } = facts
  const told = [output, finish_reason, input_tokens, output_tokens, failure]
  if (!ANSWERED.has(operation) || told.some((fact) => fact !== undefined && fact !== null))
    return facts
  const cost_reason = 'the answer holds neither a message nor token counts'
  return { cost_reason, ...facts, finish_reason: 'other' }
}
