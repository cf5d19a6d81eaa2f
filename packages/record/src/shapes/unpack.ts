import { isRow, type Row } from './paths.ts'

/** Keys under which documents have their records. */
const LIST_KEYS = [
  ...['data', 'observations', 'items', 'results', 'records', 'runs', 'logs', 'calls', 'requests'],
  ...['entries', 'spans', 'generations', 'batch', 'messages', 'steps', 'events', 'traces'],
  'logEvents',
]

/**
 * The records of a document that has many: OTLP/JSON (`resourceSpans`, `resourceLogs`), Jaeger's
 * JSON, an export under one key. Undefined where it is no such document.
 */
export function unpacked(row: Row): Row[] | undefined {
  if (Array.isArray(row.resourceSpans)) return otlpRecords(row.resourceSpans, SPAN_LISTS)
  if (Array.isArray(row.resource_spans)) return otlpRecords(row.resource_spans, SPAN_LISTS)
  if (Array.isArray(row.resourceLogs)) return otlpRecords(row.resourceLogs, LOG_LISTS)
  if (isRow(row.hits) && Array.isArray(row.hits.hits)) return rowsOf(row.hits.hits)
  for (const key of LIST_KEYS) {
    const list = row[key]
    if (Array.isArray(list) && list.length > 0 && list.every(isRow))
      return list.map((part) => withContext(plainAttributes(part), row, key))
  }
  return undefined
}

/** Keys of a document that are of all its records, where these do not say them: when, for whom, and by which model. */
const CONTEXT =
  /^(?:user|user_?id|tenant|tenant_?id|session|session_?id|conversation_?id|trace_?id|service|environment|env|release|workflow|agent)$/i
const MODEL = /^(?:model|model_?name|provider)$/i
/** Lists of what is no call as a rule. */
const OTHER_LISTS = ['messages', 'steps', 'events']
const MOMENT =
  /^(?:@?timestamp|ts|time|date|datetime|(?:start|started|begin|began|created|logged)(?:_?(?:time|at|ts|on))?)$/i

function withContext(part: Row, document: Row, list: string): Row {
  const names = new Set(Object.keys(part).map((key) => key.toLowerCase()))
  const isTimed = [...names].some((name) => MOMENT.test(name))
  const context = Object.entries(document).filter(
    ([key, value]) =>
      (typeof value === 'string' || typeof value === 'number') &&
      (CONTEXT.test(key) ||
        (!isTimed && MOMENT.test(key)) ||
        (MODEL.test(key) && !OTHER_LISTS.includes(list))) &&
      !names.has(key.toLowerCase()),
  )
  return context.length === 0 ? part : { ...Object.fromEntries(context), ...part }
}

/** Lists in a document of OTLP, from the scope inwards; older names, too. */
const SPAN_LISTS = [
  ['scopeSpans', 'instrumentationLibrarySpans', 'scope_spans'],
  ['spans'],
] as const
const LOG_LISTS = [
  ['scopeLogs', 'instrumentationLibraryLogs', 'scope_logs'],
  ['logRecords', 'logs', 'log_records'],
] as const

function otlpRecords(
  resources: readonly unknown[],
  [scopes, records]: typeof SPAN_LISTS | typeof LOG_LISTS,
): Row[] {
  return rowsOf(resources).flatMap((from) => {
    const resource = isRow(from.resource) ? plainAttributes(from.resource) : {}
    return listAt(from, scopes)
      .flatMap((scope) => listAt(scope, records))
      .map((record) => ({ ...plainAttributes(record), resource }))
  })
}

function listAt(row: Row, names: readonly string[]): Row[] {
  const list = names.map((name) => row[name]).find(Array.isArray)
  return list === undefined ? [] : rowsOf(list)
}

function rowsOf(list: readonly unknown[]): Row[] {
  return list.filter(isRow)
}

/** A record whose attributes are a list of keys and values, as an object of them; Jaeger's `tags`, too. */
export function plainAttributes(row: Row): Row {
  const { attributes, tags } = row
  const isTagged =
    Array.isArray(tags) && tags.some((tag) => isRow(tag) && 'key' in tag && 'value' in tag)
  const list = Array.isArray(attributes) ? attributes : isTagged ? tags : undefined
  if (list === undefined) return row
  const plain: Record<string, unknown> = {}
  for (const entry of list) {
    if (isRow(entry) && typeof entry.key === 'string') plain[entry.key] = plainValue(entry.value)
  }
  const { tags: _tags, ...rest } = row
  return isTagged
    ? { ...rest, ...jaegerTimes(row), attributes: plain }
    : { ...row, attributes: plain }
}

/** Jaeger's times are microseconds. */
function jaegerTimes({ startTime, duration }: Row): Row {
  if (typeof startTime !== 'number' || typeof duration !== 'number') return {}
  return {
    startTime: startTime / 1000,
    endTime: (startTime + duration) / 1000,
    duration: undefined,
  }
}

function plainValue(value: unknown): unknown {
  if (!isRow(value)) return value
  const { stringValue, intValue, doubleValue, boolValue, arrayValue, kvlistValue } = value
  if (intValue !== undefined) return Number(intValue)
  if (isRow(arrayValue)) {
    const values = arrayValue.values
    return Array.isArray(values) ? values.map(plainValue) : []
  }
  if (isRow(kvlistValue)) return plainAttributes({ attributes: kvlistValue.values }).attributes
  return stringValue ?? doubleValue ?? boolValue
}
