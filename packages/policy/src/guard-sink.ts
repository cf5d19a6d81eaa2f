import type { AnyRecord } from '@recount/record'
import { PolicyError } from './errors.ts'
import { warnOnce } from './warnings.ts'

/** A sink that lets through what belongs to one tenant. */
export interface GuardedSink<T extends AnyRecord | string> {
  write(value: T): void
  /** Records and lines that it did not let through. */
  readonly refused: number
}

/**
 * Binds a sink to a tenant: whatever the producer thinks, a record or a line of JSON without exactly this `tenant_id` does
 * not pass. It is counted, and one warning says so. A line that names the key more than once does not pass either, because
 * readers differ in which one they take.
 */
export function guardSink<T extends AnyRecord | string>(
  sink: { write(value: T): unknown },
  tenant: string,
): GuardedSink<T> {
  if (typeof tenant !== 'string' || tenant === '')
    throw new PolicyError('POLICY_OPTION_INVALID', 'Expected `tenant` to be a non-empty text')
  let refused = 0

  function refuse(count: number): void {
    refused += count
    warnOnce(
      'POLICY_LINE_REFUSED',
      `A sink of the tenant ${tenant} was given what is not this tenant's; it was not written. Look at who writes to it`,
      tenant,
    )
  }

  return {
    get refused() {
      return refused
    },
    write(value) {
      if (typeof value !== 'string') {
        if (value.tenant_id === tenant) sink.write(value)
        else refuse(1)
        return
      }
      const lines = value.split('\n').filter((line) => line.trim() !== '')
      const own = lines.filter((line) => tenantOf(line) === tenant)
      if (own.length === lines.length) sink.write(value)
      else {
        refuse(lines.length - own.length)
        if (own.length > 0) sink.write(own.map((line) => `${line}\n`).join('') as T)
      }
    },
  }
}

/** The key as it may stand in a line: any of its letters may be written as an escape. */
const KEY = new RegExp(`"${Array.from('tenant_id', letterPattern).join('')}"\\s*:`, 'g')

function letterPattern(letter: string): string {
  const hex = letter.charCodeAt(0).toString(16)
  const digits = Array.from(hex, (digit) => `[${digit}${digit.toUpperCase()}]`).join('')
  return `(?:${letter}|\\\\u00${digits})`
}

/** The tenant that a line names; undefined where there is none, or more than one mention that a reader could take for it. */
function tenantOf(line: string): unknown {
  let mentions = 0
  try {
    const record: unknown = JSON.parse(line, function (this: unknown, key, value: unknown) {
      if (key === 'tenant_id') mentions += 1
      return value
    })
    // JSON.parse keeps the last of equal keys: then the text has more of them than what was parsed.
    if ((line.match(KEY)?.length ?? 0) !== mentions) return undefined
    return (record as { tenant_id?: unknown } | null)?.tenant_id
  } catch {
    return undefined
  }
}
