import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type LoggerOptions as PinoOptions, pino } from 'pino'
import { createLogger, type Logger } from '../src/index.ts'
import type { LoggerOptions } from '../src/options.ts'
import { assertValid } from './helpers.ts'
import {
  HARMLESS,
  HOSTILE_TEXTS,
  IDENTITIES,
  linesOf,
  STILL,
  tellStory,
  withoutIds,
} from './line-stories.ts'

const CHILDREN: Readonly<Record<string, (logger: Logger) => Logger>> = {
  root: (logger) => logger,
  child: (logger) => logger.child({ component: 'search' }),
  'child with options': (logger) =>
    logger.child({ component: 'search' }, { level: 'error', msgPrefix: 'child: ' }),
  'child of a child': (logger) => logger.child({ component: 'a' }).child({ shard: 7 }, {}),
  'child with serializers': (logger) =>
    logger.child({ component: 'a' }, { serializers: { model: (value: unknown) => value } }),
}

const plainStory = (logger: Logger): void => tellStory(logger, 'plain')

// Seven ways to pino and five kinds of children take turns: neither divides the number of combinations, so each meets each choice.
test('for every combination of options, lines made here are those that pino makes', () => {
  const identities = Object.entries(IDENTITIES)
  const children = Object.entries(CHILDREN)
  const all = combinations()
  for (const [turn, options] of all.entries()) {
    const [who, childOf] = children[turn % children.length] ?? ['', (logger) => logger]
    const [name, identity] = identities[turn % identities.length] ?? ['', {}]
    const ours = linesOf(options, plainStory, childOf)
    const pinos = linesOf(merged(options, identity), plainStory, childOf)
    assert.ok(ours === pinos, `${who} with ${name} and ${JSON.stringify(options)}`)
  }
  assert.equal(all.length, 3 * 2 ** 7)
})

for (const [name, identity] of Object.entries(IDENTITIES)) {
  test(`with ${name} that changes nothing, lines are the same, whatever other option is set`, () => {
    for (const choices of Object.values(HARMLESS)) {
      for (const choice of choices) {
        for (const childOf of Object.values(CHILDREN)) {
          const options = merged({ content: 'inline' }, choice)
          const pinos = linesOf(merged(options, identity), plainStory, childOf)
          assert.equal(pinos, linesOf(options, plainStory, childOf))
        }
      }
    }
  })
}

test('what pino itself writes for the same fields is the same line', () => {
  for (const options of combinations()) {
    const lines = withoutTime(linesOf({ ...options, content: 'off' }, plainStory))
    const known = Object.keys(JSON.parse(plainLine(options)))
    for (const line of lines) {
      const record = JSON.parse(line) as Record<string, unknown>
      // These two have keys of their own where pino has its: `name`, and `message` where that is the message key.
      if (record.event === 'evaluation' || record.event === 'validation') continue
      assert.equal(line, pinosLine(options, record, known))
    }
  }
})

/** The line that a pino logger writes for a record's fields. */
function pinosLine(
  options: LoggerOptions,
  record: Readonly<Record<string, unknown>>,
  known: readonly string[],
): string {
  let written = ''
  const { content, ...pinos } = options
  const plain = pino(
    { ...pinos, level: 'debug', timestamp: false },
    {
      write(line: string) {
        written = line
      },
    },
  )
  const { [options.messageKey ?? 'msg']: message, ...rest } = record
  const fields = Object.entries(rest).filter(([key]) => !known.includes(key))
  const text = String(message).slice(options.msgPrefix?.length ?? 0)
  plain[LEVEL_METHODS[Number(record.level)] ?? 'info'](Object.fromEntries(fields), text)
  return written
}

const LEVEL_METHODS: Readonly<Record<number, 'debug' | 'info' | 'warn' | 'error'>> = {
  20: 'debug',
  30: 'info',
  40: 'warn',
  50: 'error',
}

for (const text of HOSTILE_TEXTS) {
  test(`a hostile text in every field makes valid lines, the same on both ways: ${JSON.stringify(text)}`, () => {
    const story = (logger: Logger): void => tellStory(logger, text)
    const options: LoggerOptions = { content: 'inline', msgPrefix: text }
    const ours = linesOf(options, story)
    assert.equal(ours, linesOf({ ...options, mixin: () => ({}) }, story))
    assert.ok(ours.isWellFormed())
    assert.ok(!/[^\n]\n[^{]|\r/.test(ours))
    assert.ok(!/\\ud[89a-f]/i.test(ours), 'an escaped lone surrogate')
    const lines = ours
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
    assertValid(lines.map(withRealIds))
    const forged = lines.filter(({ event, level }) => event === 'forged' || level === 60)
    assert.deepEqual(forged, [])
  })
}

/** `withoutIds` took them; the format wants them. */
function withRealIds(line: Record<string, unknown>): Record<string, unknown> {
  const back = JSON.stringify(line)
    .replaceAll(/"(trace_id)":"id (\d+)"/g, (_, key, n) => `"${key}":"${hex(n, 32)}"`)
    .replaceAll(/"(digest|input_digest)":"id (\d+)"/g, (_, key, n) => {
      return `"${key}":"hmac-sha256:${hex(n, 8)}:${hex(n, 32)}"`
    })
    .replaceAll(/"(span_id|parent_span_id)":"id (\d+)"/g, (_, key, n) => `"${key}":"${hex(n, 16)}"`)
  return JSON.parse(back) as Record<string, unknown>
}

function hex(n: string, length: number): string {
  return Number(n).toString(16).padStart(length, '0')
}

function combinations(): LoggerOptions[] {
  let all: LoggerOptions[] = [{ level: 'info', content: 'inline', base: { pid: 1, hostname: 'h' } }]
  for (const choices of Object.values(HARMLESS)) {
    all = all.flatMap((options) => choices.map((choice) => merged(options, choice)))
  }
  return all
}

function merged(options: LoggerOptions, more: PinoOptions): LoggerOptions {
  const { formatters, ...rest } = more
  return formatters === undefined
    ? { ...options, ...rest }
    : { ...options, ...rest, formatters: { ...options.formatters, ...formatters } }
}

function withoutTime(text: string): string[] {
  return text.split(/(?<=\n)/).map((line) => line.replace(/,"time":1795000000001/, ''))
}

/** A line of pino's with nothing in it, for the keys that pino writes. */
function plainLine(options: LoggerOptions): string {
  let line = ''
  const write = (text: string): void => {
    line = text
  }
  createLogger({ ...STILL, ...options, destination: { write } }).info({})
  return withoutIds(line)
}
