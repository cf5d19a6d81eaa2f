// One measurement: node worker.mjs NAME SPANS FOLDER prints JSON. Fills a store with so many spans, then asks it.
import { join } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { opened } from './libsql.mjs'
import { Turns } from './rows.mjs'

const BATCH_TURNS = 100
const LONGEST_MS = 20_000

const [name, spans, folder] = process.argv.slice(2)
const path = join(folder, name.replaceAll(' ', '-'))
const openers = {
  recount: async () => (await import('./recount.mjs')).open(path),
  'plain libsql': () => opened()(path),
  '+ FTS5 unicode61': () => opened('unicode61')(path),
  '+ FTS5 trigram': () => opened('trigram')(path),
  DuckDB: async () => (await import('./duckdb.mjs')).open(path),
  chDB: async () => (await import('./chdb.mjs')).open(path),
}
const store = await openers[name]()
const turns = new Turns()
const result = { ingest: await ingest(), bytes: 0, answers: {} }
result.answers = await asked(turns.queries(40))
await store.close()
result.bytes = store.bytes()
result.memory = process.resourceUsage().maxRSS * 1024
process.stdout.write(JSON.stringify(result))
process.exit(0)

/** What is made is no part of what is measured; it is made in this thread, which does nothing else meanwhile. */
async function ingest() {
  const times = { wall: 0, cpu: 0, later_wall: 0, later_cpu: 0, payload: 0 }
  for (let made = 0; made < spans / 10; made += BATCH_TURNS) {
    const batch = Array.from({ length: BATCH_TURNS }, () => turns.turn()).flat()
    for (const { contents } of batch)
      for (const { content } of contents)
        times.payload += Buffer.byteLength(JSON.stringify(content))
    const cpu = process.cpuUsage()
    const start = performance.now()
    await store.add(batch)
    times.wall += performance.now() - start
    times.cpu += spent(cpu)
  }
  const cpu = process.cpuUsage()
  const start = performance.now()
  await store.flush()
  times.later_wall = performance.now() - start
  times.later_cpu = spent(cpu)
  await nextTurn()
  return times
}

async function asked({ traces, ...phrases }) {
  const answers = {}
  for (const kind of Object.keys(phrases)) answers[kind] = await timed(store.find, phrases[kind])
  answers.tree = await timed(store.tree, traces)
  answers.list = await timed(() => store.list(), traces)
  answers.listOf = await timed(
    store.listOf,
    traces.map((_, at) => `u-${at * at}`),
  )
  answers.percentiles = await timed(() => store.percentiles(), [1, 2, 3, 4, 5])
  return answers
}

/** Milliseconds of each question, as many as there is time for; a first one is not counted. */
async function timed(ask, values) {
  const times = []
  let found = 0
  const until = performance.now() + LONGEST_MS
  await ask(values.at(-1))
  for (const value of values) {
    const cpu = process.cpuUsage()
    const start = performance.now()
    found += (await ask(value)) > 0 ? 1 : 0
    times.push({ wall: performance.now() - start, cpu: spent(cpu) })
    if (performance.now() > until) break
  }
  const at = (share, key) => {
    const sorted = times.map((time) => time[key]).sort((a, b) => a - b)
    return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]
  }
  return {
    p50: at(0.5, 'wall'),
    p95: at(0.95, 'wall'),
    cpu50: at(0.5, 'cpu'),
    cpu95: at(0.95, 'cpu'),
    asked: times.length,
    found,
  }
}

function spent(before) {
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1000
}
