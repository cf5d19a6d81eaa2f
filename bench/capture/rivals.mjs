// How each of the libraries that capture the calls of `openai` is set up, with everything kept that it can keep.
import { createRequire } from 'node:module'

const require = createRequire(import.meta.url)
const OPTIONS = { apiKey: 'none', maxRetries: 0 }

/** Each gives `{ Client, open(baseURL), told() }`: what was captured since `open`, as text. */
export const RIVALS = {
  bare: async () => {
    const { default: Client } = await import('openai')
    return { Client, open: (baseURL) => new Client({ ...OPTIONS, baseURL }) }
  },
  recount: async () => {
    const { default: Client } = await import('openai')
    const { instrument } = await import('../../packages/capture/dist/lib/index.js')
    const { recorder } = await import('../../packages/logger/dist/lib/testing.js')
    let recorded = recorder()
    return {
      Client,
      open(baseURL) {
        recorded = recorder()
        return instrument(new Client({ ...OPTIONS, baseURL }), { logger: recorded.logger })
      },
      told: () =>
        recorded
          .records('llm_call')
          .map(({ span_id }) => JSON.stringify(recorded.content(span_id, 'output') ?? '')),
    }
  },
  'OpenTelemetry contrib': async () => {
    const { spans, provider } = await memory()
    process.env.OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT = 'true'
    const { OpenAIInstrumentation } = require('@opentelemetry/instrumentation-openai')
    const { registerInstrumentations } = require('@opentelemetry/instrumentation')
    const logs = []
    const loggerProvider = {
      getLogger: () => ({ emit: (log) => logs.push(log), enabled: () => true }),
    }
    const instrumentation = new OpenAIInstrumentation({ captureMessageContent: true })
    registerInstrumentations({
      instrumentations: [instrumentation],
      tracerProvider: provider,
      loggerProvider,
    })
    const { OpenAI: Client } = require('openai')
    return {
      Client,
      open(baseURL) {
        spans.reset()
        logs.length = 0
        return new Client({ ...OPTIONS, baseURL })
      },
      told: () =>
        spans.getFinishedSpans().map(({ attributes }) => JSON.stringify([attributes, logs])),
    }
  },
  OpenInference: () => patched('@arizeai/openinference-instrumentation-openai'),
  Traceloop: () => patched('@traceloop/instrumentation-openai'),
  Langfuse: async () => {
    const { spans } = await memory()
    const { default: Client } = await import('openai')
    const { observeOpenAI } = await import('@langfuse/openai')
    return {
      Client,
      open(baseURL) {
        spans.reset()
        return observeOpenAI(new Client({ ...OPTIONS, baseURL }))
      },
      told: () => spans.getFinishedSpans().map(({ attributes }) => JSON.stringify(attributes)),
    }
  },
  LangSmith: async () => {
    const { default: Client } = await import('openai')
    const { wrapOpenAI } = await import('langsmith/wrappers')
    const ended = []
    const client = {
      createRun: async () => {},
      updateRun: async (_, run) => void ended.push(run),
      awaitPendingTraceBatches: async () => {},
    }
    return {
      Client,
      open(baseURL) {
        ended.length = 0
        return wrapOpenAI(new Client({ ...OPTIONS, baseURL }), { client, tracingEnabled: true })
      },
      told: () => ended.map(({ outputs }) => JSON.stringify(outputs ?? '')),
    }
  },
  PostHog: async () => {
    const { OpenAI: Own } = await import('@posthog/ai/openai')
    const { default: Client } = await import('openai')
    const captured = []
    const posthog = {
      capture: (event) => void captured.push(event),
      captureImmediate: async (event) => void captured.push(event),
      privacy_mode: false,
      options: {},
    }
    return {
      Client,
      open(baseURL) {
        captured.length = 0
        return new Own({ ...OPTIONS, baseURL, posthog })
      },
      told: () => captured.map(({ properties }) => JSON.stringify(properties ?? '')),
    }
  },
  Braintrust: async () => {
    const { default: Client } = await import('openai')
    const { wrapOpenAI, initLogger, _exportsForTestingOnly } = await import('braintrust')
    _exportsForTestingOnly.setInitialTestState?.()
    await _exportsForTestingOnly.simulateLoginForTests?.()
    const background = _exportsForTestingOnly.useTestBackgroundLogger()
    initLogger({ projectName: 'bench', projectId: 'bench' })
    let rows = []
    return {
      Client,
      async open(baseURL) {
        await background.drain()
        rows = []
        return wrapOpenAI(new Client({ ...OPTIONS, baseURL }))
      },
      async told() {
        rows.push(...(await background.drain()))
        return rows
          .filter(({ metrics }) => metrics?.end !== undefined)
          .map(({ output }) => JSON.stringify(output ?? ''))
      },
    }
  },
}

async function patched(name) {
  const { spans, provider } = await memory()
  const { OpenAIInstrumentation } = require(name)
  const module = require('openai')
  const instrumentation = new OpenAIInstrumentation({ traceContent: true })
  instrumentation.setTracerProvider(provider)
  instrumentation.manuallyInstrument(name.startsWith('@traceloop') ? module.OpenAI : module)
  return {
    Client: module.OpenAI,
    open(baseURL) {
      spans.reset()
      return new module.OpenAI({ ...OPTIONS, baseURL })
    },
    told: () =>
      spans
        .getFinishedSpans()
        .map(({ attributes, events }) => JSON.stringify([attributes, events])),
  }
}

/** The application's own OpenTelemetry, with spans in memory. */
async function memory() {
  const { context, trace } = await import('@opentelemetry/api')
  const { AsyncLocalStorageContextManager } = await import('@opentelemetry/context-async-hooks')
  const { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } = await import(
    '@opentelemetry/sdk-trace-base'
  )
  const spans = new InMemorySpanExporter()
  const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(spans)] })
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
  trace.setGlobalTracerProvider(provider)
  return { spans, provider }
}
