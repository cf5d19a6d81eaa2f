/** What a request asks the server for. */
export interface Asked {
  readonly path: string
  readonly model: string
  readonly stream: boolean
}

/** What goes back over the wire. */
export interface Reply {
  readonly status?: number
  readonly type?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly pieces: readonly (string | Uint8Array)[]
}

/** What the model says, and what it asks the tool. */
export const SAID = 'Milk.'
export const TOOL: { id: string; name: string; arguments: { where: string } } = {
  id: 'call_1',
  name: 'look',
  arguments: { where: 'fridge' },
}
/** Tokens, as counted by all formats. */
export const TOKENS: { input: number; output: number } = { input: 7, output: 3 }

const SSE = 'text/event-stream'
/** The arguments as text. */
export const ARGUMENTS: string = JSON.stringify(TOOL.arguments)
/** Why `fails` fails. */
export const REFUSED = 'The model does not take this'

/** A whole answer. */
export function json(body: object, status = 200): Reply {
  return { status, pieces: [JSON.stringify(body)] }
}

function sse(events: readonly object[], last = ''): Reply {
  return {
    type: SSE,
    pieces: [...events.map((event) => `data: ${JSON.stringify(event)}\n\n`), last],
  }
}

/** Server-sent events with names. */
export function named(events: readonly { type: string }[]): Reply {
  const pieces = events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`)
  return { type: SSE, pieces }
}

/** Chat completions of OpenAI, and of all who imitate it. */
export function chat({ model, stream, path }: Asked): Reply {
  if (model === 'fails')
    return json({ error: { message: REFUSED, type: 'invalid_request_error', code: 'bad' } }, 400)
  if (model === 'busy')
    return {
      ...json({ error: { message: 'Slow down', type: 'requests', code: 'rate_limit' } }, 429),
      headers: { 'retry-after-ms': '1' },
    }
  const usage = { prompt_tokens: 7, completion_tokens: 3, total_tokens: 10 }
  const head = { id: 'chatcmpl-1', created: 1, model: `${model}-2026` }
  const finish_reason = model === 'calls' ? 'tool_calls' : 'stop'
  const call = {
    id: TOOL.id,
    type: 'function',
    function: { name: TOOL.name, arguments: ARGUMENTS },
  }
  const content = model === 'json' ? JSON.stringify({ found: 'milk' }) : SAID
  const said = model === 'calls' ? { content: null, tool_calls: [call] } : { content }
  if (!stream) {
    const choice = { index: 0, message: { role: 'assistant', ...said }, finish_reason }
    return json({ ...head, object: 'chat.completion', choices: [choice], usage })
  }
  const chunk = (delta: object, finish: string | null = null): object => ({
    ...head,
    object: 'chat.completion.chunk',
    choices: [{ index: 0, delta, finish_reason: finish }],
  })
  // Mistral sends a tool call in one piece.
  const whole = path.startsWith('/v1/')
  const pieces =
    model === 'calls' && whole
      ? [{ tool_calls: [{ index: 0, ...call }] }]
      : model === 'calls'
        ? [
            { tool_calls: [{ index: 0, ...call, function: { name: TOOL.name, arguments: '' } }] },
            { tool_calls: [{ index: 0, function: { arguments: ARGUMENTS.slice(0, 5) } }] },
            { tool_calls: [{ index: 0, function: { arguments: ARGUMENTS.slice(5) } }] },
          ]
        : [{ content: 'Mi' }, { content: 'lk.' }]
  const first = chunk({ role: 'assistant', content: '' })
  const last = { ...chunk({}, finish_reason), usage, x_groq: { usage } }
  return sse([first, ...pieces.map((piece) => chunk(piece)), last], 'data: [DONE]\n\n')
}

/** Embeddings of OpenAI. */
export function embeddings({ model }: Asked): Reply {
  const data = [{ object: 'embedding', index: 0, embedding: [0.25, 0.5] }]
  return json({ object: 'list', model, data, usage: { prompt_tokens: 7, total_tokens: 7 } })
}

/** Responses of OpenAI. */
export function responses({ model, stream }: Asked): Reply {
  if (model === 'fails')
    return json({ error: { message: REFUSED, type: 'invalid_request_error', code: 'bad' } }, 400)
  const item =
    model === 'calls'
      ? {
          type: 'function_call',
          id: 'fc_1',
          call_id: TOOL.id,
          name: TOOL.name,
          arguments: ARGUMENTS,
          status: 'completed',
        }
      : {
          type: 'message',
          id: 'msg_1',
          role: 'assistant',
          status: 'completed',
          content: [{ type: 'output_text', text: SAID, annotations: [] }],
        }
  const head = { id: 'resp_1', object: 'response', created_at: 1, model: `${model}-2026` }
  const usage = {
    input_tokens: 7,
    input_tokens_details: { cached_tokens: 0 },
    output_tokens: 3,
    output_tokens_details: { reasoning_tokens: 0 },
    total_tokens: 10,
  }
  const whole = {
    ...head,
    status: 'completed',
    output: [item],
    usage,
    error: null,
    incomplete_details: null,
  }
  if (!stream) return json(whole)
  const at = { output_index: 0, item_id: item.id }
  const deltas =
    model === 'calls'
      ? [
          { type: 'response.output_item.added', output_index: 0, item: { ...item, arguments: '' } },
          { type: 'response.function_call_arguments.delta', ...at, delta: ARGUMENTS },
          { type: 'response.function_call_arguments.done', ...at, arguments: ARGUMENTS },
        ]
      : [
          { type: 'response.output_item.added', output_index: 0, item: { ...item, content: [] } },
          {
            type: 'response.content_part.added',
            ...at,
            content_index: 0,
            part: { type: 'output_text', text: '', annotations: [] },
          },
          { type: 'response.output_text.delta', ...at, content_index: 0, delta: 'Mi' },
          { type: 'response.output_text.delta', ...at, content_index: 0, delta: 'lk.' },
          { type: 'response.output_text.done', ...at, content_index: 0, text: SAID },
        ]
  return named([
    { type: 'response.created', response: { ...head, status: 'in_progress', output: [] } },
    ...deltas,
    { type: 'response.output_item.done', output_index: 0, item },
    { type: 'response.completed', response: whole },
  ] as { type: string }[])
}

/** Messages of Anthropic. */
export function messages({ model, stream }: Asked): Reply {
  if (model === 'fails')
    return json({ type: 'error', error: { type: 'invalid_request_error', message: REFUSED } }, 400)
  const block =
    model === 'calls'
      ? { type: 'tool_use', id: TOOL.id, name: TOOL.name, input: TOOL.arguments }
      : { type: 'text', text: SAID }
  const stop_reason = model === 'calls' ? 'tool_use' : 'end_turn'
  const head = {
    id: 'msg_1',
    type: 'message',
    role: 'assistant',
    model: `${model}-2026`,
    stop_sequence: null,
  }
  const cached = { cache_read_input_tokens: 20, cache_creation_input_tokens: 10 }
  const usage = { input_tokens: 7, output_tokens: 3, ...(model === 'cached' && cached) }
  if (!stream) return json({ ...head, content: [block], stop_reason, usage })
  const [start, deltas] =
    model === 'calls'
      ? [
          { ...block, input: {} },
          [ARGUMENTS.slice(0, 5), ARGUMENTS.slice(5)].map((partial_json) => ({
            type: 'input_json_delta',
            partial_json,
          })),
        ]
      : [{ type: 'text', text: '' }, ['Mi', 'lk.'].map((text) => ({ type: 'text_delta', text }))]
  return named([
    {
      type: 'message_start',
      message: {
        ...head,
        content: [],
        stop_reason: null,
        usage: { input_tokens: 7, output_tokens: 1 },
      },
    },
    { type: 'content_block_start', index: 0, content_block: start },
    ...deltas.map((delta) => ({ type: 'content_block_delta', index: 0, delta })),
    { type: 'content_block_stop', index: 0 },
    {
      type: 'message_delta',
      delta: { stop_reason, stop_sequence: null },
      usage: { output_tokens: 3 },
    },
    { type: 'message_stop' },
  ] as { type: string }[])
}

/** Gemini. */
export function gemini({ model, stream }: Asked): Reply {
  if (model === 'fails')
    return json({ error: { code: 400, message: REFUSED, status: 'INVALID_ARGUMENT' } }, 400)
  const usageMetadata = { promptTokenCount: 7, candidatesTokenCount: 3, totalTokenCount: 10 }
  const answer = (parts: object[], finishReason?: string): object => ({
    candidates: [
      { content: { role: 'model', parts }, index: 0, ...(finishReason && { finishReason }) },
    ],
    usageMetadata,
    modelVersion: `${model}-2026`,
    responseId: 'r1',
  })
  const parts =
    model === 'calls'
      ? [{ functionCall: { id: TOOL.id, name: TOOL.name, args: TOOL.arguments } }]
      : [{ text: SAID }]
  if (!stream) return json(answer(parts, 'STOP'))
  if (model === 'calls') return sse([answer(parts, 'STOP')])
  return sse([answer([{ text: 'Mi' }]), answer([{ text: 'lk.' }], 'STOP')])
}
