import assert from 'node:assert/strict'
import { CATEGORIES, diagnose, fingerprint } from '../src/index.ts'
import { seeded } from './random.ts'

const PIECES = [
  '{',
  '}',
  '[',
  ']',
  '"',
  "'",
  '`',
  '\\',
  '\n',
  ':',
  ',',
  '{"error":',
  '{"message":"',
  "{'error': {'message': '",
  '429',
  ' 400 ',
  'Error code: ',
  'rate limit',
  'context_length_exceeded',
  'https://api.openai.com/v1/',
  'https://',
  '<html>',
  'try again in ',
  '9.8s',
  'resets 8:30pm (Nowhere/At all)',
  '\u0000',
  '\ud800',
  '\u202e',
  'é',
  '🦊',
  '%!w(<nil>)',
  'at x (y:1:2) {',
  '0|api | ',
  'Nov 30 02:07:12 web api[1]: ',
  'limit: 0',
  'Limit 3, Requested 4',
  '__proto__',
  'constructor',
  'model ',
  'a'.repeat(300),
]
const IDS = new Set(CATEGORIES.map(({ id }) => id))

/** Diagnoses so many broken errors; fails where one throws or gives what is no diagnosis. */
export function fuzz(count: number, seed: number, seeds: readonly unknown[]): void {
  const random = seeded(seed)
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T
  for (let round = 0; round < count; round++) {
    const error = random() < 0.5 ? mutate(pick(seeds), random, pick) : invent(3, random, pick)
    const found = diagnose(error)
    assert.ok(IDS.has(found.category))
    assert.ok(found.confidence >= 0 && found.confidence <= 1)
    assert.ok(found.retryAfterMs === null || found.retryAfterMs >= 0)
    assert.match(fingerprint(found, String(round)), /^[0-9a-f]{8}$/)
  }
}

type Pick = <T>(list: readonly T[]) => T

/** A real error with something broken in its text. */
function mutate(seed: unknown, random: () => number, pick: Pick): unknown {
  const text = typeof seed === 'string' ? seed : JSON.stringify(seed)
  const at = Math.floor(random() * text.length)
  const gone = Math.floor(random() * 12)
  const broken = text.slice(0, at) + pick(PIECES) + text.slice(at + gone)
  try {
    return JSON.parse(broken) as unknown
  } catch {
    return broken
  }
}

const KEYS = [
  'message',
  'code',
  'status',
  'error',
  'cause',
  'errors',
  'data',
  'raw',
  'headers',
  'details',
  'name',
  'type',
  'response',
  'metadata',
  'provider',
  'url',
  'retryDelay',
  'value',
]

function invent(depth: number, random: () => number, pick: Pick): unknown {
  const kind = Math.floor(random() * (depth > 0 ? 8 : 5))
  if (kind === 0)
    return Array.from({ length: 1 + Math.floor(random() * 12) }, () => pick(PIECES)).join('')
  if (kind === 1)
    return pick([null, undefined, 0, Number.NaN, -1, 429, true, 10n, Symbol('x'), () => {}])
  if (kind === 2) return new Error(pick(PIECES))
  if (kind === 3) return pick(PIECES)
  if (kind === 4)
    return new Headers({ 'retry-after': pick(['', 'soon', '9'.repeat(40), '-1', '1e999']) })
  if (kind === 5) return Array.from({ length: 3 }, () => invent(depth - 1, random, pick))
  return Object.fromEntries(
    Array.from({ length: 4 }, () => [pick(KEYS), invent(depth - 1, random, pick)]),
  )
}
