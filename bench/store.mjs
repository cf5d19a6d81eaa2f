// Our store beside plain tables of libsql, DuckDB and ClickHouse's engine, on the same spans: each contender in a process of
// its own. `STORE_SPANS` are the sizes; `STORE_NAMES` the contenders; one run each, since a run takes minutes.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const NAMES = ['recount', 'plain libsql', '+ FTS5 unicode61', '+ FTS5 trigram', 'DuckDB', 'chDB']
const PHRASES = {
  frequent: 'frequent',
  rare: 'rare',
  absent: 'absent',
  han: 'Chinese',
  substring: 'part',
}
const OTHERS = { tree: 'tree', list: 'list', listOf: "a user's list", percentiles: 'by model' }

/** Prints tables for each size. */
export function storeCosts() {
  const sizes = (process.env.STORE_SPANS ?? '50000,200000').split(',').map(Number)
  const names = process.env.STORE_NAMES?.split(',') ?? NAMES
  for (const spans of sizes) {
    const results = names.map((name) => [name, run('store/worker.mjs', name, spans)])
    printStore(spans, results)
    printPrune(spans, run('store/prune.mjs', String(spans)))
  }
}

/** The tables of one size. */
export function printStore(spans, results) {
  const [, plain] = results.find(([name]) => name === 'plain libsql') ?? []
  const perSpan = (value) => `${((value * 1000) / spans).toFixed(0)} µs`
  const rows = results.map(([name, { ingest, bytes, memory }]) => [
    name,
    Math.round((spans * 1000) / ingest.cpu).toLocaleString('en'),
    perSpan(ingest.cpu),
    perSpan(ingest.later_cpu),
    plain === undefined ? '' : (plain.ingest.cpu / ingest.cpu).toFixed(2),
    `${(bytes / spans).toFixed(0)} B`,
    plain === undefined ? '' : (bytes / plain.bytes).toFixed(2),
    `${(memory / 1e6).toFixed(0)} MB`,
  ])
  const payload = (results[0][1].ingest.payload / spans).toFixed(0)
  console.log(`### ${spans.toLocaleString('en')} spans, ${payload} B of payload each\n`)
  table(
    [
      '',
      'spans a CPU second',
      'CPU a span',
      'and later',
      'x plain',
      'file a span',
      'x plain',
      'memory',
    ],
    rows,
  )
  for (const kinds of [PHRASES, OTHERS])
    table(
      ['', ...Object.values(kinds)],
      results.map(([name, { answers }]) => [
        name,
        ...Object.keys(kinds).map((kind) => answered(answers[kind])),
      ]),
    )
}

function answered({ cpu50, cpu95, found, asked }) {
  return `${short(cpu50)} / ${short(cpu95)}${found < asked ? ` (${found} of ${asked})` : ''}`
}

function printPrune(spans, { gone, seconds, cpu, before, after, quiet, pruning }) {
  const times = ({ count, p50, p99, max }) =>
    `${count} writes, p50 ${short(p50)}, p99 ${short(p99)}, max ${short(max)} ms`
  console.log(
    `Pruning ${gone} of ${spans} spans: ${seconds.toFixed(1)} s, ${cpu.toFixed(1)} s of CPU; ${(before / 1e6).toFixed(1)} MB before, ${(after / 1e6).toFixed(1)} MB after.`,
  )
  console.log(`A writer before: ${times(quiet)}; meanwhile: ${times(pruning)}.\n`)
}

function run(script, ...args) {
  const folder = mkdtempSync(join(tmpdir(), 'recount-bench-'))
  try {
    const file = fileURLToPath(new URL(script, import.meta.url))
    const options = { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] }
    return JSON.parse(execFileSync(process.execPath, [file, ...args.map(String), folder], options))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function table(head, rows) {
  const line = (cells) => `| ${cells.join(' | ')} |`
  console.log(
    [
      line(head),
      `|---|${head
        .slice(1)
        .map(() => '---:|')
        .join('')}`,
    ].join('\n'),
  )
  console.log(`${rows.map(line).join('\n')}\n`)
}

function short(milliseconds) {
  if (milliseconds >= 100) return milliseconds.toFixed(0)
  return milliseconds.toFixed(milliseconds >= 10 ? 1 : 2)
}
