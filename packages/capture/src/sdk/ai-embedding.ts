import type { ResolvedOptions } from '../options.ts'
import type { AnswerFacts, RequestFacts } from '../provider.ts'
import { countAt, listAt, textAt } from '../providers/json-values.ts'
import { textPart } from '../providers/message.ts'
import { usageFacts } from '../providers/usage.ts'
import { safely } from '../warnings.ts'
import { runRecorded } from './run-recorded.ts'

/** A model of the AI SDK, with its provider in OpenTelemetry's name. */
export interface NamedModel {
  readonly provider: string
  readonly modelId: string
}

/** Runs a call of an embedding model of the AI SDK and records it, unless a layer above does. */
export function recordEmbedding<R>(
  options: ResolvedOptions,
  { provider, modelId }: NamedModel,
  params: unknown,
  run: () => PromiseLike<R>,
): Promise<R> {
  const request = (): RequestFacts => embeddingRequest(modelId, params)
  return runRecorded(options, { provider, request, signal: undefined }, run, (call, result) => {
    call.end(safely(() => embeddingAnswer(result)) ?? {})
    return result
  })
}

function embeddingRequest(model: string, params: unknown): RequestFacts {
  const parts = listAt(params, 'values').map((value) => textPart(String(value)))
  const input = [{ role: 'user', parts }]
  return { api: 'ai-sdk', operation: 'embeddings', model, stream: false, params: {}, input }
}

function embeddingAnswer(result: unknown): AnswerFacts {
  const count = listAt(result, 'embeddings').length
  const model = textAt(result, 'response', 'modelId')
  return {
    output: [{ role: 'assistant', parts: [{ type: 'embeddings', count }] }],
    ...usageFacts({ input: countAt(result, 'usage', 'tokens') }),
    ...(model !== undefined && { response_model: model }),
  }
}
