// What a durable append costs: node audit-append.mjs NAME CONCURRENCY COUNT prints JSON. All write entries of the same bytes.
import { mkdtempSync, rmSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { openAudit } from '../packages/audit/dist/lib/index.js'

const ORIGIN = 'acme.example/audit/bench'

function event(n) {
  return {
    action: 'completion',
    actor: { type: 'user', id: `user-${n % 1000}` },
    tenant: 'acme',
    target: { type: 'model', id: 'acme-large-2026-05-01' },
    outcome: 'success',
    trace: { trace_id: '4bf92f3577b34da6a3ce929d0e0e4736', span_id: '00f067aa0ba902b7' },
    llm: {
      provider: 'acme',
      model: 'acme-large',
      input_tokens: 1200,
      output_tokens: 240,
      cost_nusd: 4_200_000,
    },
    details: { response_length: 960, finish_reason: 'stop', duration_ms: 1840 },
  }
}

/** The same entry without a chain: `prev` is a constant of the same length, nothing is checked or hashed. */
function unchainedLine(n, ts) {
  const { details, llm, outcome, target, tenant, trace, action, actor } = event(n)
  const id = '01a22a4b-2143-7b1d-9051-255d2d03f5cb'
  const prev = 'qlXoxAKOnNXDbLwffIsJGHUig4djv1/n/nixwu/jYj8='
  return `${JSON.stringify({ action, actor, details, id, llm, log: ORIGIN, outcome, prev, seq: n, target, tenant, trace, ts, v: 1 })}\n`
}

const contenders = {
  recount,
  unchained,
  fdatasync,
  'libsql-1': libsqlSingle,
  'libsql-batch': libsqlBatch,
}

async function recount(dir, concurrency) {
  const options = { dir: join(dir, 'audit'), origin: ORIGIN, key: join(dir, 'audit.key') }
  const audit = await openAudit(options)
  return { append: (n) => audit.append(event(n)), close: () => audit.close(), concurrency }
}

/** The same group commit: what has queued when the last sync returns goes next. */
async function unchained(dir, concurrency) {
  const file = await preallocated(dir)
  let queue = []
  let isRunning = false
  let position = 0
  const run = async () => {
    isRunning = true
    while (queue.length > 0) {
      await nextTurn()
      const batch = queue
      queue = []
      const bytes = Buffer.from(batch.map(({ line }) => line).join(''))
      await file.write(bytes, 0, bytes.length, position)
      await file.datasync()
      position += bytes.length
      for (const { resolve } of batch) resolve()
    }
    isRunning = false
  }
  const append = (n) =>
    new Promise((resolve) => {
      queue.push({ line: unchainedLine(n, new Date().toISOString()), resolve })
      if (!isRunning) void run()
    })
  return { append, close: () => file.close(), concurrency }
}

/** The disk alone: the bytes are there already, one write and one sync each. */
async function fdatasync(dir) {
  const file = await preallocated(dir)
  const bytes = Buffer.from(unchainedLine(1, new Date().toISOString()))
  let position = 0
  const append = async () => {
    await file.write(bytes, 0, bytes.length, position)
    await file.datasync()
    position += bytes.length
  }
  return { append, close: () => file.close(), concurrency: 1 }
}

async function database(dir) {
  const { default: Database } = await import('libsql')
  const db = new Database(join(dir, 'audit.db'))
  db.exec(
    'pragma journal_mode = wal; pragma synchronous = full; create table audit (seq integer primary key, line text)',
  )
  return { db, insert: db.prepare('insert into audit (line) values (?)') }
}

async function libsqlSingle(dir, concurrency) {
  const { db, insert } = await database(dir)
  const append = async (n) => {
    insert.run(unchainedLine(n, new Date().toISOString()))
  }
  return { append, close: () => db.close(), concurrency }
}

/** As many rows in a transaction as appends wait. */
async function libsqlBatch(dir, concurrency) {
  const { db, insert } = await database(dir)
  let queue = []
  const flush = () => {
    const batch = queue
    queue = []
    db.transaction(() => {
      for (const { line } of batch) insert.run(line)
    })()
    for (const { resolve } of batch) resolve()
  }
  const append = (n) =>
    new Promise((resolve) => {
      if (queue.length === 0) setImmediate(flush)
      queue.push({ line: unchainedLine(n, new Date().toISOString()), resolve })
    })
  return { append, close: () => db.close(), concurrency }
}

async function preallocated(dir) {
  const file = await open(join(dir, 'lines'), 'w')
  const chunk = Buffer.alloc(8 * 1024 * 1024)
  for (let at = 0; at < 16; at++) await file.write(chunk, 0, chunk.length, at * chunk.length)
  await file.sync()
  return file
}

async function appendAll({ append, concurrency }, from, count) {
  const took = new Float64Array(count)
  let next = 0
  const one = async () => {
    while (next < count) {
      const n = next++
      const start = performance.now()
      await append(from + n)
      took[n] = performance.now() - start
    }
  }
  await Promise.all(Array.from({ length: concurrency }, one))
  return took.sort()
}

const [name, concurrency, count] = [
  process.argv[2],
  Number(process.argv[3]),
  Number(process.argv[4]),
]
const dir = mkdtempSync(join(process.env.RECOUNT_BENCH_DIR ?? tmpdir(), 'recount-bench-'))
try {
  const contender = await contenders[name](dir, concurrency)
  await appendAll(contender, 0, Math.ceil(count / 4))
  const before = process.cpuUsage()
  const start = performance.now()
  const took = await appendAll(contender, count, count)
  const seconds = (performance.now() - start) / 1000
  const { user, system } = process.cpuUsage(before)
  await contender.close()
  const at = (share) => took[Math.min(count - 1, Math.floor(count * share))]
  console.log(
    JSON.stringify({
      perSecond: count / seconds,
      p50: at(0.5),
      p99: at(0.99),
      cpu: (user + system) / count,
    }),
  )
} finally {
  rmSync(dir, { recursive: true, force: true })
}
