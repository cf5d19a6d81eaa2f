import type { AnswerFacts, RequestFacts } from '../provider.ts'
import { answerFacts } from '../providers/answer-facts.ts'
import { at, countAt, defined, isObject, textAt, without } from '../providers/json-values.ts'
import { providerNamed } from '../providers/known.ts'
import { textPart } from '../providers/message.ts'

const CONTENT: ReadonlySet<string> = new Set([
  'model',
  'messages',
  'input',
  'prompt',
  'contents',
  'system',
  'instructions',
  'tools',
  'stream',
])

/** A request that is given as an object of whatever shape: content is looked for where providers have it. */
export function plainRequest(request: unknown): RequestFacts {
  const tools = at(request, 'tools')
  return defined({
    api: 'plain',
    operation: 'chat',
    model: textAt(request, 'model') ?? 'unknown',
    stream: at(request, 'stream') === true,
    params: without(request, CONTENT),
    system: at(request, 'system') ?? at(request, 'instructions'),
    input:
      at(request, 'messages') ??
      at(request, 'input') ??
      at(request, 'contents') ??
      at(request, 'prompt'),
    tools: Array.isArray(tools) && tools.length > 0 ? tools : undefined,
  })
}

const ANY = providerNamed('unknown')

/** A response of whatever shape: any provider's, `{ text, model, usage }`, or a text. */
export function plainAnswer(response: unknown): AnswerFacts {
  if (typeof response === 'string') return said(response, {})
  if (!isObject(response)) return {}
  const known = ANY.answer(plainly(response))
  if (known.output !== undefined || known.failure !== undefined) return known
  const text =
    textAt(response, 'text') ?? textAt(response, 'content') ?? textAt(response, 'output_text')
  return text === undefined ? { output: response, ...known } : { ...said(text, response), ...known }
}

/** Classes of SDKs hold their data in properties of their own. */
function plainly(response: object): unknown {
  return { ...response }
}

function said(text: string, response: object): AnswerFacts {
  const count = (...names: string[]): number | undefined =>
    names.map((name) => countAt(response, 'usage', name)).find((found) => found !== undefined)
  const { output: _, ...facts } = answerFacts({
    choices: [
      {
        role: 'assistant',
        parts: [textPart(text)],
        finish: textAt(response, 'finish_reason') ?? textAt(response, 'stop_reason'),
      },
    ],
    model: textAt(response, 'model'),
    counts: {
      input: count('input_tokens', 'prompt_tokens', 'inputTokens'),
      output: count('output_tokens', 'completion_tokens', 'outputTokens'),
    },
  })
  return { ...facts, output: [{ role: 'assistant', parts: [textPart(text)] }] }
}
