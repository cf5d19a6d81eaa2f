import assert from 'node:assert/strict'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { gunzipSync } from 'node:zlib'
import { shortened } from '../src/input/shortened.ts'
import { toName } from '../src/shape/call.ts'
import { FileRecogniser } from '../src/shape/recognise.ts'
import { DATA, needsData } from './data-set.ts'
import { random } from './fixtures.ts'

/** Holds the shortened line against the whole: the same but for the ends of long texts, and the same is read of it. */
function compare(text: string, what = text.slice(0, 200)): 'shortened' | 'whole' {
  const short = shortened(Buffer.from(text))
  if (short === undefined) return 'whole'
  const whole = parsed(text)
  const value = parsed(short)
  assert.equal(value === undefined, whole === undefined, what)
  if (whole === undefined) return 'whole'
  assert.deepEqual(cut(value), cut(whole), what)
  assert.deepEqual(reading(value), reading(whole), what)
  return 'shortened'
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Texts as names: more of them nobody looks at. */
function cut(value: unknown): unknown {
  if (typeof value === 'string') return toName(value)
  if (Array.isArray(value)) return value.map(cut)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, cut(inner)]))
}

function reading(value: unknown): unknown {
  const recogniser = new FileRecogniser([], () => {})
  return cut([...recogniser.recognise(value, 1), ...recogniser.end()])
}

function allFiles(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name)
    return statSync(path).isDirectory() ? allFiles(path) : [path]
  })
}

const EVERY = 'of every long line of the data set the same is read when long texts are cut'
test(EVERY, needsData, () => {
  let count = 0
  for (const path of allFiles(DATA)) {
    const raw = readFileSync(path)
    const text = (path.endsWith('.gz') ? gunzipSync(raw) : raw).toString()
    for (const line of text.split('\n')) {
      if (line.length > 2048 && compare(line) === 'shortened') count += 1
    }
  }
  assert.ok(count > 20, `only ${count} lines were shortened`)
})

const WORDS = 'What "he" said:\n\tGrüße, 漢字 and 😀 \\ '
const PROSE = WORDS.repeat(12) + `${WORDS} {"model": 1} `.repeat(60)

/** Lines with long texts of all kinds: some must not be cut. */
const LONG = [
  { ts: '2026-01-01T00:00:00Z', messages: [{ role: 'user', content: PROSE }], model: 'm' },
  { model: PROSE, prompt_tokens: 3, completion_tokens: 4, latency_ms: 12.5 },
  { msg: `call {"model":"m","prompt_tokens":3,"completion_tokens":4,"x":"${'y'.repeat(2000)}"}` },
  {
    message: JSON.stringify({ model: 'm', usage: { prompt_tokens: 5 }, answer: PROSE }),
    level: 30,
  },
  { model: 'm', prompt_tokens: `${' '.repeat(1500)}12`, completion_tokens: `${'0'.repeat(1500)}7` },
  { model: 'm', latency: `${' '.repeat(1500)}12 ms`, prompt_tokens: `${'\u00a0'.repeat(900)}5` },
  { [PROSE]: 1, [`${PROSE}!`]: 2, model: 'm', prompt_tokens: 1, answer: `漢字${PROSE}` },
  { model: 'm', prompt_tokens: 1, answer: '漢'.repeat(700), error: `\u0000${PROSE}` },
  { model: 'm', answer: 'x'.repeat(639) + '\\'.repeat(300) + '"'.repeat(400), prompt_tokens: 2 },
  { model: 'm', answer: `${'x'.repeat(638)}${'😀'.repeat(400)}`, prompt_tokens: 2 },
]

test('what is cut out of long texts changes nothing that is read, and keys, numbers and records in texts stay whole', () => {
  const verdicts = LONG.map((row) => compare(JSON.stringify(row)))
  assert.deepEqual(
    verdicts.flatMap((verdict, i) => (verdict === 'whole' ? [i] : [])),
    [2, 3, 4, 5],
  )
})

test('a line with a long text is JSON after it was shortened only where it was before', () => {
  const next = random(12)
  const pick = (count: number) => Math.floor(next() * count)
  const alphabet = Buffer.from('"\\{}[],:0u\t\n\0é')
  let count = 0
  for (let round = 0; round < 4000; round++) {
    const bytes = Buffer.from(JSON.stringify(LONG[pick(LONG.length)]))
    for (let changes = 1 + pick(3); changes > 0; changes--)
      bytes[pick(bytes.length)] = alphabet[pick(alphabet.length)] as number
    if (compare(bytes.toString(), `round ${round}`) === 'shortened') count += 1
  }
  assert.ok(count > 100, `only ${count} changed lines were shortened`)
})
