import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { test } from 'node:test'
import { trace } from '@opentelemetry/api'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http'
import { BasicTracerProvider, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base'
import { addSink, otel } from '@recount/capture'
import { recorder } from '@recount/logger/testing'

interface OtlpSpan {
  readonly name: string
  readonly startTimeUnixNano: string
  readonly endTimeUnixNano: string
  readonly attributes: readonly { key: string; value: Record<string, unknown> }[]
}

test('spans reach a collector as OTLP/JSON, and nothing happens before an SDK is there', async () => {
  const bodies: string[] = []
  const server = createServer(async (request, response) => {
    bodies.push(await text(request))
    response.setHeader('content-type', 'application/json').end('{}')
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { logger, records } = recorder()
  addSink(logger, otel())
  logger.llm({ provider: 'acme', model: 'before' }, () => 'Milk.')

  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/traces`
  const exporter = new OTLPTraceExporter({ url })
  const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] })
  trace.setGlobalTracerProvider(provider)
  logger.llm({ provider: 'acme', model: 'acme-large' }, () => 'Milk.')
  await provider.forceFlush()
  await provider.shutdown()
  server.close()

  const spans = bodies.flatMap((body) => {
    const { resourceSpans } = JSON.parse(body)
    return resourceSpans.flatMap((resource: { scopeSpans: { spans: OtlpSpan[] }[] }) =>
      resource.scopeSpans.flatMap((scope) => scope.spans),
    )
  }) as OtlpSpan[]
  const call = records('llm_call').at(-1)
  assert.deepEqual(
    spans.map(({ name }) => name),
    ['chat acme-large'],
  )
  const [span] = spans as [OtlpSpan]
  const length = Number(BigInt(span.endTimeUnixNano) - BigInt(span.startTimeUnixNano)) / 1e6
  assert.equal(length, call?.duration_ms)
  assert.equal(
    BigInt(span.startTimeUnixNano) / 1000n,
    BigInt(Math.round((call?.start_time ?? 0) * 1000)),
  )
  const model = span.attributes.find(({ key }) => key === 'gen_ai.request.model')
  assert.deepEqual(model?.value, { stringValue: 'acme-large' })
})
