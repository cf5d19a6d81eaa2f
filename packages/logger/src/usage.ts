import { readData } from './fields.ts'
import type { LlmResult } from './reply.ts'

/** Where replies and chunks keep their token counts: most; LangChain; Gemini. */
export function usageOf(reply: unknown): object | undefined {
  return at(reply, 'usage') ?? at(reply, 'usage_metadata') ?? at(reply, 'usageMetadata')
}

/** Names of each count, first found wins: OpenAI; its responses, Anthropic, LangChain; the AI SDK; Gemini. */
const INPUT = ['prompt_tokens', 'input_tokens', 'inputTokens', 'promptTokenCount']
const OUTPUT = ['completion_tokens', 'output_tokens', 'outputTokens', 'candidatesTokenCount']
const INPUT_DETAILS = [
  'prompt_tokens_details',
  'input_tokens_details',
  'input_token_details',
  'inputTokenDetails',
]
const OUTPUT_DETAILS = [
  'completion_tokens_details',
  'output_tokens_details',
  'output_token_details',
  'outputTokenDetails',
]

/**
 * Token counts as we mean them: input includes cached tokens, output includes reasoning. Anthropic counts cached input
 * apart, Gemini its thoughts, so they are added.
 */
export function readUsage(usage: object | undefined): LlmResult {
  if (usage === undefined) return {}
  const inputDetails = first(INPUT_DETAILS, (key) => at(usage, key))
  const outputDetails = first(OUTPUT_DETAILS, (key) => at(usage, key))
  const apartRead = count(usage, ['cache_read_input_tokens'])
  const apartWrite = count(usage, ['cache_creation_input_tokens'])
  const thoughts = count(usage, ['thoughtsTokenCount'])
  const input = sum(count(usage, INPUT), apartRead, apartWrite)
  const output = sum(count(usage, OUTPUT), thoughts)
  return defined({
    input_tokens: input,
    output_tokens: output,
    cache_read_tokens:
      apartRead ??
      count(inputDetails, ['cached_tokens', 'cache_read', 'cacheReadTokens']) ??
      count(usage, ['cachedInputTokens', 'cachedContentTokenCount']),
    cache_write_tokens:
      apartWrite ??
      count(inputDetails, ['cache_write_tokens', 'cache_creation', 'cacheWriteTokens']),
    reasoning_tokens:
      thoughts ??
      count(outputDetails, ['reasoning_tokens', 'reasoning', 'reasoningTokens']) ??
      count(usage, ['reasoningTokens']),
    usage_source: input === undefined && output === undefined ? undefined : ('provider' as const),
  })
}

function at(source: unknown, key: string): object | undefined {
  const value = typeof source === 'object' && source !== null ? readData(source, key) : undefined
  return typeof value === 'object' && value !== null ? value : undefined
}

function count(source: object | undefined, keys: readonly string[]): number | undefined {
  if (source === undefined) return undefined
  return first(keys, (key) => {
    const value = readData(source, key)
    return typeof value === 'number' ? value : undefined
  })
}

function first<T>(keys: readonly string[], find: (key: string) => T | undefined): T | undefined {
  for (const key of keys) {
    const found = find(key)
    if (found !== undefined) return found
  }
  return undefined
}

function sum(...values: (number | undefined)[]): number | undefined {
  if (values[0] === undefined) return undefined
  return values.reduce<number>((total, value) => total + (value ?? 0), 0)
}

function defined<T extends object>(source: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const found: { [K in keyof T]?: unknown } = {}
  for (const key in source) if (source[key] !== undefined) found[key] = source[key]
  return found as never
}
