/** How an answer is written: events, lines of JSON, one JSON value, or something that is not read. */
export type AnswerFormat = 'events' | 'lines' | 'json' | 'other'

/** No content type is longer; what is says nothing. */
const MAX_TYPE = 256

/** The format that a content type claims; undefined where it claims none of them. */
export function claimedFormat(contentType: string): AnswerFormat | undefined {
  const type = contentType.slice(0, MAX_TYPE).split(';', 1)[0]?.trim().toLowerCase() ?? ''
  if (type === 'text/event-stream') return 'events'
  if (/^application\/(x-)?(ndjson|jsonl|json-lines|jsonlines)$/.test(type)) return 'lines'
  if (/^application\/(stream\+json)$/.test(type)) return 'lines'
  if (/^[\w.-]+\/([\w.+-]+\+)?json$/.test(type)) return 'json'
  if (type === '' || type === 'application/octet-stream' || type.startsWith('text/'))
    return undefined
  return 'other'
}

/**
 * The format by the first character that is no white space. Gateways send events as JSON and JSON as events: what begins
 * like a field of an event is no JSON, and what begins like JSON is no event.
 */
export function seenFormat(
  first: string,
  claimed: AnswerFormat | undefined,
  streamed: boolean,
): AnswerFormat {
  if (claimed === 'other') return claimed
  if (first === '[') return 'json'
  if (first === '{') return claimed === undefined && streamed ? 'lines' : braced(claimed)
  if (claimed === undefined) return streamed ? 'events' : 'other'
  return 'deir:'.includes(first) ? 'events' : claimed
}

/** Events do not begin so: it is an error, or an answer that was not streamed. */
function braced(claimed: AnswerFormat | undefined): AnswerFormat {
  return claimed === 'lines' ? 'lines' : 'json'
}
