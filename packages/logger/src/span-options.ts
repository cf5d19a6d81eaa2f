import { CONTENT_PARTS } from '@recount/record'
import type { ContentAsk } from './captures.ts'
import type { Inherited } from './context.ts'
import { ordinal, scalars, text, texts } from './field-readers.ts'
import { type FieldTable, read, readFields } from './fields.ts'

/** What any span takes besides its own fields: names and labels for itself and what happens inside it. */
export const INHERITED_FIELDS: FieldTable = {
  session_id: text,
  user_id: text,
  tenant_id: text,
  request_id: text,
  workflow: text,
  step: text,
  step_attempt: ordinal,
  span_name: text,
  agent: text,
  tags: texts,
  metadata: scalars,
  consent: texts,
}

/** How a span is opened. */
export interface OpenSpanOptions {
  readonly inherited?: Inherited | undefined
  readonly trace_id?: string | undefined
  readonly parent_span_id?: string | undefined
  readonly debug?: boolean | undefined
  readonly content?: ContentAsk | undefined
}

/** Reads what any span takes from a caller's options. */
export function spanOptions(options: object): OpenSpanOptions {
  const inherited = readFields(options, INHERITED_FIELDS)
  const debug = read(options, 'debug')
  return {
    inherited: Object.keys(inherited).length > 0 ? inherited : undefined,
    content: askOf(options),
    debug: typeof debug === 'boolean' ? debug : undefined,
  }
}

/** A wish about content as it can be understood: what cannot be read asks for nothing to be kept. */
export function askOf(options: unknown): ContentAsk | undefined {
  const ask = read(options, 'content')
  if (typeof ask === 'boolean') return ask
  try {
    return Array.isArray(ask) ? CONTENT_PARTS.filter((part) => ask.includes(part)) : undefined
  } catch {
    return false
  }
}
