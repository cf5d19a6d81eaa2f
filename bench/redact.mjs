// What looking for personal data and secrets costs: all default detectors against naive passes, one combined regular
// expression and the peers, on prose and on the worst texts known. Contenders take turns in one process; CPU time.

import { Redactor } from '@redactpii/node'
import { lintSource } from '@secretlint/core'
import { creator as secretRules } from '@secretlint/secretlint-rule-preset-recommend'
import { OpenRedaction } from 'openredaction'

const { createRedactor } = await import('../packages/redact/dist/lib/index.js')

const ALNUM = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789'
const WORDS =
  'the of and to in is was it for with on that as his they be at one have this from or had by hot but some what there we can out other were all your when up use word how said an each she which do their time if will way about many then them would write like so these her long make thing see him two has look more day could go come did my sound no most number who over know water than call first people may down side been now find'.split(
    ' ',
  )

/** Cards pass their checksum; nothing here is anybody's. */
const PERSONAL = [
  'john.doe+x@example.co.uk',
  'ada@example.org',
  '555-123-4567',
  '(212) 555-0187',
  '308-63-0237',
  '4111 1111 1111 1111',
  '192.168.10.12',
  ['gh', 'p_', ALNUM.slice(0, 36)].join(''),
]

const EMAIL = /[\w.%+-]+@[\w-]+(?:\.[\w-]+)+/g
const PHONE = /\(?\d{3}\)?[ .-]?\d{3}[ .-]\d{4}\b/g
const SSN = /\b\d{3}-\d{2}-\d{4}\b/g
const CARD = /\b\d{4}[ -]?\d{4}[ -]?\d{4}[ -]?\d{4}\b/g
const IP = /\b(?:\d{1,3}\.){3}\d{1,3}\b/g
const KEY =
  /\b(?:sk-[\w-]{20,}|gh[pousr]_\w{36}|AKIA[A-Z0-9]{16}|xox[abpr]-[\w-]{10,}|AIza[\w-]{35})/g
const NAIVE = [EMAIL, CARD, SSN, PHONE, IP, KEY]
const COMBINED = new RegExp(NAIVE.map(({ source }) => `(${source})`).join('|'), 'g')

const redact = createRedactor()
const redactpii = new Redactor()
const openredaction = new OpenRedaction()
const secrets = { rules: [{ id: 'preset', rule: secretRules, options: {} }] }

const CONTENDERS = {
  recount: (text) => redact.text(text),
  'recount, findings only': (text) => redact.findings(text),
  'naive passes': (text) => NAIVE.reduce((rest, pattern) => rest.replace(pattern, '[X]'), text),
  'one combined regex': (text) => text.replace(COMBINED, '[X]'),
  '@redactpii/node': (text) => redactpii.redact(text),
  '@secretlint/core': (text) =>
    lintSource({
      source: { content: text, filePath: 'text.txt', ext: '.txt', contentType: 'text' },
      options: { config: secrets },
    }),
  openredaction: (text) => openredaction.detect(text),
}

/** Texts that are worst for somebody: for ours a search over short pieces found the first five. */
const WORST = [
  '4111 ',
  'ghp_',
  '+1',
  '(1)',
  'a@a.',
  'a.a.a.',
  '1-1-1-',
  '@@@@',
  '::::',
  'eyJ',
  'token:',
  '\uff11',
]

/** Prints the tables. */
export async function redactCosts(rounds) {
  const texts = {
    '32 KB of prose': prose(32_768, 0),
    '32 KB of prose, one word in forty personal': prose(32_768, 0.025),
  }
  for (const [name, text] of Object.entries(texts)) {
    const speeds = await measure(CONTENDERS, text, rounds)
    print(name, speeds)
  }
  const clean = await speed(CONTENDERS.recount, prose(1_000_000, 0), rounds)
  console.log(`### 1 MB of what is worst, recount\n\n| text | MB/s | x prose |\n|---|---:|---:|`)
  console.log(`| prose | ${clean.toFixed(0)} | 1.00 |`)
  for (const piece of WORST) {
    const text = flat(piece.repeat(1_000_000 / piece.length))
    const found = await speed(CONTENDERS.recount, text, Math.min(rounds, 3))
    console.log(`| \`${piece}\` | ${found.toFixed(0)} | ${(clean / found).toFixed(1)} |`)
  }
  console.log()
}

async function measure(contenders, text, rounds) {
  const speeds = Object.fromEntries(Object.keys(contenders).map((name) => [name, []]))
  for (let round = 0; round < rounds; round++)
    for (const [name, run] of Object.entries(contenders))
      speeds[name].push(await speed(run, text, 1))
  return Object.fromEntries(Object.entries(speeds).map(([name, runs]) => [name, median(runs)]))
}

/** MB of text a second of CPU, as often as fills a fifth of a second. */
async function speed(run, text, rounds) {
  const found = []
  for (let round = 0; round < rounds; round++) {
    await run(text)
    const before = process.cpuUsage()
    const until = performance.now() + 200
    let times = 0
    do {
      await run(text)
      times++
    } while (performance.now() < until)
    const { user, system } = process.cpuUsage(before)
    found.push((times * text.length) / (user + system))
  }
  return median(found)
}

function print(title, speeds) {
  console.log(`### ${title}\n\n| | MB/s | recount is x |\n|---|---:|---:|`)
  for (const [name, value] of Object.entries(speeds))
    console.log(
      `| ${name} | ${value < 10 ? value.toFixed(2) : value.toFixed(0)} | ${(speeds.recount / value).toFixed(1)} |`,
    )
  console.log()
}

/** The same text each time. */
function prose(length, share) {
  let state = 7
  const below = (limit) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff
    return (state >>> 8) % limit
  }
  let text = ''
  for (let count = 1; text.length < length; count++) {
    const list = below(1000) < share * 1000 ? PERSONAL : WORDS
    text += list[below(list.length)] + (count % 12 === 0 ? '. ' : count % 37 === 0 ? ', ' : ' ')
  }
  return flat(text.slice(0, length))
}

/** One piece of memory, as texts have that came from somewhere. */
function flat(text) {
  return Buffer.from(text).toString()
}

function median(values) {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]
}
