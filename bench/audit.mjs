// Durable appends beside the same group commit without a chain, the disk alone, and libsql: each contender in a process of
// its own, taking turns.
import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const worker = fileURLToPath(new URL('audit-append.mjs', import.meta.url))
const RUNS = [
  { concurrency: 1, count: 2000, names: ['recount', 'unchained', 'fdatasync', 'libsql-1'] },
  { concurrency: 64, count: 20_000, names: ['recount', 'unchained', 'libsql-1', 'libsql-batch'] },
  { concurrency: 1024, count: 100_000, names: ['recount', 'unchained', 'libsql-batch'] },
]

/** Prints a table for each number of concurrent appends. */
export function appendCosts(rounds) {
  for (const { concurrency, count, names } of RUNS) {
    const runs = Object.fromEntries(names.map((name) => [name, []]))
    for (let round = 0; round < rounds; round++) {
      for (const name of names) runs[name].push(append(name, concurrency, count))
    }
    console.log(
      `### ${concurrency} concurrent durable appends\n\n| | appends/s | x unchained | p50 | p99 | CPU an append |\n|---|---:|---:|---:|---:|---:|`,
    )
    const of = (name, key) => median(runs[name].map((run) => run[key]))
    for (const name of names) {
      const ratio = (of(name, 'perSecond') / of('unchained', 'perSecond')).toFixed(2)
      console.log(
        `| ${name} | ${Math.round(of(name, 'perSecond')).toLocaleString('en')} | ${ratio} | ${of(name, 'p50').toFixed(2)} ms | ${of(name, 'p99').toFixed(1)} ms | ${of(name, 'cpu').toFixed(0)} µs |`,
      )
    }
    console.log()
  }
}

function append(name, concurrency, count) {
  // libsql's single transactions take a sync each, whatever waits: fewer are enough.
  const most = name === 'libsql-1' ? 2000 : count
  const args = [worker, name, String(concurrency), String(Math.min(most, count))]
  return JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8' }))
}

function median(values) {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]
}
