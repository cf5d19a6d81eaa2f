import { RECORD_KEYS } from '@recount/record'
import { maskedValue } from './cut.ts'

/** Keys of bindings that mean the same as the labels of a span, and are treated as these. */
const LABELS = [
  'session_id',
  'user_id',
  'tenant_id',
  'request_id',
  'workflow',
  'step',
  'span_name',
  'agent',
] as const
/** Keys that a binding may give to every record, where it is a text. */
const SHARED = ['service', 'environment', 'release', 'commit']
const RESERVED: ReadonlySet<string> = new Set(RECORD_KEYS.filter((key) => !SHARED.includes(key)))

/** Who writes is told as it is. */
export const SELF_KEYS: readonly string[] = [
  'pid',
  'hostname',
  'name',
  'service',
  'environment',
  'release',
  'commit',
]

/** More different bindings than this are cleaned anew each time. */
const MAX_KNOWN = 1000
/** So are longer ones. */
const MAX_KNOWN_LENGTH = 4096
const known = new Map<string, Cleaned>()

/**
 * A logger's bindings, as pino keeps them (members with leading commas), without those that a record would be taken for
 * saying: `child({ input_tokens: 999 })` is no count of any call; and with what is found in the others masked. Ordinary lines
 * keep them, and pass the door as a whole.
 */
export function recordBindings(bindings: string): string {
  return cleaned(bindings).members
}

/** What a logger's bindings say about whom and where: labels of every span that it opens; undefined where they say nothing. */
export function labelBindings(bindings: string): Labelling | undefined {
  return cleaned(bindings).labels
}

/** Labels that a logger's bindings give. */
export type Labelling = { readonly [Key in (typeof LABELS)[number]]?: string }

interface Cleaned {
  readonly members: string
  readonly labels: Labelling | undefined
}

function cleaned(bindings: string): Cleaned {
  const found = known.get(bindings)
  if (found !== undefined) return found
  const made = { members: clean(bindings), labels: labelsIn(bindings) }
  if (known.size < MAX_KNOWN && bindings.length <= MAX_KNOWN_LENGTH) known.set(bindings, made)
  return made
}

function labelsIn(bindings: string): Labelling | undefined {
  if (!LABELS.some((key) => bindings.includes(`"${key}":`))) return undefined
  const entries = Object.entries(membersOf(bindings)).filter(
    ([key, value]) => LABELS.some((label) => label === key) && typeof value === 'string',
  )
  return entries.length === 0 ? undefined : Object.fromEntries(entries)
}

function clean(bindings: string): string {
  if (bindings === '') return bindings
  const entries = Object.entries(membersOf(bindings))
  const kept = entries
    .filter(([key, value]) => isAllowed(key, value))
    .flatMap(([key, value]) =>
      Object.entries(SELF_KEYS.includes(key) ? { [key]: value } : masked(key, value)),
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
