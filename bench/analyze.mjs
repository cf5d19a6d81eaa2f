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

const CONTENDERS = { recount, readline, lines }

async function recount(path) {
  const { analyze } = await import('../packages/analyze/dist/src/index.js')
  const { totals, latency_ms } = await analyze(path)
  return { calls: totals.calls, tokens: totals.input_tokens, p95: latency_ms.p95 }
}

/** A bare loop that keeps tokens and latencies: what people write for themselves. */
async function readline(path) {
  const count = counter()
  for await (const line of createInterface({ input: createReadStream(path) }))
    count.add(JSON.parse(line))
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

/** Each contender several times in turn on one log, each in a process of its own; medians. */
export function analyzeCosts(kind, megabytes, rounds, names = Object.keys(CONTENDERS)) {
  const folder = mkdtempSync(join(tmpdir(), 'bench-analyze-'))
  try {
    const path = join(folder, 'log.jsonl')
    makeLog(kind, megabytes, path)
    const runs = names.map((name) => ({ name, found: [] }))
    for (let round = 0; round < rounds; round++) {
      for (const { name, found } of runs) {
        const args = [fileURLToPath(import.meta.url), name, path]
        found.push(JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8' })))
      }
    }
    const size = statSync(path).size / 1e6
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
  const cpu = (userCPUTime + systemCPUTime) / 1e6
  console.log(
    JSON.stringify({
      cpu,
      wall: (performance.now() - began) / 1000,
      memory: maxRSS / 1024,
      counted,
    }),
  )
}
