// How many errors are diagnosed a second, and what that adds to the line of a failed call. The peers are the naive matcher
// of substrings that tutorials show, and an if-chain: all phrases and codes of our rules tried one after the other on the
// lower-case text, as exception maps do it. Contenders take turns in one process; CPU time.
import { existsSync, readFileSync } from 'node:fs'

const { diagnose, RULE_TABLES } = await import('../packages/diagnose/dist/lib/index.js')
const { createLogger } = await import('../packages/logger/dist/lib/index.js')

const CORPUS = new URL('../../shared/data/errors/corpus-dev.jsonl', import.meta.url)

/** Few, and of every shape, where the data set is not there. */
const OWN = [
  {
    status: 429,
    message: 'Rate limit reached for gpt-4o. Please try again in 9.8s.',
    code: 'rate_limit_exceeded',
    provider: 'openai',
  },
  {
    status: 400,
    message:
      '400 {"type":"error","error":{"type":"invalid_request_error","message":"prompt is too long: 213462 tokens > 200000 maximum"}}',
    provider: 'anthropic',
  },
  { message: 'fetch failed', raw: { name: 'TypeError', cause: { code: 'ENOTFOUND' } } },
  { status: 503, message: '<html><head><title>503</title></head></html>' },
]

const NAIVE = [
  ['rate_limit', ['rate limit', '429', 'too many requests']],
  ['context_length_exceeded', ['context length', 'maximum context', 'token limit']],
  ['auth_invalid_key', ['invalid api key', 'authentication', '401']],
  ['content_filter', ['content filter', 'policy', 'refused']],
]

const CHAIN = RULE_TABLES.flatMap(({ rules }) =>
  rules.flatMap(({ category, code = [], text = [] }) =>
    [code, text]
      .flat()
      .flatMap((words) =>
        words
          .split(' | ')
          .map((phrase) => [category, phrase.toLowerCase().split('*').filter(Boolean)]),
      ),
  ),
)

const CONTENDERS = {
  recount: (error) => diagnose(error),
  'if-chain of the same rules': (error) => {
    const text = JSON.stringify(error).toLowerCase()
    return CHAIN.find(([, pieces]) => pieces.every((piece) => text.includes(piece)))?.[0]
  },
  'naive substrings': (error) => {
    const text = String(error.message).toLowerCase()
    return NAIVE.find(([, words]) => words.some((word) => text.includes(word)))?.[0]
  },
}

/** Prints the tables. */
export async function diagnoseCosts(rounds) {
  const errors = existsSync(CORPUS) ? corpus() : OWN
  console.log(`Diagnoses of ${errors.length} errors\n`)
  console.log('| | diagnoses a CPU second | µs each |\n|---|---:|---:|')
  const times = Object.fromEntries(Object.keys(CONTENDERS).map((name) => [name, []]))
  for (const diagnoseOne of Object.values(CONTENDERS)) cpuOf(diagnoseOne, errors, 20)
  for (let round = 0; round < rounds; round++)
    for (const [name, diagnoseOne] of Object.entries(CONTENDERS))
      times[name].push(cpuOf(diagnoseOne, errors, 20))
  for (const [name, list] of Object.entries(times)) {
    const micros = median(list)
    console.log(
      `| ${name} | ${Math.round(1e6 / micros).toLocaleString('en-US')} | ${micros.toFixed(1)} |`,
    )
  }
  console.log(
    `\nA failed call, recorded: ${(await failedCall(rounds)).toFixed(1)} µs of CPU, the diagnosis included\n`,
  )
}

function corpus() {
  const lines = readFileSync(CORPUS, 'utf8').trim().split('\n')
  return lines.map((line) => {
    const { id, message, status, code, error_type, provider, headers, raw } = JSON.parse(line)
    return { id, message, status, code, error_type, provider, headers, raw }
  })
}

function cpuOf(diagnoseOne, errors, times) {
  const began = process.cpuUsage()
  for (let time = 0; time < times; time++) for (const error of errors) diagnoseOne(error)
  const { user, system } = process.cpuUsage(began)
  return (user + system) / (times * errors.length)
}

async function failedCall(rounds) {
  const log = createLogger({ destination: { write() {} }, env: {}, keyFile: false })
  const call = { provider: 'openai', model: 'gpt-4o' }
  const times = []
  for (let round = 0; round <= rounds; round++) {
    const began = process.cpuUsage()
    for (let time = 0; time < 2000; time++) {
      const error = Object.assign(new Error('Rate limit reached. Please try again in 20s.'), {
        status: 429,
        code: 'rate_limit_exceeded',
      })
      log.start({ event: 'llm_call', ...call }).fail(error)
    }
    const { user, system } = process.cpuUsage(began)
    if (round > 0) times.push((user + system) / 2000)
  }
  return median(times)
}

function median(list) {
  return list.toSorted((a, b) => a - b)[Math.floor(list.length / 2)]
}
