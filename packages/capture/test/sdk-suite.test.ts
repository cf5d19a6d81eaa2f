import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, test } from 'node:test'
import { type Recorder, recorder } from '@recount/logger/testing'
import type { LlmCall } from '@recount/record'
import { modelServer } from './model-server.ts'
import { SDKS, type SdkCase, supportedTable } from './sdk-suite.ts'
import { SAID, TOKENS, TOOL } from './wire.ts'

const server = await modelServer()
after(() => server.close())

interface Seen {
  readonly recorded: Recorder
  readonly call: LlmCall
  readonly said: string
  readonly error: unknown
}

async function ask(sdk: SdkCase, model: string, stream: boolean): Promise<Seen> {
  const recorded = recorder()
  let said = ''
  let error: unknown
  try {
    const { url, http2 } = server
    said = await sdk.run({ url, http2, capture: { logger: recorded.logger }, model, stream })
  } catch (thrown) {
    error = thrown
  }
  const calls = recorded.records('llm_call')
  assert.equal(recorded.records('llm_call_started').length, 1, 'one start line')
  assert.equal(calls.length, 1, 'one terminal line')
  return { recorded, call: calls[0] as LlmCall, said, error }
}

function outputOf({ recorded, call }: Seen): { parts: Record<string, unknown>[] }[] {
  return recorded.content(call.span_id, 'output') as { parts: Record<string, unknown>[] }[]
}

for (const sdk of SDKS) {
  for (const stream of [false, true]) {
    const how = stream ? 'stream' : 'whole answer'

    test(`${sdk.sdk}: a ${how} is recorded and reaches the application as it is`, async () => {
      const seen = await ask(sdk, 'says', stream)
      const { call, recorded } = seen
      assert.equal(seen.error, undefined)
      assert.equal(seen.said, SAID)
      assert.equal(call.status, 'ok')
      assert.equal(call.provider, sdk.provider)
      assert.equal(call.model, sdk.modelOf?.('says') ?? 'says')
      if (!sdk.hidesStream) assert.equal(call.stream ?? false, stream)
      assert.equal(call.input_tokens, TOKENS.input)
      assert.equal(call.output_tokens, TOKENS.output)
      assert.equal(call.usage_source, 'provider')
      assert.equal(call.finish_reason, 'stop')
      assert.equal(call.params?.temperature, 0)
      assert.equal(call.tools?.offered, 1)
      assert.equal(call.ttft_ms !== undefined && call.ttft_ms !== null, stream)
      assert.deepEqual(outputOf(seen)[0]?.parts, [{ type: 'text', content: SAID }])
      const input = JSON.stringify(recorded.content(call.span_id, 'input'))
      assert.match(input, /What is in the fridge\?/)
    })

    test(`${sdk.sdk}: a tool call in a ${how} is recorded with its arguments`, async () => {
      const seen = await ask(sdk, 'calls', stream)
      assert.equal(seen.error, undefined)
      assert.equal(seen.call.status, 'ok')
      assert.equal(seen.call.finish_reason, 'tool_calls')
      assert.deepEqual(seen.call.tools, { offered: 1, called: [TOOL.name] })
      const asked = outputOf(seen)[0]?.parts.find(({ type }) => type === 'tool_call')
      assert.deepEqual(asked?.arguments, TOOL.arguments)
    })

    test(`${sdk.sdk}: an error instead of a ${how} is recorded, once`, async () => {
      const { call, said } = await ask(sdk, 'fails', stream)
      assert.equal(said, '')
      assert.equal(call.status, 'error')
      assert.equal(call.error?.status, 400)
      assert.match(call.error?.message ?? '', /does not take this/)
    })
  }
}

test('the README lists the SDKs of this suite', () => {
  const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8')
  assert.ok(readme.includes(supportedTable()), `Expected in README.md:\n${supportedTable()}`)
})
