import { context as otelContext } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { BasicTracerProvider, BatchSpanProcessor } from '@opentelemetry/sdk-trace-base'
import { context, outcome, subject } from '../call.mjs'

const exporter = {
  export: (_spans, done) => done({ code: 0 }),
  shutdown: async () => {},
  forceFlush: async () => {},
}

/** Twenty attributes, as instrumentations set them. */
export const attributes = {
  'gen_ai.operation.name': subject.operation,
  'gen_ai.provider.name': subject.provider,
  'gen_ai.request.model': subject.model,
  'gen_ai.request.temperature': 0,
  'gen_ai.request.max_tokens': 512,
  'gen_ai.prompt.name': subject.prompt.name,
  'prompt.version': subject.prompt.version,
  'gen_ai.conversation.id': context.session_id,
  'user.id': context.user_id,
  'gen_ai.workflow.name': context.workflow,
  'server.address': 'api.openai.com',
  'server.port': 443,
  'gen_ai.request.stream': false,
  'gen_ai.output.type': 'text',
}
const ended = {
  'gen_ai.response.model': outcome.response_model,
  'gen_ai.usage.input_tokens': outcome.input_tokens,
  'gen_ai.usage.output_tokens': outcome.output_tokens,
  'gen_ai.response.finish_reasons': [outcome.finish_reason],
  'gen_ai.response.id': outcome.provider_request_id,
  'llm.cost_usd': outcome.cost_usd,
}

export function open() {
  otelContext.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
  const processor = new BatchSpanProcessor(exporter, {
    maxQueueSize: 1_000_000,
    maxExportBatchSize: 512,
  })
  const provider = new BasicTracerProvider({ spanProcessors: [processor] })
  const tracer = provider.getTracer('bench')
  return {
    around: (fn) => fn(),
    record() {
      const span = tracer.startSpan('chat gpt-4o', { kind: 2, attributes })
      span.setAttributes(ended)
      span.end()
    },
    close: () => provider.forceFlush(),
  }
}
