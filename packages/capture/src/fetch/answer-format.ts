/** How an answer is written: events, lines of JSON, one JSON value, or something that is not read. */
export type AnswerFormat = 'events' | 'lines' | 'json' | 'other'

/** The format by its content type; undefined where that says nothing and the first characters decide. */
export function formatOfType(contentType: string, streamed: boolean): AnswerFormat | undefined {
  const type = contentType.split(';', 1)[0]?.trim().toLowerCase() ?? ''
  if (type === 'text/event-stream') return 'events'
  if (/^application\/(x-)?(ndjson|jsonl|json-lines|jsonlines)$/.test(type)) return 'lines'
  if (/^application\/(stream\+json)$/.test(type)) return 'lines'
  if (/^[\w.-]+\/([\w.+-]+\+)?json$/.test(type)) return 'json'
  if (type === '' || type === 'application/octet-stream' || type.startsWith('text/'))
    return streamed || type === '' ? undefined : 'other'
  return 'other'
}

/** The format by how the text begins; undefined where no character but white space has come. */
export function formatOfText(text: string, streamed: boolean): AnswerFormat | undefined {
  const first = /\S/.exec(text)?.[0]
  if (first === undefined) return undefined
  if (first === '{') return streamed ? 'lines' : 'json'
  if (first === '[') return 'json'
  return streamed ? 'events' : 'other'
}
