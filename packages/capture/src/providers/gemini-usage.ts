import { at, countAt, type JsonObject, listAt } from './json-values.ts'
import { type Counts, plus } from './usage.ts'

/** Gemini counts its thoughts, and what its own tools put into the prompt, apart. */
export function geminiCounts(usage: JsonObject): Counts {
  const prompt = countAt(usage, 'promptTokenCount')
  const tools = countAt(usage, 'toolUsePromptTokenCount')
  const reasoning = countAt(usage, 'thoughtsTokenCount')
  const said = countAt(usage, 'candidatesTokenCount') ?? countAt(usage, 'responseTokenCount')
  const input = plus(prompt, tools)
  return {
    input,
    output: plus(said, reasoning) ?? rest(countAt(usage, 'totalTokenCount'), input),
    cacheRead: countAt(usage, 'cachedContentTokenCount'),
    reasoning,
  }
}

/** Sound, pictures and video have prices of their own. */
export function geminiBilled(usage: JsonObject): Record<string, number | undefined> {
  const read = [
    ...listAt(usage, 'promptTokensDetails'),
    ...listAt(usage, 'toolUsePromptTokensDetails'),
  ]
  const said = [
    ...listAt(usage, 'candidatesTokensDetails'),
    ...listAt(usage, 'responseTokensDetails'),
  ]
  const cached = listAt(usage, 'cacheTokensDetails')
  return {
    input_audio_tokens: ofModality(read, 'AUDIO'),
    input_image_tokens: plus(ofModality(read, 'IMAGE'), ofModality(read, 'DOCUMENT')),
    input_video_tokens: ofModality(read, 'VIDEO'),
    cache_audio_read_tokens: ofModality(cached, 'AUDIO'),
    cache_image_read_tokens: ofModality(cached, 'IMAGE'),
    cache_video_read_tokens: ofModality(cached, 'VIDEO'),
    output_audio_tokens: ofModality(said, 'AUDIO'),
    output_image_tokens: ofModality(said, 'IMAGE'),
    output_video_tokens: ofModality(said, 'VIDEO'),
  }
}

function ofModality(details: readonly unknown[], modality: string): number {
  return details
    .filter((detail) => at(detail, 'modality') === modality)
    .reduce<number>((total, detail) => total + (countAt(detail, 'tokenCount') ?? 0), 0)
}

function rest(total: number | undefined, input: number | undefined): number | undefined {
  return total === undefined || input === undefined || total < input ? undefined : total - input
}
