import { pieces, type ScriptedReply, type ScriptedUsage } from './scripted-reply.ts'

/** A message as `POST /v1/messages` answers it. */
export function message(reply: ScriptedReply, model: string, number: number): object {
  return {
    ...head(model, number),
    content: [{ type: 'text', text: reply.text ?? '' }],
    stop_reason: 'end_turn',
    usage: reply.usage && usageOf(reply.usage),
  }
}

/** The same as server-sent events; usage comes at the start and, cumulated, at the end. */
export function messageEvents(reply: ScriptedReply, model: string, number: number): string[] {
  const { text = '', usage = { input: 0, output: 0 }, staysOpen } = reply
  const begun = {
    ...head(model, number),
    content: [],
    stop_reason: null,
    usage: { ...usageOf(usage), output_tokens: 1 },
  }
  const said = [
    event('message_start', { message: begun }),
    event('content_block_start', { index: 0, content_block: { type: 'text', text: '' } }),
    event('ping', {}),
    ...pieces(text).map((piece) =>
      event('content_block_delta', { index: 0, delta: { type: 'text_delta', text: piece } }),
    ),
  ]
  if (staysOpen) return said
  return [
    ...said,
    event('content_block_stop', { index: 0 }),
    event('message_delta', {
      delta: { stop_reason: 'end_turn', stop_sequence: null },
      usage: { output_tokens: usage.output },
    }),
    event('message_stop', {}),
  ]
}

/** What Anthropic answers when it has more to do than it can. */
export function overloaded(): ScriptedReply['failure'] {
  return {
    status: 529,
    headers: { 'x-should-retry': 'true' },
    body: failure('overloaded_error', 'Overloaded'),
  }
}

/** The body of a request that Anthropic refuses. */
export function refused(message: string): object {
  return failure('invalid_request_error', message)
}

function failure(type: string, message: string): object {
  return { type: 'error', error: { type, message }, request_id: 'req_demo' }
}

function head(model: string, number: number): object {
  return {
    id: `msg_demo_${number}`,
    type: 'message',
    role: 'assistant',
    model,
    stop_sequence: null,
  }
}

function event(type: string, data: object): string {
  return `event: ${type}\ndata: ${JSON.stringify({ type, ...data })}\n\n`
}

/** Anthropic counts what it read from its cache apart from the input. */
function usageOf({ input, output, cached = 0 }: ScriptedUsage): object {
  return {
    input_tokens: input - cached,
    cache_creation_input_tokens: 0,
    cache_read_input_tokens: cached,
    output_tokens: output,
    service_tier: 'standard',
  }
}
