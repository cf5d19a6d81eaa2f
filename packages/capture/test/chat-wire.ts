/** OpenAI's chat completions as they stand on the wire. */

const USAGE = { prompt_tokens: 12, completion_tokens: 5, total_tokens: 17 }

/** A whole answer. */
export function completion(content: string, more: object = {}): object {
  return {
    id: 'chatcmpl-1',
    object: 'chat.completion',
    created: 1_780_000_000,
    model: 'gpt-4o-2024-08-06',
    choices: [{ index: 0, message: { role: 'assistant', content }, finish_reason: 'stop' }],
    usage: USAGE,
    ...more,
  }
}

/** One event of a stream. */
export function delta(piece: object, finish_reason: string | null = null): string {
  return event({
    id: 'chatcmpl-1',
    object: 'chat.completion.chunk',
    created: 1_780_000_000,
    model: 'gpt-4o-2024-08-06',
    choices: [{ index: 0, delta: piece, finish_reason }],
  })
}

/** The event that counts, which OpenAI sends only where asked. */
export function usage(): string {
  return event({
    id: 'chatcmpl-1',
    object: 'chat.completion.chunk',
    created: 1_780_000_000,
    model: 'gpt-4o-2024-08-06',
    choices: [],
    usage: USAGE,
  })
}

export const DONE = 'data: [DONE]\n\n'

/** A whole stream, event by event. */
export function chatStream(...words: string[]): string[] {
  return [
    delta({ role: 'assistant', content: '' }),
    ...words.map((content) => delta({ content })),
    delta({}, 'stop'),
    usage(),
    DONE,
  ]
}

export function event(data: object): string {
  return `data: ${JSON.stringify(data)}\n\n`
}

/** The request that tests make where it does not matter. */
export const ASK: { model: string; messages: { role: 'user'; content: string }[] } = {
  model: 'gpt-4o',
  messages: [{ role: 'user' as const, content: 'Who are you?' }],
}
