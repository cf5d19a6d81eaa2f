import type { AnswerFacts } from '../provider.ts'
import { answerFacts } from '../providers/answer-facts.ts'
import { finishReasonOf } from '../providers/finish-reason.ts'
import { at, countAt, defined, listAt, textAt } from '../providers/json-values.ts'
import type { Part } from '../providers/message.ts'
import { type Counts, plus } from '../providers/usage.ts'
import { aiPart } from './ai-request.ts'

/** What an answer of the AI SDK's model came to; `includeOutput` false leaves out what it said. */
export function aiAnswer(result: unknown, includeOutput = true): AnswerFacts {
  return aiFacts(listAt(result, 'content').map(aiPart), result, includeOutput)
}

/** The same, for parts that were put together from a stream. */
export function aiFacts(
  parts: readonly Part[],
  result: unknown,
  includeOutput: boolean,
): AnswerFacts {
  const finish = finishOf(at(result, 'finishReason'))
  const { output, ...facts } = answerFacts({
    choices: [{ role: 'assistant', parts: parts.filter(isSaid), finish: finish.word }],
    model: textAt(result, 'response', 'modelId') ?? textAt(result, 'responseModelId'),
    id: textAt(result, 'response', 'id') ?? textAt(result, 'responseId'),
    counts: counts(result),
    tier: textAt(result, 'providerMetadata', 'openai', 'serviceTier'),
  })
  return defined({
    ...facts,
    output: includeOutput ? output : undefined,
    finish_reason_raw: finish.raw ?? facts.finish_reason_raw,
    provider_request_id: requestId(at(result, 'response', 'headers')),
  })
}

/** Sources are in the texts' own citations; approvals are the application's affair. */
function isSaid({ type }: Part): boolean {
  return type !== 'source' && type !== 'tool-approval-request'
}

interface Finish {
  readonly word: string | undefined
  readonly raw: string | undefined
}

/** A word in version 5, `{ unified, raw }` later. */
function finishOf(reason: unknown): Finish {
  const unified = typeof reason === 'string' ? reason : textAt(reason, 'unified')
  const raw = textAt(reason, 'raw')
  const word = unified?.replaceAll('-', '_')
  const isVague = word === undefined || finishReasonOf(word) === 'other'
  return { word: isVague ? (raw ?? word) : word, raw: raw ?? unified }
}

/** Plain numbers in version 5, `{ total, cacheRead, … }` later. */
function counts(result: unknown): Counts | undefined {
  const usage = at(result, 'usage')
  if (usage === undefined) return undefined
  const cacheRead =
    countAt(usage, 'inputTokens', 'cacheRead') ??
    countAt(usage, 'inputTokenDetails', 'cacheReadTokens') ??
    countAt(usage, 'cachedInputTokens')
  return {
    input: countAt(usage, 'inputTokens', 'total') ?? plainInput(result, cacheRead),
    output: countAt(usage, 'outputTokens', 'total') ?? countAt(usage, 'outputTokens'),
    cacheRead,
    cacheWrite:
      countAt(usage, 'inputTokens', 'cacheWrite') ??
      countAt(usage, 'inputTokenDetails', 'cacheWriteTokens') ??
      cacheWritten(result),
    reasoning:
      countAt(usage, 'outputTokens', 'reasoning') ??
      countAt(usage, 'outputTokenDetails', 'reasoningTokens') ??
      countAt(usage, 'reasoningTokens'),
  }
}

/** Version 5 passes Anthropic's count on as it is: without what was read from and written to the cache. */
function plainInput(result: unknown, cacheRead: number | undefined): number | undefined {
  const input = countAt(result, 'usage', 'inputTokens')
  const isAnthropic = at(result, 'providerMetadata', 'anthropic') !== undefined
  const isTotal = at(result, 'usage', 'inputTokenDetails') !== undefined
  return isAnthropic && !isTotal ? plus(input, cacheRead, cacheWritten(result)) : input
}

function cacheWritten(result: unknown): number | undefined {
  return countAt(result, 'providerMetadata', 'anthropic', 'cacheCreationInputTokens')
}

function requestId(headers: unknown): string | undefined {
  return textAt(headers, 'x-request-id') ?? textAt(headers, 'request-id')
}
