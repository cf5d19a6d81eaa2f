import type { LlmResult } from '@recount/logger'
import { defined } from './json-values.ts'

/** Token counts as a provider's module has read and summed them. */
export interface Counts {
  /** With cached tokens. */
  readonly input?: number | undefined
  /** With reasoning tokens. */
  readonly output?: number | undefined
  readonly cacheRead?: number | undefined
  readonly cacheWrite?: number | undefined
  readonly reasoning?: number | undefined
}

/** Token counts in the record's words; nothing where nobody counted. Parts never exceed their whole. */
export function usageFacts(counts: Counts): LlmResult {
  const { input, output } = counts
  if (input === undefined && output === undefined) return {}
  const cacheRead = within(counts.cacheRead, input)
  const cacheWrite = within(counts.cacheWrite, input, cacheRead)
  return defined({
    input_tokens: input,
    output_tokens: output,
    cache_read_tokens: cacheRead,
    cache_write_tokens: cacheWrite,
    reasoning_tokens: within(counts.reasoning, output),
    usage_source: 'provider' as const,
  })
}

/** The first that is known, with those that are known added; undefined where the first is not known. */
export function plus(
  first: number | undefined,
  ...rest: readonly (number | undefined)[]
): number | undefined {
  if (first === undefined) return undefined
  return rest.reduce<number>((total, value) => total + (value ?? 0), first)
}

function within(
  part: number | undefined,
  whole: number | undefined,
  taken = 0,
): number | undefined {
  if (part === undefined || whole === undefined) return part
  return Math.min(part, Math.max(whole - taken, 0))
}
