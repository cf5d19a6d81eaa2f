import { EVENTS, type EventName } from './events.ts'
import { type SchemaError, validators } from './validators.js'

/** One thing wrong with a record: the key (JSON Pointer, `/` for the whole), the rule it breaks, and a sentence. */
export interface Finding {
  key: string
  rule: string
  message: string
}

/**
 * Checks a value against the format. An empty list means valid; a value that is no record of ours
 * has one finding with the rule `recount` (no such key, another version) or `event` (unknown event).
 */
export function validateRecord(value: unknown): Finding[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return [{ key: '/', rule: 'object', message: `expected a JSON object, got ${kind(value)}` }]
  }
  const { recount, event } = value as { recount?: unknown; event?: unknown }
  if (recount !== 1) {
    return [{ key: '/recount', rule: 'recount', message: `expected 1, got ${show(recount)}` }]
  }
  if (!isEvent(event)) {
    return [
      {
        key: '/event',
        rule: 'event',
        message: `expected one of ${EVENTS.join(', ')}, got ${show(event)}`,
      },
    ]
  }
  const validate = validators[event]
  return validate(value) ? [] : (validate.errors ?? []).map((error) => finding(error, value))
}

function isEvent(event: unknown): event is EventName {
  return (EVENTS as readonly unknown[]).includes(event)
}

function finding(error: SchemaError, value: object): Finding {
  if (error.keyword === 'required') {
    const key = `${error.instancePath}/${error.params.missingProperty}`
    return { key, rule: 'required', message: 'missing' }
  }
  const allowed = error.params.allowedValues
  const expected = Array.isArray(allowed) ? `must be one of ${allowed.join(', ')}` : error.message
  const got = show(at(value, error.instancePath))
  return { key: error.instancePath || '/', rule: error.keyword, message: `${expected}, got ${got}` }
}

/** The value at a JSON Pointer (RFC 6901). */
function at(value: unknown, pointer: string): unknown {
  let found = value
  for (const token of pointer.split('/').slice(1)) {
    if (typeof found !== 'object' || found === null) return undefined
    found = (found as Record<string, unknown>)[token.replaceAll('~1', '/').replaceAll('~0', '~')]
  }
  return found
}

function kind(value: unknown): string {
  if (value === null) return 'null'
  return Array.isArray(value) ? 'an array' : `a ${typeof value}`
}

function show(value: unknown): string {
  const text = value === undefined ? 'nothing' : JSON.stringify(value)
  return text.length > 60 ? `${text.slice(0, 57)}...` : text
}
