import assert from 'node:assert/strict'
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { analyze } from '../src/index.ts'
import { call, lines } from './fixtures.ts'

const dir = mkdtempSync(join(tmpdir(), 'analyze-last-line-'))
after(() => rmSync(dir, { recursive: true }))
let folders = 0

/** A folder of logs, and a run over it. */
function logs() {
  const folder = mkdtempSync(join(dir, `${folders++}-`))
  const at = (name: string) => join(folder, name)
  const state = at('state.json')
  const run = (options = {}) => analyze(`${folder}/app.jsonl*`, { state, ...options })
  return { at, state, run }
}

test('a last line without an end is counted once: at once in a compressed log, else when it has not grown', async () => {
  const { at, run } = logs()
  const whole = JSON.stringify(call())
  writeFileSync(at('app.jsonl.1.gz'), gzipSync(`${lines(call())}${whole}`))
  const first = await run()
  assert.deepEqual([first.totals.calls, first.input.waiting_lines], [2, 0])
  for (const before of ['', lines(call())]) {
    const name = at(`app.jsonl${before.length}`)
    writeFileSync(name, before + whole.slice(0, 90))
    const begun = await run()
    assert.deepEqual([begun.totals.calls, begun.input.waiting_lines], [before === '' ? 0 : 1, 1])
    assert.equal((await run()).input.waiting_lines, 1, 'half a line waits on')
    appendFileSync(name, whole.slice(90))
    const grown = await run()
    assert.deepEqual([grown.totals.calls, grown.input.waiting_lines], [0, 1])
    const counted = await run()
    assert.deepEqual([counted.totals.calls, counted.input.waiting_lines], [1, 0])
    const none = await run()
    assert.deepEqual([none.totals.calls, none.input.waiting_lines, none.input.bytes], [0, 0, 0])
    appendFileSync(name, `\n${lines(call())}`)
    const ended = await run()
    assert.deepEqual([ended.totals.calls, ended.input.lines], [1, 1], 'its end is no line')
  }
})

test('a unit that one run concluded is that of the next, too, which has other values', async () => {
  const { at, run } = logs()
  const row = (latency: number) => ({ model: 'm', status: 'ok', latency })
  writeFileSync(at('app.jsonl'), lines(...[812.5, 640.1, 1204.7].map(row)))
  assert.equal((await run()).latency_ms.p50, 812.5)
  appendFileSync(at('app.jsonl'), lines(...[4.2, 5.1, 6.3].map(row)))
  const { latency_ms, notes } = await run()
  assert.deepEqual([latency_ms.p50, notes], [5.1, []], 'alone they would be seconds')
})
