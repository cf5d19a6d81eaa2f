import OpenAI from 'openai'
import type { ChatCompletion } from 'openai/resources/chat/completions'
import type { Response as Answer } from 'openai/resources/responses/responses'
import { eventBytes, type RecordedAnswer } from './recorded-answers.ts'
import { meant, type Told } from './told.ts'

/** What OpenAI's SDK makes of a chat completion, streamed or not. */
export async function chatBySdk(answer: RecordedAnswer): Promise<ChatCompletion> {
  const client = clientFor(answer, false)
  const asked = { model: 'any', messages: [{ role: 'user' as const, content: 'Hello' }] }
  if (!answer.isStream) return client.chat.completions.create(asked)
  return client.chat.completions.stream({ ...asked, stream: true }).finalChatCompletion()
}

/** What OpenAI's SDK makes of a response, streamed or not. */
export async function responseBySdk(answer: RecordedAnswer): Promise<Answer> {
  const client = clientFor(answer, true)
  const asked = { model: 'any', input: 'Hello' }
  if (!answer.isStream) return client.responses.create(asked)
  return client.responses.stream(asked).finalResponse()
}

/** The first choice of a chat completion. */
export function toldByChat({ choices, usage, model }: ChatCompletion): Told {
  const message = choices[0]?.message
  return {
    text: message?.content ?? '',
    calls: (message?.tool_calls ?? []).map((call) =>
      call.type === 'custom'
        ? { id: call.id, name: call.custom.name, arguments: call.custom.input }
        : { id: call.id, name: call.function.name, arguments: meant(call.function.arguments) },
    ),
    finish: choices[0]?.finish_reason ?? undefined,
    usage: {
      input: usage?.prompt_tokens,
      output: usage?.completion_tokens,
      cached: usage?.prompt_tokens_details?.cached_tokens,
    },
    model,
  }
}

/** The output of a response; of its tool calls those of functions and custom tools. */
export function toldByResponse(response: Answer): Told {
  const { output, usage, model, status, incomplete_details } = response
  const texts = output.flatMap((item) => (item.type === 'message' ? item.content : []))
  return {
    text: texts.map((part) => (part.type === 'output_text' ? part.text : '')).join(''),
    calls: output.flatMap((item) => {
      if (item.type === 'function_call')
        return [{ id: item.call_id, name: item.name, arguments: meant(item.arguments) }]
      if (item.type === 'custom_tool_call')
        return [{ id: item.call_id, name: item.name, arguments: item.input }]
      return []
    }),
    finish: incomplete_details?.reason ?? status,
    usage: {
      input: usage?.input_tokens,
      output: usage?.output_tokens,
      cached: usage?.input_tokens_details?.cached_tokens,
    },
    model,
  }
}

function clientFor(answer: RecordedAnswer, isNamed: boolean): OpenAI {
  return new OpenAI({
    apiKey: 'none',
    baseURL: 'http://provider.invalid/v1',
    maxRetries: 0,
    fetch: async () =>
      answer.isStream
        ? new Response(eventBytes(answer, isNamed), {
            headers: { 'content-type': 'text/event-stream' },
          })
        : Response.json(answer.body),
  })
}
