import { pieces, type ScriptedReply, type ScriptedUsage } from './scripted-reply.ts'

/** A chat completion as `POST /v1/chat/completions` answers it. */
export function completion(reply: ScriptedReply, model: string, number: number): object {
  const { text = null, toolCalls = [], usage } = reply
  const calls = toolCalls.map(({ id, name, arguments: args }) => ({
    id,
    type: 'function',
    function: { name, arguments: JSON.stringify(args) },
  }))
  return {
    id: `chatcmpl-demo-${number}`,
    object: 'chat.completion',
    created: CREATED,
    model,
    choices: [
      {
        index: 0,
        message: {
          role: 'assistant',
          content: text,
          refusal: null,
          ...(calls.length > 0 ? { tool_calls: calls } : {}),
        },
        logprobs: null,
        finish_reason: calls.length > 0 ? 'tool_calls' : 'stop',
      },
    ],
    usage: usage && usageOf(usage),
    service_tier: 'default',
    system_fingerprint: 'fp_demo',
  }
}

/** The same as server-sent events: the role, the text in pieces, the finish reason, the usage where it was asked for. */
export function completionEvents(
  reply: ScriptedReply,
  model: string,
  number: number,
  includeUsage: boolean,
): string[] {
  const chunk = (choices: object[], usage: object | null): string => {
    const head = { id: `chatcmpl-demo-${number}`, object: 'chat.completion.chunk' }
    const data = { ...head, created: CREATED, model, system_fingerprint: 'fp_demo', choices }
    return `data: ${JSON.stringify(includeUsage ? { ...data, usage } : data)}\n\n`
  }
  const delta = (delta: object, finish_reason: string | null): string =>
    chunk([{ index: 0, delta, logprobs: null, finish_reason }], null)
  const { text = '', usage } = reply
  return [
    delta({ role: 'assistant', content: '', refusal: null }, null),
    ...pieces(text).map((content) => delta({ content }, null)),
    delta({}, 'stop'),
    ...(includeUsage && usage ? [chunk([], usageOf(usage))] : []),
    'data: [DONE]\n\n',
  ]
}

/** What OpenAI answers when a key has used up its tokens of the minute. */
export function rateLimited(model: string, retryAfterMs: number): ScriptedReply['failure'] {
  return {
    status: 429,
    headers: {
      'retry-after': String(Math.ceil(retryAfterMs / 1000)),
      'retry-after-ms': String(retryAfterMs),
      'x-ratelimit-limit-tokens': '200000',
      'x-ratelimit-remaining-tokens': '0',
      'x-ratelimit-reset-tokens': `${retryAfterMs}ms`,
    },
    body: {
      error: {
        message: `Rate limit reached for ${model} in organization org-demo on tokens per min (TPM): Limit 200000, Used 199412, Requested 1310. Please try again in ${retryAfterMs}ms.`,
        type: 'tokens',
        param: null,
        code: 'rate_limit_exceeded',
      },
    },
  }
}

/** The body of a request that OpenAI refuses. */
export function refused(message: string): object {
  return { error: { message, type: 'invalid_request_error', param: null, code: null } }
}

/** Fixed, so that what is recorded does not depend on the day. */
const CREATED = 1_780_000_000

function usageOf({ input, output, cached = 0 }: ScriptedUsage): object {
  return {
    prompt_tokens: input,
    completion_tokens: output,
    total_tokens: input + output,
    prompt_tokens_details: { cached_tokens: cached, audio_tokens: 0 },
    completion_tokens_details: {
      reasoning_tokens: 0,
      audio_tokens: 0,
      accepted_prediction_tokens: 0,
      rejected_prediction_tokens: 0,
    },
  }
}
