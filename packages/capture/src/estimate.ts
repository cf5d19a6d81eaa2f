import { estimateTokenCount } from 'tokenx'
import type { AnswerFacts, RequestFacts } from './provider.ts'
import { at, listAt } from './providers/json-values.ts'

/** Characters that are looked at; longer texts are estimated by their beginning. */
const MAX_LOOKED_AT = 200_000
/** Parts that hold no text: what they cost nobody can tell from their bytes. */
const NO_TEXT: ReadonlySet<unknown> = new Set(['blob', 'uri', 'file'])
/** Lists and objects inside of each other that are looked into. */
const MAX_DEPTH = 24

/** Operations that are not paid for by the tokens of the texts that are seen: sound, pictures, searches. */
const NOT_BY_TEXT: ReadonlySet<string> = new Set([
  'transcription',
  'translation',
  'speech',
  'image_generation',
  'moderation',
  'rerank',
])

type Usage = Pick<AnswerFacts, 'input_tokens' | 'output_tokens' | 'usage_source'>

/**
 * Token counts where the provider gives none, or gave them before the answer was cut: estimated, and labelled so. Empty
 * where the provider has counted. What cannot be estimated stays out.
 */
export function estimatedUsage(request: RequestFacts, facts: AnswerFacts, isCut: boolean): Usage {
  if (NOT_BY_TEXT.has(request.operation)) return {}
  const counted = typeof facts.output_tokens === 'number' ? facts.output_tokens : undefined
  const spoken = spokenTokens(facts.output)
  const output = isCut ? larger(counted, spoken) : (counted ?? spoken)
  const input =
    typeof facts.input_tokens === 'number' ? facts.input_tokens : promptTokens(request, spoken)
  if (output === counted && input === facts.input_tokens) return {}
  return {
    ...(input !== undefined && { input_tokens: input }),
    ...(output !== undefined && { output_tokens: output }),
    usage_source: 'estimated',
  }
}

/** Of sounds and pictures nobody can tell. */
function spokenTokens(output: unknown): number | undefined {
  if (output === undefined) return undefined
  const count = tokensOf(output)
  return count === 0 && holdsNoText(output) ? undefined : count
}

function holdsNoText(output: unknown): boolean {
  if (!Array.isArray(output)) return false
  return output.some((message) =>
    listAt(message, 'parts').some((part) => NO_TEXT.has(at(part, 'type'))),
  )
}

/** Of a request that refers to what the provider holds, nobody can tell how much the model saw. */
function promptTokens(
  { system, input, tools, state }: RequestFacts,
  spoken: number | undefined,
): number | undefined {
  if (state !== undefined || spoken === undefined) return undefined
  return tokensOf([system, input, tools])
}

function larger(first: number | undefined, second: number | undefined): number | undefined {
  if (first === undefined || second === undefined) return first ?? second
  return Math.max(first, second)
}

/** Estimated tokens of all texts in a value. */
function tokensOf(value: unknown): number {
  const texts: string[] = []
  collect(value, texts, 0)
  const text = texts.join('\n')
  if (text.length <= MAX_LOOKED_AT) return estimateTokenCount(text)
  const share = estimateTokenCount(text.slice(0, MAX_LOOKED_AT)) / MAX_LOOKED_AT
  return Math.round(share * text.length)
}

function collect(value: unknown, texts: string[], depth: number): void {
  if (typeof value === 'string') texts.push(value)
  else if (typeof value !== 'object' || value === null || depth > MAX_DEPTH) return
  else if (Array.isArray(value)) for (const item of value) collect(item, texts, depth + 1)
  else {
    if ('type' in value && NO_TEXT.has(value.type)) return
    for (const [key, item] of Object.entries(value)) {
      if (!LABELS.has(key)) collect(item, texts, depth + 1)
    }
  }
}

/** Keys whose texts say what a part is, not what it says. */
const LABELS: ReadonlySet<string> = new Set(['type', 'role', 'id', 'finish_reason', 'modality'])
