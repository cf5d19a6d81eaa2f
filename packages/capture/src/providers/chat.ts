import { chatAnswer } from './chat-answer.ts'
import { chatRequest } from './chat-request.ts'
import { chatStream } from './chat-stream.ts'
import type { Format } from './format.ts'
import { at, defined, isObject, listAt, textAt, without } from './json-values.ts'
import { textPart } from './message.ts'

/** Chat completions of OpenAI and those compatible with it. */
export const CHAT: Format = {
  api: 'openai.chat',
  paths: (pathname) => /\/(?:chat|agents)\/completions$/.test(pathname),
  request: (url, body) => chatRequest(body, 'openai.chat', deploymentOf(url)),
  recognises: (body) =>
    listAt(body, 'choices').some((choice) =>
      isObject(at(choice, 'message') ?? at(choice, 'delta')),
    ),
  answer: chatAnswer,
  stream: chatStream,
}

const COMPLETION_CONTENT: ReadonlySet<string> = new Set(['model', 'prompt', 'stream', 'suffix'])

/** Text completions, and fill in the middle. */
export const COMPLETIONS: Format = {
  api: 'openai.completions',
  paths: (pathname) => /(?<!\/chat|\/agents)\/completions$/.test(pathname),
  request: (url, body) => {
    const prompt = at(body, 'prompt')
    const texts = Array.isArray(prompt) && typeof prompt[0] === 'string' ? prompt : [prompt]
    return defined({
      api: 'openai.completions',
      operation: 'text_completion',
      model: textAt(body, 'model') ?? deploymentOf(url) ?? 'unknown',
      stream: at(body, 'stream') === true,
      params: without(body, COMPLETION_CONTENT),
      input:
        prompt === undefined
          ? undefined
          : [{ role: 'user', parts: texts.map((text) => promptPart(text)) }],
    })
  },
  recognises: (body) => listAt(body, 'choices').some((choice) => at(choice, 'text') !== undefined),
  answer: chatAnswer,
  stream: chatStream,
}

/** Azure names the model's deployment in the path. */
export function deploymentOf(url: URL): string | undefined {
  const name = /\/deployments\/([^/]+)\//.exec(url.pathname)?.[1]
  return name === undefined ? undefined : decoded(name)
}

/** A part of a path, without its percent signs where they are well-formed. */
export function decoded(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}

function promptPart(prompt: unknown): ReturnType<typeof textPart> {
  return typeof prompt === 'string' ? textPart(prompt) : { type: 'tokens', tokens: prompt }
}
