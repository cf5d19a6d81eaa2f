import assert from 'node:assert/strict'
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import type { AnyRecord } from '@recount/record'
import { openStore, type Store } from '../src/index.ts'
import { folder } from './folder.ts'
import { call, content, message, START } from './records.ts'

const WRITER = fileURLToPath(new URL('fixtures/latency-writer.js', import.meta.url))
const SPANS = Number(process.env.RECOUNT_PRUNE_SPANS ?? 1_000_000)
const TURNS = 5
const BATCH = 2000

/** Conversations of five turns, with 2 KB of words of their own in each. */
async function fill(store: Store): Promise<void> {
  let seed = 1
  const word = (): string => {
    seed = (seed * 1103515245 + 12345) & 0x7fffffff
    return WORDS[(seed >> 8) % WORDS.length] ?? ''
  }
  let records: AnyRecord[] = []
  let turns: object[] = []
  for (let at = 0; at < SPANS; at += 1) {
    if (at % TURNS === 0) {
      const text = Array.from({ length: 300 }, word).join(' ')
      turns = [message('user', `${text} ${at}`)]
    }
    records.push(call(at, at, { start_time: START + at }), content(at, at, 'input', turns))
    if (records.length < BATCH && at < SPANS - 1) continue
    await store.ingest(records)
    records = []
  }
}

const WORDS = Array.from({ length: 20_000 }, (_, at) => `w${(at * 7919).toString(36)}`)

test('half of all spans is pruned while another process writes: the file gets smaller, and nothing else goes', async (t) => {
  const db = join(folder(t), 'recount.db')
  const filled = await openStore(db)
  const began = performance.now()
  await fill(filled)
  await filled.close()
  t.diagnostic(`filled in ${seconds(began)} s, ${megabytes(db)} MB`)
  const writer = fork(WRITER, [db])
  t.after(() => writer.kill('SIGKILL'))
  await once(writer, 'message')
  const store = await openStore(db)
  const from = performance.now()
  const before = statSync(db).size
  const pruned = await store.prune({ olderThan: START + SPANS / 2 })
  t.diagnostic(`pruned ${pruned.spans} spans, ${pruned.pieces} texts in ${seconds(from)} s`)
  const lengths = once(writer, 'message')
  const gone = once(writer, 'exit')
  writer.send('end')
  const [all] = (await lengths) as [number[]]
  await gone
  await store.close()
  const sorted = all.toSorted((a, b) => a - b)
  const at = (share: number): string => (sorted[Math.floor(sorted.length * share)] ?? 0).toFixed(1)
  t.diagnostic(
    `${all.length} writes meanwhile: p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, most ${at(0.9999)} ms`,
  )
  t.diagnostic(`${Math.round(before / 1e6)} MB before, ${megabytes(db)} MB after`)
  assert.equal(pruned.spans, SPANS / 2)
  assert.ok(statSync(db).size < before * 0.75)
  const again = await openStore(db, { readonly: true })
  const [numbers] = await again.aggregate()
  await again.close()
  assert.equal(numbers?.calls, SPANS / 2 + all.length * 5)
})

function seconds(from: number): string {
  return ((performance.now() - from) / 1000).toFixed(1)
}

function megabytes(path: string): number {
  return Math.round(statSync(path).size / 1e6)
}
