import { createHash } from 'node:crypto'
import { appendFileSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import canonicalize from 'canonicalize'

/** Appends entries to a closed log as somebody would who knows the format but has no key. */
export function forge(
  dir: string,
  entries: readonly (readonly [action: string, sys: object, more?: object])[],
): void {
  const newest = readdirSync(dir)
    .filter((name) => name.endsWith('.jsonl'))
    .sort()
    .at(-1) as string
  const path = join(dir, newest)
  let last = readFileSync(path, 'utf8').trimEnd().split('\n').at(-1) as string
  for (const [action, sys, more = {}] of [['audit.open', {}] as const, ...entries]) {
    const before = JSON.parse(last) as Record<string, unknown>
    const { v, log, ts, id } = before
    const seq = Number(before.seq) + 1
    const prev = createHash('sha256').update(`\0${last}`).digest('base64')
    const own = { actor: { id: 'recount', type: 'system' }, target: { id: log, type: 'log' } }
    const entry = { v, log, ts, id, seq, prev, action, sys, outcome: 'success', ...own, ...more }
    last = (canonicalize as unknown as (value: unknown) => string)(entry)
    appendFileSync(path, `${last}\n`)
  }
}
