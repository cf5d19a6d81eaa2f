import { eventFrame } from './event-frame.ts'
import {
  ARGUMENTS,
  type Asked,
  json,
  messages,
  named,
  REFUSED,
  type Reply,
  SAID,
  TOOL,
} from './wire.ts'

/** Ollama: a JSON object a line. */
export function ollama({ model, stream }: Asked): Reply {
  if (model === 'fails') return json({ error: REFUSED }, 400)
  const head = { model, created_at: '2026-01-01T00:00:00Z' }
  const end = { done: true, done_reason: 'stop', prompt_eval_count: 7, eval_count: 3 }
  const call = { function: { name: TOOL.name, arguments: TOOL.arguments } }
  const said = model === 'calls' ? { content: '', tool_calls: [call] } : { content: SAID }
  if (!stream) return json({ ...head, message: { role: 'assistant', ...said }, ...end })
  const lines = model === 'calls' ? [said] : [{ content: 'Mi' }, { content: 'lk.' }]
  const message = (part: object): object => ({ ...head, message: { role: 'assistant', ...part } })
  const pieces = [
    ...lines.map((line) => ({ ...message(line), done: false })),
    { ...message({ content: '' }), ...end },
  ].map((line) => `${JSON.stringify(line)}\n`)
  return { type: 'application/x-ndjson', pieces }
}

/** Cohere, version 2. */
export function cohere({ model, stream }: Asked): Reply {
  if (model === 'fails') return json({ message: REFUSED }, 400)
  const usage = {
    billed_units: { input_tokens: 7, output_tokens: 3 },
    tokens: { input_tokens: 7, output_tokens: 3 },
  }
  const finish_reason = model === 'calls' ? 'TOOL_CALL' : 'COMPLETE'
  const call = {
    id: TOOL.id,
    type: 'function',
    function: { name: TOOL.name, arguments: ARGUMENTS },
  }
  const said =
    model === 'calls' ? { tool_calls: [call] } : { content: [{ type: 'text', text: SAID }] }
  if (!stream)
    return json({ id: 'c1', finish_reason, message: { role: 'assistant', ...said }, usage })
  const deltas =
    model === 'calls'
      ? [
          {
            type: 'tool-call-start',
            index: 0,
            delta: {
              message: { tool_calls: { ...call, function: { name: TOOL.name, arguments: '' } } },
            },
          },
          {
            type: 'tool-call-delta',
            index: 0,
            delta: { message: { tool_calls: { function: { arguments: ARGUMENTS } } } },
          },
          { type: 'tool-call-end', index: 0 },
        ]
      : [
          {
            type: 'content-start',
            index: 0,
            delta: { message: { content: { type: 'text', text: '' } } },
          },
          { type: 'content-delta', index: 0, delta: { message: { content: { text: 'Mi' } } } },
          { type: 'content-delta', index: 0, delta: { message: { content: { text: 'lk.' } } } },
          { type: 'content-end', index: 0 },
        ]
  return named([
    { type: 'message-start', id: 'c1', delta: { message: { role: 'assistant' } } },
    ...deltas,
    { type: 'message-end', id: 'c1', delta: { finish_reason, usage } },
  ] as { type: string }[])
}

/** Bedrock: Converse and InvokeModel, each whole and as an event stream. */
export function bedrock(asked: Asked): Reply {
  if (asked.model === 'fails')
    return {
      ...json({ message: REFUSED }, 400),
      headers: { 'x-amzn-errortype': 'ValidationException' },
    }
  return asked.path.includes('/converse') ? converse(asked) : invoke(asked)
}

const EVENTS = 'application/vnd.amazon.eventstream'

function converse({ model, stream }: Asked): Reply {
  const usage = { inputTokens: 7, outputTokens: 3, totalTokens: 10 }
  const metrics = { latencyMs: 12 }
  const stopReason = model === 'calls' ? 'tool_use' : 'end_turn'
  const use = { toolUseId: TOOL.id, name: TOOL.name }
  if (!stream) {
    const block =
      model === 'calls' ? { toolUse: { ...use, input: TOOL.arguments } } : { text: SAID }
    return json({
      output: { message: { role: 'assistant', content: [block] } },
      stopReason,
      usage,
      metrics,
    })
  }
  const at = { contentBlockIndex: 0 }
  const deltas: [string, object][] =
    model === 'calls'
      ? [
          ['contentBlockStart', { ...at, start: { toolUse: use } }],
          ['contentBlockDelta', { ...at, delta: { toolUse: { input: ARGUMENTS.slice(0, 5) } } }],
          ['contentBlockDelta', { ...at, delta: { toolUse: { input: ARGUMENTS.slice(5) } } }],
        ]
      : [
          ['contentBlockDelta', { ...at, delta: { text: 'Mi' } }],
          ['contentBlockDelta', { ...at, delta: { text: 'lk.' } }],
        ]
  const events: [string, object][] = [
    ['messageStart', { role: 'assistant' }],
    ...deltas,
    ['contentBlockStop', at],
    ['messageStop', { stopReason }],
    ['metadata', { usage, metrics }],
  ]
  return { type: EVENTS, pieces: events.map(([name, event]) => eventFrame(name, event)) }
}

function invoke({ model, stream }: Asked): Reply {
  const inner = messages({ path: '', model, stream })
  if (!stream) return inner
  const pieces = inner.pieces.map((piece) => {
    const data = /data: (.*)\n/.exec(String(piece))?.[1] ?? ''
    return eventFrame('chunk', { bytes: Buffer.from(data).toString('base64') })
  })
  return { type: EVENTS, pieces }
}
