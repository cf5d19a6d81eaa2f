// What counting a log costs: node analyze.mjs make KIND MB FILE writes a log; node analyze.mjs NAME FILE counts it as NAME does
// and prints JSON: seconds of CPU and wall, peak memory, and what was counted, which has to be the same.
import { execFileSync } from 'node:child_process'
import {
  closeSync,
  createReadStream,
  mkdtempSync,
  openSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { createGunzip } from 'node:zlib'

const MODELS = ['acme-large', 'acme-small', 'other-1', 'other-2']
const WORDS = 'the quick brown fox "jumps" over\nlazy dogs und schöne Grüße 漢字 😀 answer'.split(
  ' ',
)

/** Random numbers from 0 to 1, the same for the same seed (mulberry32). */
function random(seed) {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

/** A log: `metadata` are terminal lines, `mixed` has a content line after each, `foreign` has content in the middle. */
export function makeLog(kind, megabytes, path) {
  const next = random(42)
  const hex = (digits) => {
    let text = ''
    while (text.length < digits)
      text += Math.floor(next() * 2 ** 32)
        .toString(16)
        .padStart(8, '0')
    return text.slice(0, digits)
  }
  const prose = (length) => {
    let text = ''
    while (text.length < length) text += `${WORDS[Math.floor(next() * WORDS.length)]} `
    return text
  }
  const file = openSync(path, 'w')
  let time = 1_790_000_000_000
  for (let bytes = 0; bytes < megabytes * 1e6; ) {
    let text = ''
    while (text.length < 1 << 20) {
      time += Math.floor(next() * 400)
      text += linesOf(kind, time, next, hex, prose)
    }
    bytes += writeSync(file, text)
  }
  closeSync(file)
}

function linesOf(kind, time, next, hex, prose) {
  const failed = next() < 0.03
  const call = {
    ...{ level: failed ? 50 : 30, time: time + 1000, pid: 4242, hostname: 'app-7', recount: 1 },
    ...{ trace_id: hex(32), span_id: hex(16), user_id: `u${Math.floor(next() * 500)}` },
    ...{ event: 'llm_call', provider: 'acme', operation: 'chat' },
    ...{ model: MODELS[Math.floor(next() * MODELS.length)], status: failed ? 'error' : 'ok' },
    ...{ start_time: time, duration_ms: Math.round(Math.exp(6 + next() * 2.2) * 1000) / 1000 },
    ...{ input_tokens: Math.floor(next() * 4000), output_tokens: Math.floor(next() * 800) },
    ...{ cost_usd: Math.round(next() * 1e7) / 1e9, ttft_ms: Math.round(next() * 5e5) / 1000 },
    finish_reason: failed ? null : 'stop',
    ...(failed ? { error: { type: 'RateLimitError', status: 429, message: 'Too many' } } : {}),
  }
  if (kind === 'metadata') return `${JSON.stringify(call)}\n`
  const messages = [{ role: 'user', content: prose(500 + next() * 20_000) }]
  if (kind === 'foreign') {
    const { model, input_tokens, output_tokens, duration_ms } = call
    const numbers = {
      prompt_tokens: input_tokens,
      completion_tokens: output_tokens,
      latency_ms: duration_ms,
    }
    return `${JSON.stringify({ ts: new Date(time).toISOString(), messages, model, ...numbers })}\n`
  }
  const { level, pid, hostname, recount, trace_id, span_id } = call
  const head = { level, time, pid, hostname, recount, trace_id, span_id, event: 'content' }
  const content = { ...head, part: 'input', bytes: 1, content: messages }
  return `${JSON.stringify(call)}\n${JSON.stringify(content)}\n`
}

const CONTENDERS = { recount, duckdb, chdb, jq, readline, gunzip, lines }

/** What each is asked: calls, failures, percentiles, tokens and cost by model. `recount` always counts all of its report. */
async function recount(path) {
  const { analyze } = await import('../packages/analyze/dist/lib/index.js')
  const { totals, by_model } = await analyze(path)
  return { calls: totals.calls, tokens: totals.input_tokens, models: by_model.length }
}

const COLUMNS = {
  own: 'model VARCHAR, event VARCHAR, status VARCHAR, duration_ms DOUBLE, input_tokens BIGINT, output_tokens BIGINT, cost_usd DOUBLE',
  foreign: 'model VARCHAR, latency_ms DOUBLE, prompt_tokens BIGINT, completion_tokens BIGINT',
}

/** The same question in SQL, in the words of a dialect. */
function question(path, quantiles, source) {
  const isOwn = !isForeign(path)
  const [ms, input, output] = isOwn
    ? ['duration_ms', 'input_tokens', 'output_tokens']
    : ['latency_ms', 'prompt_tokens', 'completion_tokens']
  const more = isOwn
    ? ", sum(cost_usd) AS cost, sum(CASE WHEN status IN ('error', 'partial') THEN 1 ELSE 0 END) AS errors"
    : ''
  const where = isOwn ? "WHERE event = 'llm_call'" : ''
  return `SELECT model, count(*) AS calls, ${quantiles(ms, isOwn)} AS q, sum(${input}) AS input, sum(${output}) AS output${more} FROM ${source} ${where} GROUP BY model`
}

function isForeign(path) {
  return path.includes('foreign')
}

function summed(rows) {
  const sum = (key) => rows.reduce((total, row) => total + Number(row[key]), 0)
  return { calls: sum('calls'), tokens: sum('input'), models: rows.length }
}

/** DuckDB with explicit columns and two threads. */
async function duckdb(path) {
  const { DuckDBInstance } = await import('@duckdb/node-api')
  const instance = await DuckDBInstance.create(':memory:', { threads: '2' })
  const connection = await instance.connect()
  const columns = COLUMNS[isForeign(path) ? 'foreign' : 'own'].replaceAll(
    /(\w+) (\w+)/g,
    "$1: '$2'",
  )
  const quantiles = (ms, isOwn) =>
    `quantile_cont(${ms}, [0.5, 0.95, 0.99])${isOwn ? " FILTER (status = 'ok')" : ''}`
  const source = `read_json('${path}', format = 'newline_delimited', columns = {${columns}})`
  const reader = await connection.runAndReadAll(question(path, quantiles, source))
  return summed(reader.getRowObjectsJson())
}

/** chDB (ClickHouse in the process) with explicit columns and two threads. */
async function chdb(path) {
  const { query } = await import('chdb')
  const columns = COLUMNS[isForeign(path) ? 'foreign' : 'own']
    .replaceAll('VARCHAR', 'Nullable(String)')
    .replaceAll('DOUBLE', 'Nullable(Float64)')
    .replaceAll('BIGINT', 'Nullable(Int64)')
  const quantiles = (ms, isOwn) =>
    `quantilesExactInclusiveIf(0.5, 0.95, 0.99)(${ms}, ${isOwn ? "status = 'ok'" : '1'})`
  const source = `file('${path}', JSONEachRow, '${columns}')`
  const settings = 'SETTINGS max_threads = 2, input_format_skip_unknown_fields = 1'
  const answer = query(`${question(path, quantiles, source)} ${settings}`, 'JSONEachRow')
  return summed(
    answer
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line)),
  )
}

/** jq in a process of its own, tokens alone. */
async function jq(path) {
  const isOwn = !isForeign(path)
  const program = isOwn
    ? 'reduce (inputs | select(.event == "llm_call")) as $r ([0, 0]; [.[0] + 1, .[1] + $r.input_tokens])'
    : 'reduce inputs as $r ([0, 0]; [.[0] + 1, .[1] + $r.prompt_tokens])'
  const script = 'jq -nc "$1" "$2"; times'
  const said = execFileSync('sh', ['-c', script, 'sh', program, path], { encoding: 'utf8' })
  const [[calls, tokens], , used] = said
    .trim()
    .split('\n')
    .map((line, i) => (i === 0 ? JSON.parse(line) : line))
  const seconds = used.split(' ').map((time) => /(\d+)m([\d.]+)s/.exec(time))
  const cpu = seconds.reduce(
    (sum, [, minutes, rest]) => sum + Number(minutes) * 60 + Number(rest),
    0,
  )
  return { calls, tokens, cpu }
}

/** Decompressing and nothing else. */
async function gunzip(path) {
  let bytes = 0
  for await (const chunk of createReadStream(path).pipe(createGunzip())) bytes += chunk.length
  return { bytes }
}

/** A bare loop that keeps tokens and latencies: what people write for themselves. */
async function readline(path) {
  const count = counter()
  const file = createReadStream(path)
  const input = path.endsWith('.gz') ? file.pipe(createGunzip()) : file
  for await (const line of createInterface({ input })) count.add(JSON.parse(line))
  return count.end()
}

/** Nothing but the ends of lines. */
async function lines(path) {
  let ends = 0
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 18 })) {
    for (let at = chunk.indexOf(10); at !== -1; at = chunk.indexOf(10, at + 1)) ends += 1
  }
  return { lines: ends }
}

function counter() {
  const latencies = []
  let calls = 0
  let tokens = 0
  return {
    add(row) {
      if (row.event !== 'llm_call' && row.prompt_tokens === undefined) return
      calls += 1
      tokens += row.input_tokens ?? row.prompt_tokens
      if (row.status !== 'error') latencies.push(row.duration_ms ?? row.latency_ms)
    },
    end() {
      const sorted = Float64Array.from(latencies).sort()
      const rank = (sorted.length - 1) * 0.95
      const [low, high] = [sorted[Math.floor(rank)], sorted[Math.ceil(rank)]]
      return { calls, tokens, p95: Number((low + (high - low) * (rank % 1)).toPrecision(12)) }
    },
  }
}

/** Those that read such a file: all of them what is plain, of what is compressed those that decompress it, jq only what is small. */
function contendersFor(path, megabytes) {
  if (path.endsWith('.gz')) return ['recount', 'duckdb', 'readline', 'gunzip']
  return ['recount', 'duckdb', 'chdb', ...(megabytes <= 100 ? ['jq'] : []), 'readline', 'lines']
}

/** Each contender several times in turn on one log, each in a process of its own; medians. `zipped` compresses the log first. */
export function analyzeCosts(kind, megabytes, rounds, zipped = false) {
  const folder = mkdtempSync(join(tmpdir(), 'bench-analyze-'))
  try {
    const plain = join(folder, `${kind}.jsonl`)
    makeLog(kind, megabytes, plain)
    const size = statSync(plain).size / 1e6
    if (zipped) execFileSync('gzip', ['-6', plain])
    const path = zipped ? `${plain}.gz` : plain
    const runs = contendersFor(path, megabytes).map((name) => ({ name, found: [] }))
    for (let round = 0; round < rounds; round++) {
      for (const { name, found } of runs) {
        const args = [fileURLToPath(import.meta.url), name, path]
        found.push(JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8' })))
      }
    }
    return runs.map(({ name, found }) => ({
      name,
      cpu: median(found.map(({ cpu }) => cpu)),
      wall: median(found.map(({ wall }) => wall)),
      memory: median(found.map(({ memory }) => memory)),
      megabytesPerCpuSecond: size / median(found.map(({ cpu }) => cpu)),
      counted: found[0].counted,
    }))
  } finally {
    rmSync(folder, { recursive: true })
  }
}

function median(values) {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]
}

const [name, ...rest] =
  process.argv[1] === fileURLToPath(import.meta.url) ? process.argv.slice(2) : []
if (name === 'make') makeLog(rest[0], Number(rest[1]), rest[2])
else if (name !== undefined) {
  const began = performance.now()
  const counted = await CONTENDERS[name](rest[0])
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage()
  const cpu = (userCPUTime + systemCPUTime) / 1e6 + (counted.cpu ?? 0)
  console.log(
    JSON.stringify({
      cpu,
      wall: (performance.now() - began) / 1000,
      memory: maxRSS / 1024,
      counted,
    }),
  )
  // The databases have threads that would keep the process.
  process.exit(0)
}
