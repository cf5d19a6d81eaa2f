// Shipping an audit log beside uploading the same files with the plain SDK: each in a process of its own, to a store on loopback in another.
import { spawn } from 'node:child_process'
import { randomBytes, randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { openAudit } from '../packages/audit/dist/lib/index.js'

const worker = fileURLToPath(
  new URL('../packages/s3/dist/test/fixtures/throughput.js', import.meta.url),
)
const store = fileURLToPath(
  new URL('../packages/s3/dist/test/fixtures/serve-stand-in.js', import.meta.url),
)

/** Prints a table of throughput and one of memory. */
export async function shippingCosts(rounds) {
  const path = mkdtempSync(join(tmpdir(), 'recount-bench-'))
  try {
    for (const entries of [50_000, 300_000]) await throughput(path, entries, rounds)
    await memory(path)
  } finally {
    rmSync(path, { recursive: true, force: true })
  }
}

async function throughput(path, entries, rounds) {
  const dir = await makeLog(join(path, `small-${entries}`), entries, 0)
  const runs = { recount: [], sdk: [], 'sdk, no CRC32': [] }
  for (let round = 0; round < rounds; round += 1)
    for (const name of Object.keys(runs)) runs[name].push(await run(name, dir))
  const bytes = sizeOf(dir)
  console.log(
    `\n### ${entries.toLocaleString('en')} entries, ${(bytes / 1e6).toFixed(0)} MB\n\n| | MB/s | entries/s | CPU | x fastest SDK |\n|---|---:|---:|---:|---:|`,
  )
  const seconds = (name) => median(runs[name].map((one) => one.seconds))
  const fastest = Math.min(seconds('sdk'), seconds('sdk, no CRC32'))
  for (const name of Object.keys(runs)) {
    const cpu = median(runs[name].map((one) => one.cpu))
    console.log(
      `| ${name} | ${(bytes / 1e6 / seconds(name)).toFixed(0)} | ${Math.round(entries / seconds(name)).toLocaleString('en')} | ${cpu.toFixed(2)} s | ${(fastest / seconds(name)).toFixed(2)} |`,
    )
  }
  rmSync(dir, { recursive: true })
}

async function memory(path) {
  console.log('\n### Memory\n\n| shipped | most resident |\n|---|---:|')
  for (const [entries, extra] of [
    [4_000, 24],
    [40_000, 24],
  ]) {
    const dir = await makeLog(join(path, `large-${entries}`), entries, extra)
    const { rss } = await run('recount', dir)
    console.log(`| ${(sizeOf(dir) / 1e6).toFixed(0)} MB | ${(rss / 1024).toFixed(0)} MB |`)
    rmSync(dir, { recursive: true })
  }
}

async function makeLog(path, entries, extra) {
  const dir = join(path, 'audit')
  const key = join(path, 'audit.key')
  const audit = await openAudit({
    dir,
    origin: 'bench.example/audit',
    key,
    durability: 'os',
    reserveBytes: 0,
  })
  for (let n = 0; n < entries; ) {
    const count = Math.min(entries - n, extra === 0 ? 5000 : 200)
    await Promise.all(
      Array.from({ length: count }, (_, at) => audit.append(eventOf(n + at, extra))),
    )
    n += count
  }
  await audit.close()
  return dir
}

/** Texts that are as hard to pack as ids are. */
const TEXTS = Array.from({ length: 512 }, () => randomBytes(750).toString('base64'))

function eventOf(n, extra) {
  const texts = Array.from({ length: extra }, (_, at) => [`t${at}`, TEXTS[(n * 7 + at) % 512]])
  return {
    action: 'completion',
    actor: { type: 'user', id: `u${n % 977}` },
    tenant: 'acme',
    target: { type: 'model', id: 'acme-large-2026-05-01' },
    outcome: 'success',
    trace: { trace_id: randomUUID().replaceAll('-', ''), span_id: '00f067aa0ba902b7' },
    llm: {
      provider: 'acme',
      model: 'acme-large',
      input_tokens: 1200 + (n % 541),
      output_tokens: 240,
      cost_nusd: 4_200_000,
    },
    details: { response_length: 960, finish_reason: 'stop', duration_ms: 1840 + (n % 233) },
    ...(extra > 0 && { ext: { bench: Object.fromEntries(texts) } }),
  }
}

async function run(name, dir) {
  const server = spawn(process.execPath, [store, 'bucket', 'forgets'], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const [first] = await once(server.stdout, 'data')
  const { endpoint, accessKeyId, secretAccessKey } = JSON.parse(first)
  const env = {
    ...process.env,
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
  }
  rmSync(join(dir, 'shipping'), { recursive: true, force: true })
  const child = spawn(process.execPath, ['--no-warnings', worker, name, dir, endpoint], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const output = []
  child.stdout.on('data', (chunk) => output.push(chunk))
  const [code] = await once(child, 'close')
  server.stdin.end()
  await once(server, 'close')
  if (code !== 0) throw new Error(`${name} ended with ${code}`)
  return JSON.parse(Buffer.concat(output))
}

function sizeOf(dir) {
  const names = readdirSync(dir).filter((name) => name.endsWith('.jsonl'))
  return names.reduce((sum, name) => sum + statSync(join(dir, name)).size, 0)
}

function median(values) {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]
}
