// The call that every contender records: what is known before it, and what it came to.
export const context = {
  session_id: 'session-8121',
  user_id: 'user-1729',
  workflow: 'answer-question',
}

export const subject = {
  provider: 'openai',
  operation: 'chat',
  model: 'gpt-4o-2024-08-06',
  params: { temperature: 0, max_tokens: 512 },
  prompt: { name: 'triage', version: 3 },
}

export const outcome = {
  response_model: 'gpt-4o-2024-08-06',
  input_tokens: 1843,
  output_tokens: 212,
  usage_source: 'provider',
  cost_usd: 0.0067275,
  finish_reason: 'stop',
  provider_request_id: 'req-000000001',
}

/** Messages of about so many bytes of English prose, the same each time. */
export function messages(bytes) {
  const words =
    'the order was shipped on Monday but our customer says "it has not arrived yet", so we ask the carrier;\n'.split(
      ' ',
    )
  const text = (length, seed) => {
    let out = ''
    for (let i = seed; out.length < length; i = (i * 7 + 3) % 997)
      out += `${words[i % words.length]} `
    return out
  }
  const turn = Math.floor(bytes / 8)
  return Array.from({ length: 8 }, (_, i) => ({
    role: i % 2 ? 'assistant' : 'user',
    content: text(turn, i + 1),
  }))
}
