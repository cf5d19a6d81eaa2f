import { type CaptureOptions, type ResolvedOptions, resolveOptions } from '../options.ts'
import type { RequestFacts } from '../provider.ts'
import { safely } from '../warnings.ts'
import { aiAnswer } from './ai-answer.ts'
import { type NamedModel, recordEmbedding } from './ai-embedding.ts'
import { aiProvider, aiRequest } from './ai-request.ts'
import { recordedParts } from './ai-stream.ts'
import { runRecorded } from './run-recorded.ts'

/** What the AI SDK gives a middleware. */
interface Wrapped<G, S> {
  readonly doGenerate: () => PromiseLike<G>
  readonly doStream: () => PromiseLike<S>
  readonly params: unknown
  readonly model: unknown
}

interface WrappedEmbed<E> {
  readonly doEmbed: () => PromiseLike<E>
  readonly params: unknown
  readonly model: unknown
}

/** A middleware for `wrapLanguageModel` of `ai` 5, 6 and 7, and for `wrapEmbeddingModel` of 6 and 7. */
export interface AiMiddleware {
  /** Fits the specification of every version. */
  readonly specificationVersion: never
  readonly wrapGenerate: <G, S>(call: Wrapped<G, S>) => Promise<G>
  readonly wrapStream: <G, S>(call: Wrapped<G, S>) => Promise<S>
  readonly wrapEmbed: <E>(call: WrappedEmbed<E>) => Promise<E>
}

/** Records the calls of one model of the AI SDK: `wrapLanguageModel({ model, middleware: aiMiddleware({ logger }) })`. Throws `CAPTURE_OPTION_INVALID`. */
export function aiMiddleware(options: CaptureOptions = {}): AiMiddleware {
  const resolved = resolveOptions(options)
  return {
    specificationVersion: 'v4' as never,
    wrapGenerate: ({ doGenerate, params, model }) =>
      recordModelCall(resolved, { model, params, stream: false }, doGenerate),
    wrapStream: ({ doStream, params, model }) =>
      recordModelCall(resolved, { model, params, stream: true }, doStream),
    wrapEmbed: ({ doEmbed, params, model }) =>
      recordEmbedding(resolved, nameOf(model), params, doEmbed),
  }
}

/** A call of a model of the AI SDK. */
export interface ModelCall {
  /** Has `provider` and `modelId`. */
  readonly model: unknown
  readonly params: unknown
  readonly stream: boolean
  /** False where the application asked for what is said to be left out. */
  readonly includeOutput?: boolean
}

/** Runs a call of a model of the AI SDK and records it, unless a layer above does. */
export function recordModelCall<R>(
  options: ResolvedOptions,
  { model, params, stream, includeOutput = true }: ModelCall,
  run: () => PromiseLike<R>,
): Promise<R> {
  const { provider, modelId } = nameOf(model)
  const signal = signalOf(params)
  const request = (): RequestFacts => aiRequest(modelId, params, stream)
  return runRecorded(options, { provider, request, signal }, run, (call, result) => {
    if (isStreamed(result)) {
      const settings = { signal, includeOutput, result }
      return { ...result, stream: recordedParts(result.stream, call, settings) }
    }
    call.end(safely(() => aiAnswer(result, includeOutput)) ?? {})
    return result
  })
}

/** Models have getters, which may throw. */
function nameOf(model: unknown): NamedModel {
  const named = safely(() => {
    const { provider, modelId } = model as { provider?: unknown; modelId?: unknown }
    return { provider: aiProvider(provider), modelId: String(modelId ?? 'unknown') }
  })
  return named ?? { provider: 'unknown', modelId: 'unknown' }
}

function signalOf(params: unknown): AbortSignal | undefined {
  const signal = (params as { abortSignal?: unknown } | undefined)?.abortSignal
  return signal instanceof AbortSignal ? signal : undefined
}

function isStreamed<R>(result: R): result is R & { stream: ReadableStream<unknown> } {
  return (result as { stream?: unknown } | undefined)?.stream instanceof ReadableStream
}
