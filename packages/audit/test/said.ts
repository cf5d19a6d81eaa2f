import assert from 'node:assert/strict'
import type { Read } from './log-oracle.ts'

/** What the fixture `appender` said about its appends. */
export interface Said {
  readonly begun: ReadonlySet<number>
  /** Sequence number by event. */
  readonly done: ReadonlyMap<number, number>
  readonly failed: ReadonlyMap<number, string>
  readonly isClosed: boolean
}

/** Reads its output; a last line that was cut counts for nothing. */
export function saidIn(output: string): Said {
  const lines = output
    .split('\n')
    .slice(0, -1)
    .map((line) => line.split(' '))
  const of = (word: string): string[][] => lines.filter(([first]) => first === word)
  return {
    begun: new Set(of('begin').map(([, n]) => Number(n))),
    done: new Map(of('done').map(([, n, seq]) => [Number(n), Number(seq)])),
    failed: new Map(of('failed').map(([, n, code]) => [Number(n), String(code)])),
    isClosed: of('closed').length > 0,
  }
}

/** What must hold whatever happened: what was acknowledged is there, at its place; what is there was submitted; order is kept. */
export function assertKept(said: Said, entries: readonly Read[]): void {
  const found = entries.filter(({ action }) => action === 'query')
  const places = new Map(found.map(({ ext, seq }) => [ext?.n as number, seq]))
  assert.equal(places.size, found.length, 'an event stands twice')
  for (const [n, seq] of said.done) assert.equal(places.get(n), seq, `event ${n} was acknowledged`)
  for (const n of places.keys()) assert.ok(said.begun.has(n), `event ${n} was never submitted`)
  const order = found.map(({ ext }) => ext?.n as number)
  assert.deepEqual(
    order,
    [...order].sort((a, b) => a - b),
    'the order is not kept',
  )
}
