// What verifying a log costs: node audit-verify.mjs make DIR COUNT writes a log; node audit-verify.mjs NAME DIR verifies it, or
// does what a peer does with the same lines, and prints JSON.

import { execFileSync } from 'node:child_process'
import { hash } from 'node:crypto'
import { once } from 'node:events'
import {
  createWriteStream,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { open } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import {
  generateSigningKey,
  parseSigningKey,
  signCheckpoint,
  verifyAudit,
} from '../packages/audit/dist/lib/index.js'
import { canonicalJson } from '../packages/audit/dist/src/canonical.js'
import { Frontier } from '../packages/audit/dist/src/merkle.js'

const ORIGIN = 'acme.example/audit/bench'
const SEGMENT_BYTES = 8 << 20

/** A log of so many entries, in segments of 8 MiB, each ending with a checkpoint, as the writer leaves it. */
export async function makeLog(dir, count) {
  mkdirSync(join(dir, 'checkpoints'), { recursive: true })
  const signer = parseSigningKey(generateSigningKey(ORIGIN))
  writeFileSync(join(dir, 'public.vkey'), `${signer.key.vkey}\n`)
  const tree = new Frontier()
  let prev = hash('sha256', `recount-audit/v1 genesis\n${ORIGIN}`, 'base64')
  let file
  let bytes = SEGMENT_BYTES
  for (let seq = 0; seq < count; seq += 1) {
    if (bytes >= SEGMENT_BYTES) {
      if (file !== undefined) await sign(dir, tree, signer)
      file?.end()
      file = createWriteStream(join(dir, `${padded(seq)}.jsonl`))
      bytes = 0
    }
    const line = canonicalJson(seq === 0 ? genesis(signer, prev) : entry(seq, prev))
    prev = hash('sha256', `\0${line}`, 'base64')
    tree.push(prev)
    bytes += line.length + 1
    if (!file.write(`${line}\n`)) await once(file, 'drain')
  }
  file.end()
  await once(file, 'close')
  writeFileSync(join(dir, 'checkpoint'), await sign(dir, tree, signer))
}

async function sign(dir, tree, signer) {
  const checkpoint = { origin: ORIGIN, size: tree.size, root: tree.root() }
  const note = await signCheckpoint(checkpoint, [signer])
  writeFileSync(join(dir, 'checkpoints', `${padded(tree.size)}.note`), note)
  return note
}

function padded(number) {
  return String(number).padStart(20, '0')
}

function place(seq, prev) {
  const id = `01a22a4b-2143-7b1d-9051-${String(seq).padStart(12, '0')}`
  const ts = new Date(Date.parse('2026-11-01T00:00:00Z') + seq * 10).toISOString()
  return { v: 1, log: ORIGIN, seq, prev, id, ts, outcome: 'success' }
}

function genesis(signer, prev) {
  const sys = { hash: 'sha-256', keys: [signer.key.vkey], nonce: '00' }
  const who = { actor: { id: 'recount', type: 'system' }, target: { id: ORIGIN, type: 'log' } }
  return { ...place(0, prev), ...who, action: 'audit.genesis', sys }
}

function entry(seq, prev) {
  return {
    ...place(seq, prev),
    action: 'completion',
    actor: { type: 'user', id: `user-${seq % 1000}` },
    tenant: 'acme',
    target: { type: 'model', id: 'acme-large-2026-05-01' },
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

const contenders = {
  async recount(dir) {
    const { result, entries } = await verifyAudit({ dir })
    if (result !== 'unanchored') throw new Error(`not verified: ${result}`)
    return entries
  },
  /** SHA-256 of each line, and nothing else. */
  hash: (dir) => eachLine(dir, (line) => hash('sha256', line)),
  /** The usual way to compare a line with its canonical form. */
  restringify: (dir) => eachLine(dir, (line) => JSON.stringify(JSON.parse(line.toString()))),
}

async function eachLine(dir, work) {
  let count = 0
  const chunk = Buffer.alloc(1 << 20)
  for (const name of readdirSync(dir).filter((found) => found.endsWith('.jsonl'))) {
    const file = await open(join(dir, name))
    let kept = 0
    for (;;) {
      const { bytesRead } = await file.read(chunk, kept, chunk.length - kept, null)
      if (bytesRead === 0) break
      const end = kept + bytesRead
      let start = 0
      for (let at = chunk.indexOf(10); at >= 0 && at < end; at = chunk.indexOf(10, start)) {
        work(chunk.subarray(start, at))
        start = at + 1
        count += 1
      }
      chunk.copy(chunk, 0, start, end)
      kept = end - start
    }
    await file.close()
  }
  return count
}

const NAMES = ['recount', 'hash', 'restringify']

/** Prints a table for each number of entries; each contender runs in a process of its own, taking turns. */
export function verifyCosts(rounds, sizes = [100_000, 1_000_000]) {
  for (const size of sizes) {
    const folder = mkdtempSync(join(tmpdir(), 'recount-bench-'))
    try {
      work('make', folder, String(size))
      const runs = Object.fromEntries(NAMES.map((name) => [name, []]))
      for (let round = 0; round < rounds; round++)
        for (const name of NAMES) runs[name].push(JSON.parse(work(name, folder)))
      print(size, runs)
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  }
}

function print(size, runs) {
  const of = (name, key) =>
    runs[name].map((run) => run[key]).toSorted((a, b) => a - b)[Math.floor(runs[name].length / 2)]
  console.log(
    `### ${size.toLocaleString('en')} entries\n\n| | CPU an entry | x hashing alone | wall | memory |\n|---|---:|---:|---:|---:|`,
  )
  for (const name of NAMES) {
    const ratio = (of('hash', 'cpu') / of(name, 'cpu')).toFixed(2)
    const cpu = ((of(name, 'cpu') / size) * 1000).toFixed(2)
    console.log(
      `| ${name} | ${cpu} µs | ${ratio} | ${(of(name, 'wall') / 1000).toFixed(1)} s | ${Math.round(of(name, 'memory'))} MB |`,
    )
  }
  console.log()
}

function work(...args) {
  return execFileSync(process.execPath, [self, ...args], { encoding: 'utf8' })
}

const self = fileURLToPath(import.meta.url)
if (process.argv[1] === self) await runOne(...process.argv.slice(2))

async function runOne(name, dir, count) {
  if (name === 'make') return makeLog(dir, Number(count))
  const before = process.cpuUsage()
  const start = performance.now()
  const entries = await contenders[name](dir)
  const wall = performance.now() - start
  const { user, system } = process.cpuUsage(before)
  const memory = process.resourceUsage().maxRSS / 1024
  console.log(JSON.stringify({ name, entries, wall, cpu: (user + system) / 1000, memory }))
}
