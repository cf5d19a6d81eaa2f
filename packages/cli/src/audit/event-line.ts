import { isUtf8 } from 'node:buffer'
import { AuditError, type AuditEvent } from '@recount/audit'

const BOM = '\ufeff'

/** The event of a line: what has two readings is none. Throws `AUDIT_EVENT_INVALID`. */
export function parseEventLine(line: Buffer): AuditEvent {
  if (!isUtf8(line)) throw invalid('UTF-8, got bytes that are none')
  const bare = line.toString().replace(BOM, '')
  const event = parse(bare)
  const key = repeatedKey(bare)
  if (key !== undefined) throw invalid(`each key once, got ${key.slice(0, 80)} twice`)
  return event
}

function parse(text: string): AuditEvent {
  try {
    return JSON.parse(text) as AuditEvent
  } catch (cause) {
    throw invalid(`JSON: ${(cause as Error).message}`)
  }
}

const TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\]:]/g

/** A key that stands twice in one object of a JSON text; `JSON.parse` would take the last. */
function repeatedKey(json: string): string | undefined {
  const objects: Set<string>[] = []
  let last = ''
  for (const [token] of json.matchAll(TOKEN)) {
    if (token === '{' || token === '[') objects.push(new Set())
    else if (token === '}' || token === ']') objects.pop()
    else if (token === ':') {
      const key = JSON.parse(last) as string
      const keys = objects.at(-1)
      if (keys?.has(key)) return last
      keys?.add(key)
    } else last = token
  }
  return undefined
}

function invalid(expected: string): AuditError {
  return new AuditError('AUDIT_EVENT_INVALID', `Expected ${expected}`)
}
