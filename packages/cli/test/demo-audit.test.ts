import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { type Run, recount } from './helpers.ts'

const cwd = mkdtempSync(join(tmpdir(), 'recount-demo-audit-'))
let demo: Run

before(async () => {
  demo = await recount(['demo', '--dir', 'out'], { cwd })
})
after(() => rmSync(cwd, { recursive: true, force: true }))

test('the audit log of the demo is intact, and one bit in a copy is found and named', async () => {
  assert.match(demo.stdout, /^intact: support\.example\/audit\/demo$/m)
  assert.match(demo.stdout, /^tampered: support\.example\/audit\/demo$/m)
  assert.match(demo.stdout, /failure MODIFIED at \d+/)
  const verify = ['audit', 'verify', '--allow-unanchored']
  const log = await recount([...verify, 'out/audit', '--anchor', 'out/audit-anchor.json'], { cwd })
  assert.equal(log.status, 0, log.stdout)
  const copy = await recount([...verify, 'out/audit-changed'], { cwd })
  assert.equal(copy.status, 1, copy.stdout)
})

test('it has each call, tool and lookup of the demo, under its trace', async () => {
  const { stdout } = await recount(['audit', 'log', 'out/audit', '--json'], { cwd })
  const entries = lines(stdout)
  const records = lines(readFileSync(join(cwd, 'out', 'logs', 'app.jsonl'), 'utf8'))
  const traces = (action: string): (string | undefined)[] =>
    entries.filter((entry) => entry.action === action).map(({ trace }) => trace?.trace_id)
  const recorded = (event: string): (string | undefined)[] =>
    records.filter((record) => record.event === event).map(({ trace_id }) => trace_id)
  assert.deepEqual(traces('completion').sort(), recorded('llm_call').sort())
  assert.deepEqual(traces('tool_call').sort(), recorded('tool_call').sort())
  assert.deepEqual(traces('data_access').sort(), recorded('retrieval').sort())
})

interface Line {
  readonly action?: string
  readonly trace?: { readonly trace_id: string }
  readonly event?: string
  readonly trace_id?: string
}

function lines(text: string): Line[] {
  return text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Line)
}
