// What forgetting costs those who write meanwhile: node prune.mjs SPANS FOLDER prints JSON. A store of so many spans loses its
// older half, while another process writes a turn of ten spans every 20 ms, as an application does.
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { openStore } from '../../packages/store/dist/src/index.js'
import { recordsOf } from './recount.mjs'
import { Turns } from './rows.mjs'

const QUIET_MS = 5000
const EVERY_MS = 20

if (process.argv[2] === 'write') await write(process.argv[3], Number(process.argv[4]))
else process.stdout.write(JSON.stringify(await prune(Number(process.argv[2]), process.argv[3])))

async function prune(spans, folder) {
  const path = join(folder, 'prune.db')
  const middle = await fill(path, spans)
  const before = statSync(path).size
  const writer = fork(fileURLToPath(import.meta.url), ['write', path, String(spans)])
  await once(writer, 'message')
  await wait(QUIET_MS)
  writer.send('prune')
  const store = await openStore(path)
  const start = performance.now()
  const cpu = process.cpuUsage()
  const { spans: gone } = await store.prune({ olderThan: middle })
  const seconds = (performance.now() - start) / 1000
  const { user, system } = process.cpuUsage(cpu)
  writer.send('end')
  const [{ quiet, pruning }] = await once(writer, 'message')
  await store.close()
  const after = statSync(path).size
  return { gone, seconds, cpu: (user + system) / 1e6, before, after, quiet, pruning }
}

/** Answers when the middle one of them began. */
async function fill(path, spans) {
  const store = await openStore(path)
  const turns = new Turns()
  let middle = 0
  for (let made = 0; made < spans / 10; made += 100) {
    const batch = Array.from({ length: 100 }, () => turns.turn()).flat()
    await store.ingest(recordsOf(batch))
    if (made <= spans / 20) middle = batch[0].record.start_time
  }
  await store.close()
  return middle
}

async function write(path, spans) {
  const store = await openStore(path)
  const turns = new Turns(23, spans)
  const times = { quiet: [], pruning: [] }
  let phase = 'quiet'
  process.on('message', (word) => {
    phase = word === 'prune' ? 'pruning' : 'end'
  })
  await store.ingest(recordsOf(turns.turn()))
  process.send('ready')
  while (phase !== 'end') {
    const now = phase
    const records = recordsOf(turns.turn())
    const start = performance.now()
    await store.ingest(records)
    times[now].push(performance.now() - start)
    await wait(EVERY_MS)
  }
  await store.close()
  process.send({ quiet: shares(times.quiet), pruning: shares(times.pruning) })
  process.disconnect()
}

function shares(times) {
  const sorted = times.toSorted((a, b) => a - b)
  const at = (share) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]
  return { count: sorted.length, p50: at(0.5), p99: at(0.99), max: at(1) }
}
