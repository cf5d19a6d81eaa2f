import { isEmpty } from './said.ts'

const LISTS = /^(?:results?|items|data|hits|matches|records|rows|documents|docs|entries|values)$/i
const NOTHING =
  /^(?:no|0|zero) (?:results?|matches|records?|documents?|items|data|rows|entries)(?: (?:were |was )?found)?[.!]?$/i

/** Whether a result holds nothing: empty, a list of nothing with its count, or a sentence that says so. */
export function isNothing(result: unknown): boolean {
  if (isEmpty(result)) return true
  if (typeof result === 'string') return NOTHING.test(result.trim())
  if (typeof result !== 'object' || result === null || Array.isArray(result)) return false
  const entries = Object.entries(result)
  const isListing = entries.some(([key, value]) => LISTS.test(key) && Array.isArray(value))
  return isListing && entries.every(([, value]) => value === 0 || value === false || isEmpty(value))
}

const ERROR_KEYS = ['error', 'exception', 'traceback', 'fault'] as const
const ERROR_TEXT =
  /^(?:(?:\w{0,60}Error|\w{0,60}Exception|error|failed|fatal)(?: [\w ]{1,60})?: |not found\b|unauthorized\b|forbidden\b)/i
const TRACE = /^Traceback \(most recent call last\)/
const ERROR_PAGE = /^\s*<(?:!doctype html|html)[\s\S]{0,2000}?<(?:title|h1)>[^<]{0,40}\b[45]\d\d\b/i

/** The error that a tool returned as its result, where its own status or envelope says that it is one. */
export function errorIn(result: unknown): unknown {
  if (typeof result === 'string') return isErrorText(result.trim()) ? result : undefined
  if (typeof result !== 'object' || result === null) return undefined
  const said = textOfContent(result)
  if (said !== undefined && isErrorText(said.trim())) return said
  if (Array.isArray(result)) return undefined
  const found = result as Record<string, unknown>
  const hasError = ERROR_KEYS.some((key) => isError(found[key]))
  return hasError || saysFailed(found) || isGraphQlError(found) ? found : undefined
}

/** Logs and sources have lines that begin like errors; an error is one, or has a stack. */
function isErrorText(text: string): boolean {
  if (TRACE.test(text) || ERROR_PAGE.test(text)) return true
  return ERROR_TEXT.test(text) && (!text.includes('\n') || /\n\s+at /.test(text))
}

/** The first text of a Model Context Protocol result. */
function textOfContent(result: object): string | undefined {
  const list: unknown = Array.isArray(result) ? result : (result as { content?: unknown }).content
  if (!Array.isArray(list) || list.length !== 1) return undefined
  const { type, text } = (list[0] ?? {}) as { type?: unknown; text?: unknown }
  return type === 'text' && typeof text === 'string' ? text : undefined
}

function isError(value: unknown): boolean {
  return value === true || typeof value === 'string' || typeof value === 'object'
    ? !isEmpty(value)
    : false
}

function saysFailed({ isError, ok, success, status, statusCode, code }: Record<string, unknown>) {
  if (isError === true || ok === false || success === false) return true
  if (typeof status === 'string' && /^(?:error|failed|failure)$/i.test(status)) return true
  return [status, statusCode, code].some(
    (value) => typeof value === 'number' && value >= 400 && value < 600,
  )
}

function isGraphQlError({ errors, data }: Record<string, unknown>): boolean {
  return data === null && Array.isArray(errors) && errors.length > 0
}
