import { createHash } from 'node:crypto'
import canonicalize from 'canonicalize'

/** Lines after a change, with the chain made anew behind it, as somebody would who knows the format but has no key. */
export function rechained(
  origin: string,
  lines: readonly string[],
  change: (entry: Record<string, unknown>) => Record<string, unknown>,
): string[] {
  let prev = hash(`recount-audit/v1 genesis\n${origin}`)
  return lines.map((line) => {
    const entry = { ...change(JSON.parse(line)), prev }
    const changed = (canonicalize as unknown as (value: unknown) => string)(entry)
    prev = hash(`\0${changed}`)
    return changed
  })
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('base64')
}
