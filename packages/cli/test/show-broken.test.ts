import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { call, folderWith, jsonl, recount, span, step, TRACE } from './helpers.ts'

const ROOT = step(span(1))

test('a line that is nested too deeply is left out and counted, in text and JSON', async (t) => {
  const deep = `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`
  const log = jsonl(ROOT, call(span(2), { params: 'DEEP' })).replace('"DEEP"', deep)
  const cwd = folderWith(t, { 'app.jsonl': log })
  const text = await recount(['show', TRACE, 'app.jsonl'], { cwd })
  assert.equal(text.status, 0)
  assert.match(text.stdout, /1 line of it left out: not valid/)
  const json = await recount(['show', TRACE, 'app.jsonl', '--json'], { cwd })
  assert.equal((JSON.parse(json.stdout) as { invalid: number }).invalid, 1)
})

test('a record as deep as is allowed is valid and shown in full', async (t) => {
  const most = `${'{"a":'.repeat(998)}1${'}'.repeat(998)}`
  const log = jsonl(call(span(2), { params: 'DEEP' })).replace('"DEEP"', most)
  const cwd = folderWith(t, { 'app.jsonl': log })
  assert.equal((await recount(['check', 'app.jsonl'], { cwd })).status, 0)
  const { stdout } = await recount(['show', TRACE, 'app.jsonl', '--json'], { cwd })
  assert.equal((JSON.parse(stdout) as { invalid: number }).invalid, 0)
})

test('a pipe with a name is read once and shown', { timeout: 60_000 }, async (t) => {
  const cwd = folderWith(t)
  const pipe = join(cwd, 'pipe')
  execFileSync('mkfifo', [pipe])
  const [shown] = await Promise.all([
    recount(['show', TRACE, 'pipe'], { cwd }),
    writeFile(pipe, jsonl(ROOT)),
  ])
  assert.equal(shown.status, 0)
  assert.match(shown.stdout, new RegExp(`^trace ${TRACE}`))
})

test('a span that is its own parent or in a circle is said to be, and is not said to lack its parent', async (t) => {
  const parents = [
    [1, 1],
    [2, 3],
    [3, 4],
    [4, 2],
    [5, 9],
  ] as const
  const records = parents.map(([id, parent]) => call(span(id), { parent_span_id: span(parent) }))
  const cwd = folderWith(t, { 'app.jsonl': jsonl(...records) })
  const { stdout } = await recount(['show', TRACE, 'app.jsonl'], { cwd })
  assert.equal(stdout.match(/its parents form a cycle/g)?.length, 4)
  assert.equal(stdout.match(/its parent ffffffff is not in these files/g)?.length, 1)
})

test('bars of spans from before 1970 are as long as those of others', async (t) => {
  const bars = async (began: number): Promise<string[]> => {
    const root = step(span(1), { start_time: began, duration_ms: 5000 })
    const inner = { parent_span_id: span(1), start_time: began + 1000, duration_ms: 2500 }
    const cwd = folderWith(t, { 'app.jsonl': jsonl(root, call(span(2), inner)) })
    const { stdout } = await recount(['show', TRACE, 'app.jsonl'], { cwd })
    return stdout.match(/ +━+$/gm) ?? []
  }
  const usual = await bars(1_780_000_000_000)
  assert.equal(usual.length, 2)
  assert.deepEqual(await bars(-9_000_000_000_000), usual)
})
