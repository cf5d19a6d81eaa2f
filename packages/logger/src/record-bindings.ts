import { RECORD_KEYS } from '@recount/record'
import { maskedValue } from './cut.ts'

/** Keys that a binding may give to every record, where it is a text; the logger's owner means the same by them. */
const SHARED = [
  'session_id',
  'user_id',
  'tenant_id',
  'request_id',
  'workflow',
  'step',
  'span_name',
  'agent',
  'service',
  'environment',
  'release',
  'commit',
]
const RESERVED: ReadonlySet<string> = new Set(RECORD_KEYS.filter((key) => !SHARED.includes(key)))

/** Who writes is told as it is. */
const SELF = ['pid', 'hostname', 'name', 'service', 'environment', 'release', 'commit']

/** More different bindings than this are cleaned anew each time. */
const MAX_KNOWN = 1000
const known = new Map<string, string>()

/**
 * A logger's bindings, as pino keeps them (members with leading commas), without those that a record would be taken for
 * saying: `child({ input_tokens: 999 })` is no count of any call; and with what is found in the others masked. Ordinary lines
 * keep them, and pass the door as a whole.
 */
export function recordBindings(bindings: string): string {
  const found = known.get(bindings)
  if (found !== undefined) return found
  const cleaned = clean(bindings)
  if (known.size < MAX_KNOWN) known.set(bindings, cleaned)
  return cleaned
}

function clean(bindings: string): string {
  if (bindings === '') return bindings
  const entries = Object.entries(membersOf(bindings))
  const kept = entries
    .filter(([key, value]) => isAllowed(key, value))
    .flatMap(([key, value]) =>
      Object.entries(SELF.includes(key) ? { [key]: value } : masked(key, value)),
    )
  const text = JSON.stringify(Object.fromEntries(kept)).slice(1, -1)
  return text && `,${text}`
}

function masked(key: string, value: unknown): object {
  return maskedValue({ [key]: value }) as object
}

/** None where a serializer of the user's has made something else of them. */
function membersOf(bindings: string): object {
  try {
    return JSON.parse(`{${bindings.slice(1)}}`) as object
  } catch {
    return {}
  }
}

function isAllowed(key: string, value: unknown): boolean {
  if (RESERVED.has(key)) return false
  return !SHARED.includes(key) || typeof value === 'string'
}
