import type { RecordedError } from '@recount/record'
import type { Trace } from './context.ts'
import { withoutEchoes } from './echoes.ts'
import { safely } from './recording.ts'
import { textsIn } from './request-texts.ts'

const CONTENT = '[Content]'
/** Pieces that a trace remembers; more than these are forgotten, oldest first. */
const MAX_ECHOES = 100
/** What is said in words of ours. */
const OURS: ReadonlySet<string> = new Set([
  'cost_source',
  'finish_reason',
  'price_version',
  'tools',
  'usage_source',
])

/**
 * What a provider says of a call, without what it repeats of the parts of the request that are not kept. The trace
 * remembers it, because an error passes through the spans around the call.
 */
export function withoutRequest<T extends object>(
  said: T,
  closed: readonly unknown[],
  model: string,
  trace: Trace,
): T {
  if (closed.length === 0) return said
  const texts = safely(() => textsIn(closed))
  const names = [model]
  const cleaned = mapTexts(said, (text) => {
    // Whatever could be repeated of a request that is too large to be searched.
    if (texts === undefined) return text.length < 16 || names.includes(text) ? text : CONTENT
    return withoutEchoes(text, texts, names, trace.echoes)
  })
  trace.echoes.splice(0, Math.max(0, trace.echoes.length - MAX_ECHOES))
  return cleaned
}

/** An error of a span without what a model call inside of its trace was found to repeat. */
export function withoutKnownEchoes(error: RecordedError, { echoes }: Trace): RecordedError {
  return echoes.length === 0
    ? error
    : mapTexts(error, (text) => withoutEchoes(text, echoes, [], []))
}

function mapTexts<T extends object>(fields: T, change: (text: string) => string): T {
  const changed = Object.entries(fields).map(([key, value]: [string, unknown]) => {
    if (OURS.has(key)) return [key, value]
    if (typeof value === 'string') return [key, change(value)]
    return [key, isObject(value) ? mapTexts(value, change) : value]
  })
  return Object.fromEntries(changed) as T
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
