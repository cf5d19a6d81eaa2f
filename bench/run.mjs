// npm run bench [-- record|silent|content|import|policy|redact|conformance|stream|audit|ship|diagnose|analyze|store] [--rounds N]
import { execFileSync } from 'node:child_process'
import { cpus, release } from 'node:os'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { rounds: { type: 'string', default: '5' } },
})
const rounds = Number(values.rounds)
const wanted =
  positionals.length > 0
    ? positionals
    : [
        'record',
        'silent',
        'content',
        'import',
        'policy',
        'redact',
        'conformance',
        'stream',
        'audit',
        'ship',
        'diagnose',
        'analyze',
      ]

console.log(
  `Node ${process.version}, ${process.platform} ${release()}, ${cpus().length} x ${cpus()[0]?.model ?? 'cpu'}, medians of ${rounds}\n`,
)
for (const name of wanted)
  await {
    record,
    silent,
    content,
    import: importTime,
    policy,
    redact,
    conformance,
    stream,
    audit,
    ship,
    diagnose,
    analyze,
    store,
  }[name]()

/** What one recorded call (start and terminal line, no content) costs. */
function record() {
  const peers = ['recount', 'pino', 'pino-mixin', 'winston', 'otel', 'langfuse']
  for (const calls of [10_000, 40_000]) {
    table(`One recorded call, metadata only, ${calls} calls`, 'pino', measure(peers, calls, 0))
  }
}

/** The same when the level is silent. */
async function silent() {
  const { silentCosts } = await import('./silent.mjs')
  table('One recorded call, level silent', 'pino', await silentCosts())
}

/** The same with the input kept, by size. */
function content() {
  for (const kilobytes of [4, 32, 256]) {
    const calls = Math.min(5000, 60_000 / kilobytes)
    table(
      `One recorded call with ${kilobytes} KB of messages`,
      'pino',
      measure(['recount', 'pino', 'stringify'], calls, kilobytes * 1024),
    )
  }
}

/** Looking for personal data and secrets, by text. */
async function redact() {
  const { redactCosts } = await import('./redact.mjs')
  await redactCosts(rounds)
}

/** What shipping an audit log costs, beside uploading its files. */
async function ship() {
  const { shippingCosts } = await import('./ship.mjs')
  await shippingCosts(rounds)
}

/** What a durable append costs, by how many wait at once. */
async function audit() {
  const { appendCosts } = await import('./audit.mjs')
  const { verifyCosts } = await import('./audit-verify.mjs')
  appendCosts(rounds)
  verifyCosts(rounds)
}

/** Telling what errors are. */
async function diagnose() {
  const { diagnoseCosts } = await import('./diagnose.mjs')
  await diagnoseCosts(rounds)
}

/** Spans in our store and in others: filling, size, answers, forgetting. Takes long, so only when asked for. */
async function store() {
  const { storeCosts } = await import('./store.mjs')
  storeCosts()
}

/** Counting logs, beside databases; `ANALYZE_MB` is the size of each, or sizes with commas: growth. */
async function analyze() {
  const { analyzeCosts } = await import('./analyze.mjs')
  for (const megabytes of (process.env.ANALYZE_MB ?? '64').split(',').map(Number)) {
    for (const kind of ['metadata', 'mixed', 'foreign']) {
      for (const zipped of [false, true]) {
        const costs = analyzeCosts(kind, megabytes, rounds, zipped)
        const ours = costs.find(({ name }) => name === 'recount')
        console.log(
          `### Counting ${megabytes} MB, ${kind}${zipped ? ', gzip' : ''}\n\n| | MB a CPU second | recount is x | wall | memory |\n|---|---:|---:|---:|---:|`,
        )
        for (const { name, megabytesPerCpuSecond: speed, wall, memory } of costs) {
          const times = (ours.megabytesPerCpuSecond / speed).toFixed(2)
          console.log(
            `| ${name} | ${speed.toFixed(0)} | ${times} | ${wall.toFixed(2)} s | ${memory.toFixed(0)} MB |`,
          )
        }
        console.log()
      }
    }
  }
}

/** What `import` costs a process that does nothing else. */
function importTime() {
  const logger = new URL('../packages/logger/dist/lib/index.js', import.meta.url).href
  const results = {}
  for (const [name, module] of [
    ['nothing', 'data:text/javascript,'],
    ['pino', 'pino'],
    ['recount logger', logger],
  ]) {
    const code = `const s = performance.now(); await import(${JSON.stringify(module)}); process.stdout.write(String(performance.now() - s))`
    const runs = Array.from({ length: rounds }, () =>
      Number(node(['--input-type=module', '-e', code])),
    )
    results[name] = { caller: median(runs) * 1e6, cpu: Number.NaN }
  }
  table('Import', 'pino', results)
}

/** Which of nineteen behaviours the libraries have that capture the calls of a client. */
function conformance() {
  const file = fileURLToPath(new URL('capture/conformance.mjs', import.meta.url))
  const names = ['bare', 'recount', 'OpenTelemetry contrib', 'OpenInference', 'Traceloop']
  const results = [...names, 'Langfuse', 'LangSmith', 'PostHog', 'Braintrust'].map((name) => [
    name,
    JSON.parse(node([file, name])),
  ])
  const cell = ({ failed }) => (failed === null ? '–' : failed === '' ? 'yes' : '**no**')
  console.log(`| | ${results.map(([name]) => name).join(' | ')} |`)
  console.log(`|---|${results.map(() => '---|').join('')}`)
  for (const [index, { name }] of results[0][1].entries())
    console.log(`| ${name} | ${results.map(([, found]) => cell(found[index])).join(' | ')} |`)
  const fails = results.map(([, found]) => found.filter(({ failed }) => failed).length)
  console.log(`| of 19 not | ${fails.join(' | ')} |\n`)
}

/** What it costs to read a stream through a captured client, by its size. */
function stream() {
  const file = fileURLToPath(new URL('capture/stream.mjs', import.meta.url))
  for (const [streams, bytes] of [
    [100, 100_000],
    [20, 1_000_000],
  ]) {
    const args = ['--streams', streams, '--bytes', bytes, '--rounds', rounds].map(String)
    const found = JSON.parse(node(['--expose-gc', file, ...args]))
    console.log(`Streams of ${bytes / 1000} kB through the client, one after another`)
    for (const [name, { wall_ms, cpu_ms, first_ms }] of Object.entries(found)) {
      const share = (100 * cpu_ms) / found.bare.cpu_ms - 100
      console.log(
        `  ${name.padEnd(20)} ${(bytes / 1000 / wall_ms).toFixed(1)} MB/s   CPU ${cpu_ms.toFixed(2)} ms (${share.toFixed(0)} % more)   first chunk ${first_ms.toFixed(2)} ms`,
      )
    }
    console.log('')
  }
}

/** What one decision of a policy costs, and what garbage it leaves. */
function policy() {
  const file = fileURLToPath(new URL('policy.mjs', import.meta.url))
  for (const rules of [20, 80]) {
    const runs = Array.from({ length: rounds }, () =>
      JSON.parse(node(['--expose-gc', '--min-semi-space-size=64', file, '--count', String(rules)])),
    )
    console.log(
      `### One policy decision, ${rules} rules\n\n| | caller | CPU | decisions a second of CPU | garbage |\n|---|---:|---:|---:|---:|`,
    )
    for (const name of Object.keys(runs[0])) {
      const of = (key) => median(runs.map((run) => run[name][key]))
      const perSecond = (1000 / of('cpu')).toFixed(2)
      console.log(
        `| ${name} | ${time(of('caller'))} | ${time(of('cpu'))} | ${perSecond} million | ${of('bytes').toFixed(1)} B |`,
      )
    }
    console.log()
  }
}

/** Contenders take turns, so that whatever else the machine does meets all of them. */
function measure(names, calls, bytes) {
  const runs = Object.fromEntries(names.map((name) => [name, []]))
  for (let round = 0; round < rounds; round++) {
    for (const name of names)
      runs[name].push(
        JSON.parse(
          node([
            fileURLToPath(new URL('worker.mjs', import.meta.url)),
            name,
            String(calls),
            String(bytes),
          ]),
        ),
      )
  }
  const of = (key) => (results) => median(results.map((result) => result[key]))
  return Object.fromEntries(
    names.map((name) => [name, { caller: of('caller')(runs[name]), cpu: of('cpu')(runs[name]) }]),
  )
}

function node(args) {
  return execFileSync(process.execPath, args, {
    cwd: fileURLToPath(new URL('.', import.meta.url)),
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  })
}

function median(values) {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]
}

function table(title, peer, results) {
  console.log(
    `### ${title}\n\n| | caller | x ${peer} | CPU, all threads | x ${peer} |\n|---|---:|---:|---:|---:|`,
  )
  for (const [name, { caller, cpu }] of Object.entries(results)) {
    console.log(
      `| ${name} | ${time(caller)} | ${ratio(caller, results[peer].caller)} | ${time(cpu)} | ${ratio(cpu, results[peer].cpu)} |`,
    )
  }
  console.log()
}

function time(ns) {
  if (Number.isNaN(ns)) return ''
  if (ns < 1000) return `${ns.toFixed(1)} ns`
  return ns < 1e6 ? `${(ns / 1e3).toFixed(2)} µs` : `${(ns / 1e6).toFixed(1)} ms`
}

function ratio(a, b) {
  return Number.isNaN(a) ? '' : (a / b).toFixed(2)
}
