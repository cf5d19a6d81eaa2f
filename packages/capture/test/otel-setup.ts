import { context, metrics, trace } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics'
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  type ReadableSpan,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-base'

/** An application's own OpenTelemetry, which keeps what it is given. */
export interface OtelInMemory {
  spans(): ReadableSpan[]
  span(name: string): ReadableSpan
  /** Sums and counts of a histogram, by its attributes as JSON. */
  histogram(name: string): Promise<Record<string, { sum: number; count: number }>>
  clear(): void
}

/** Registers the real SDK globally; once a process. */
export function registerOtel(): OtelInMemory {
  const exporter = new InMemorySpanExporter()
  const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] })
  trace.setGlobalTracerProvider(provider)
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
  const metricExporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE)
  const reader = new PeriodicExportingMetricReader({ exporter: metricExporter })
  metrics.setGlobalMeterProvider(new MeterProvider({ readers: [reader] }))
  const spans = (): ReadableSpan[] => exporter.getFinishedSpans()
  return {
    spans,
    span(name) {
      const found = spans().find((span) => span.name === name)
      if (found === undefined)
        throw new Error(`No span ${name} among ${spans().map((span) => span.name)}`)
      return found
    },
    async histogram(name) {
      await reader.forceFlush()
      const all = metricExporter
        .getMetrics()
        .flatMap(({ scopeMetrics }) => scopeMetrics.flatMap((scope) => scope.metrics))
      const last = all.findLast((metric) => metric.descriptor.name === name)
      const points = (last?.dataPoints ?? []) as {
        attributes: object
        value: { sum: number; count: number }
      }[]
      return Object.fromEntries(
        points.map(({ attributes, value }) => [
          JSON.stringify(attributes),
          { sum: value.sum, count: value.count },
        ]),
      )
    },
    clear() {
      exporter.reset()
    },
  }
}
