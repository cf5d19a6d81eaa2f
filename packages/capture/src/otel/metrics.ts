import type { Attributes, Histogram, MeterProvider } from '@opentelemetry/api'
import { GENAI_ATTRIBUTES, type LlmCall } from '@recount/record'
import type { OtelApi } from './api.ts'

/** Buckets that the GenAI conventions give, in seconds and tokens. */
const SECONDS = [
  0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92,
]
const CHUNK_SECONDS = [
  0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10,
]
const TOKENS = Array.from({ length: 14 }, (_, power) => 4 ** power)

interface Instruments {
  readonly duration: Histogram
  readonly firstChunk: Histogram
  readonly tokens: Histogram
}

/** Feeds the metrics of the GenAI conventions to the application's global meter, which it may register at any time. */
export function createMetrics(): (api: OtelApi, call: LlmCall) => void {
  let provider: MeterProvider | undefined
  let instruments: Instruments | undefined
  return (api, call) => {
    const current = api.metrics.getMeterProvider()
    if (instruments === undefined || current !== provider) {
      provider = current
      instruments = createInstruments(current)
    }
    measure(instruments, call)
  }
}

function createInstruments(provider: MeterProvider): Instruments {
  const meter = provider.getMeter('@recount/capture')
  const histogram = (name: string, unit: string, boundaries: number[]): Histogram =>
    meter.createHistogram(name, { unit, advice: { explicitBucketBoundaries: boundaries } })
  return {
    duration: histogram('gen_ai.client.operation.duration', 's', SECONDS),
    firstChunk: histogram('gen_ai.client.operation.time_to_first_chunk', 's', CHUNK_SECONDS),
    tokens: histogram('gen_ai.client.token.usage', '{token}', TOKENS),
  }
}

function measure({ duration, firstChunk, tokens }: Instruments, call: LlmCall): void {
  const attributes = dimensions(call)
  const error = call.error === undefined ? {} : { 'error.type': errorType(call) }
  duration.record(call.duration_ms / 1000, { ...attributes, ...error })
  if (typeof call.ttft_ms === 'number') firstChunk.record(call.ttft_ms / 1000, attributes)
  for (const [type, count] of [
    ['input', call.input_tokens],
    ['output', call.output_tokens],
  ] as const) {
    if (typeof count === 'number')
      tokens.record(count, { ...attributes, 'gen_ai.token.type': type })
  }
}

/** Few values each: no ids, no texts. */
function dimensions(call: LlmCall): Attributes {
  const attributes: Attributes = {
    [GENAI_ATTRIBUTES.operation]: call.operation,
    [GENAI_ATTRIBUTES.provider]: call.provider,
    [GENAI_ATTRIBUTES.model]: call.model,
  }
  if (call.response_model !== undefined)
    attributes[GENAI_ATTRIBUTES.response_model] = call.response_model
  return attributes
}

function errorType({ error }: LlmCall): string {
  return error?.code ?? error?.type ?? '_OTHER'
}
