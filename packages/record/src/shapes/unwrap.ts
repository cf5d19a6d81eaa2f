import { isRow, type Row } from './paths.ts'

/** Text that is parsed when a record carries its payload as text; longer ones are content. */
const MAX_TEXT = 4 * 1024 * 1024
/** Keys under which loggers, collectors and shippers put a line as text. */
export const TEXT_KEYS: readonly string[] = [
  ...['log', 'message', 'msg', 'MESSAGE', '@message', 'textPayload', 'line', 'body', 'raw', '_raw'],
  ...['payload', 'data', 'event'],
]
const MAX_DEPTH = 3
const MAX_CANDIDATES = 40
/** What the model saw and said: a call is not described inside of it. */
export const NO_WRAPPERS: readonly string[] = [
  ...['__proto__', 'constructor'],
  'messages',
  'input',
  'output',
  'choices',
  'content',
  'tools',
  'prompt',
  'tool_calls',
]

/**
 * The records that a log line may carry: itself, then what wrappers of pino, bunyan, winston,
 * Docker, CloudWatch, Elasticsearch and the like have inside, each over the keys of what is around it.
 */
export function* unwrapped(row: Row): Generator<Row> {
  yield row
  let level: { readonly inner: Row; readonly merged: Row }[] = [{ inner: row, merged: row }]
  let left = MAX_CANDIDATES
  for (let depth = 0; depth < MAX_DEPTH; depth++) {
    const next: typeof level = []
    for (const around of level) {
      for (const inner of innerRows(around.inner)) {
        if (left-- <= 0) return
        const merged = { ...around.merged, ...inner }
        yield merged
        next.push({ inner, merged })
      }
    }
    level = next
  }
}

/** A record, then what it carries as text, over its own keys. */
export function* withTexts(row: Row): Generator<Row> {
  yield row
  for (const parsed of parsedTexts(row)) yield { ...row, ...parsed }
}

function* parsedTexts(row: Row): Generator<Row> {
  for (const key of TEXT_KEYS) {
    const parsed = parsedText(row[key])
    if (parsed !== undefined) yield parsed
  }
}

function* innerRows(row: Row): Generator<Row> {
  yield* parsedTexts(row)
  for (const [key, value] of Object.entries(row)) {
    if (isRow(value) && !NO_WRAPPERS.includes(key)) yield value
  }
}

/** The object that a text is, or that follows on a few characters; undefined for any other. */
export function parsedText(value: unknown): Row | undefined {
  if (typeof value !== 'string' || value.length > MAX_TEXT) return undefined
  const begin = value.indexOf('{')
  // A few characters before it may be a level or a name.
  if (begin === -1 || begin > 100) return undefined
  try {
    const parsed: unknown = JSON.parse(value.slice(begin))
    return isRow(parsed) ? parsed : undefined
  } catch {
    return undefined
  }
}
