import type { ProviderFailure } from '../provider.ts'
import { at, defined, isObject, listAt, objectAt, parseJson, textAt } from './json-values.ts'

/**
 * An error as providers word it, in the shapes of all of them: `{ error: { type | status | code, message } }` (OpenAI,
 * Anthropic, Google, Azure), `{ error: 'text' }` (Ollama), `{ type, message }` (Mistral, Cohere, Bedrock), `{ detail }`
 * (Mistral, vLLM and others behind FastAPI), a list of one of these (Google). Undefined where a body holds no error.
 */
export function failureOf(body: unknown): ProviderFailure | undefined {
  if (typeof body === 'string') return textFailure(body)
  const whole = Array.isArray(body) ? body.find(isObject) : body
  if (!isObject(whole)) return undefined
  return (
    coded(errorFailure(whole.error), whole) ??
    errorFailure(textAt(whole, 'object') === 'error' ? whole : undefined) ??
    detailFailure(whole) ??
    plainFailure(whole)
  )
}

/** Beside an error that is a text alone xAI has its code. */
function coded(failure: ProviderFailure | undefined, body: object): ProviderFailure | undefined {
  const code = textAt(body, 'code')
  if (failure?.type !== 'error' || failure.code !== undefined || code === undefined) return failure
  return { ...failure, type: code }
}

/** The member `error` of a body, or what stands in its place. */
export function errorFailure(error: unknown): ProviderFailure | undefined {
  if (typeof error === 'string' && error !== '') return { type: 'error', message: error }
  if (!isObject(error)) return undefined
  const inner = objectAt(error, 'error')
  if (inner !== undefined && textAt(error, 'message') === undefined) return errorFailure(inner)
  const code = codeOf(error)
  const message = messageOf(error)
  const type =
    textAt(error, 'type') ?? textAt(error, 'status') ?? (code === undefined ? '' : String(code))
  if (type === '' && message === undefined) return undefined
  const details = listAt(error, 'details')
  return defined({
    type: type || 'error',
    code,
    message: message ?? '',
    details: details.length === 0 ? undefined : details,
  })
}

function textFailure(body: string): ProviderFailure | undefined {
  const text = body.trim()
  if (text === '') return undefined
  const parsed = parseJson(text)
  if (typeof parsed === 'object' && parsed !== null) return failureOf(parsed)
  return { type: 'error', message: text }
}

function detailFailure(body: object): ProviderFailure | undefined {
  const detail = at(body, 'detail')
  if (typeof detail === 'string' && detail !== '') return { type: 'error', message: detail }
  if (isObject(detail)) return errorFailure(detail)
  const first = listAt(body, 'detail').find(isObject)
  if (first === undefined) return undefined
  const where = listAt(first, 'loc').filter((step) => typeof step !== 'object')
  const message = textAt(first, 'msg') ?? ''
  return {
    type: textAt(first, 'type') ?? 'error',
    message: where.length === 0 ? message : `${where.join('.')}: ${message}`,
  }
}

function plainFailure(body: object): ProviderFailure | undefined {
  const message = messageOf(body)
  if (message === undefined) return undefined
  const code = codeOf(body)
  const type = typeOf(body) ?? (code === undefined ? 'error' : String(code))
  return defined({ type, code, message })
}

/** AWS writes `__type` with a name space before it. */
function typeOf(body: object): string | undefined {
  const aws = textAt(body, '__type')?.split('#').at(-1)
  return aws ?? textAt(body, 'type') ?? textAt(body, 'title')
}

function codeOf(error: object): string | number | undefined {
  const code = at(error, 'code') ?? at(error, 'statusCode')
  if (typeof code === 'number') return code
  return typeof code === 'string' && code !== '' ? code : undefined
}

function messageOf(error: object): string | undefined {
  const message = at(error, 'message') ?? at(error, 'Message') ?? at(error, 'msg')
  if (typeof message === 'string') return message === '' ? undefined : message
  const inner = detailFailure({ detail: at(message, 'detail') ?? message })
  return inner?.message
}
