import type { AnswerFacts, Provider, RequestFacts, StreamReader } from '../provider.ts'
import { MESSAGES } from './anthropic.ts'
import { ConverseReader, converseAnswer, converseRequest } from './bedrock-converse.ts'
import { InvokeReader, invokeAnswer, invokeRequest } from './bedrock-invoke.ts'
import { decoded } from './chat.ts'
import { createProvider } from './create-provider.ts'
import type { Format } from './format.ts'
import { isObject, parseJson } from './json-values.ts'
import { OPENAI_FORMATS } from './openai.ts'

const CONVERSE_PATH = /\/model\/([^/]+)\/(converse|converse-stream)$/
const INVOKE_PATH = /\/model\/([^/]+)\/(invoke|invoke-with-response-stream)$/

const CONVERSE: Format = {
  api: 'bedrock.converse',
  paths: (pathname) => CONVERSE_PATH.test(pathname),
  request: (url, body) => {
    const [, model = 'unknown', verb] = CONVERSE_PATH.exec(url.pathname) ?? []
    return converseRequest(body, decoded(model), verb === 'converse-stream')
  },
  recognises: (body) => isObject(body) && 'stopReason' in body,
  answer: converseAnswer,
  stream: () => readerOf(new ConverseReader()),
}

const INVOKE: Format = {
  api: 'bedrock.invoke',
  paths: (pathname) => INVOKE_PATH.test(pathname),
  request: (url, body) => {
    const [, model = 'unknown', verb] = INVOKE_PATH.exec(url.pathname) ?? []
    return invokeRequest(body, decoded(model), verb === 'invoke-with-response-stream')
  },
  recognises: () => false,
  answer: invokeAnswer,
  stream: () => readerOf(new InvokeReader()),
}

/** Amazon Bedrock: Converse, and InvokeModel of the families of models. */
export const BEDROCK: Provider = createProvider({
  name: 'aws.bedrock',
  hosts: [
    /^bedrock(?:-runtime|-mantle)?(?:-fips)?\.[a-z0-9-]+\.(?:amazonaws\.com(?:\.cn)?|api\.aws)$/,
  ],
  formats: [CONVERSE, INVOKE, ...OPENAI_FORMATS, MESSAGES],
})

/** Formats of Bedrock's own. */
export const BEDROCK_FORMATS: readonly Format[] = [CONVERSE, INVOKE]

/** A reader of plain objects, as AWS's SDK gives them. */
export interface ObjectReader {
  /** Takes one event; true where it holds something of the answer. Never throws. */
  add(event: unknown): boolean
  result(): AnswerFacts
  readonly complete: boolean
}

/** What a command of AWS's SDK asks for, by its name and input; undefined for commands that are no model calls. */
export function bedrockRequest(command: string, input: unknown): RequestFacts | undefined {
  const model = modelIdOf(input)
  switch (command) {
    case 'ConverseCommand':
      return quietly(() => converseRequest(input, model, false))
    case 'ConverseStreamCommand':
      return quietly(() => converseRequest(input, model, true))
    case 'InvokeModelCommand':
      return quietly(() => invokeRequest(bodyOf(input), model, false))
    case 'InvokeModelWithResponseStreamCommand':
      return quietly(() => invokeRequest(bodyOf(input), model, true))
    default:
      return undefined
  }
}

/** What the output of a command of AWS's SDK came to. */
export function bedrockAnswer(request: RequestFacts, output: unknown): AnswerFacts {
  const answer = () =>
    request.api === 'bedrock.converse' ? converseAnswer(output) : invokeAnswer(bodyOf(output))
  return quietly(answer) ?? {}
}

/** A reader for the events of a streaming command of AWS's SDK. */
export function bedrockReader(request: RequestFacts): ObjectReader {
  const reader = request.api === 'bedrock.converse' ? new ConverseReader() : new InvokeReader()
  return {
    add: (event) => quietly(() => reader.add(event)) ?? false,
    result: () => quietly(() => reader.result()) ?? {},
    get complete() {
      return reader.complete
    },
  }
}

function readerOf(reader: ObjectReader): StreamReader {
  return {
    take: ({ event, data }) => {
      const value = parseJson(data)
      return reader.add(event === undefined ? value : { [event]: value })
    },
    result: () => reader.result(),
    get complete() {
      return reader.complete
    },
  }
}

function modelIdOf(input: unknown): string {
  const id = isObject(input) ? input.modelId : undefined
  return typeof id === 'string' ? id : 'unknown'
}

/** Bodies are bytes of JSON, or a text. */
function bodyOf(holder: unknown): unknown {
  const body = isObject(holder) ? holder.body : undefined
  if (typeof body === 'string') return parseJson(body)
  return body instanceof Uint8Array ? parseJson(new TextDecoder().decode(body)) : undefined
}

function quietly<T>(read: () => T): T | undefined {
  try {
    return read()
  } catch {
    return undefined
  }
}
