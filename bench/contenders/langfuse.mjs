import { LangfuseSpanProcessor } from '@langfuse/otel'
import { startObservation } from '@langfuse/tracing'
import { context as otelContext, trace } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { BasicTracerProvider } from '@opentelemetry/sdk-trace-base'
import { context, outcome, subject } from '../call.mjs'

const exporter = {
  export: (_spans, done) => done({ code: 0 }),
  shutdown: async () => {},
  forceFlush: async () => {},
}

export function open() {
  otelContext.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
  const processor = new LangfuseSpanProcessor({
    exporter,
    publicKey: 'none',
    secretKey: 'none',
    baseUrl: 'http://127.0.0.1:9',
  })
  const provider = new BasicTracerProvider({ spanProcessors: [processor] })
  trace.setGlobalTracerProvider(provider)
  return {
    around: (fn) => fn(),
    record() {
      const generation = startObservation(
        'answer-question',
        {
          model: subject.model,
          modelParameters: subject.params,
          metadata: { ...context, prompt: 'triage', version: 3, provider: subject.provider },
        },
        { asType: 'generation' },
      )
      generation.update({
        usageDetails: { input: outcome.input_tokens, output: outcome.output_tokens },
        costDetails: { total: outcome.cost_usd },
        metadata: { finish_reason: outcome.finish_reason, request_id: outcome.provider_request_id },
      })
      generation.end()
    },
    close: () => provider.forceFlush(),
  }
}
