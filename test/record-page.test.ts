import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { EVENTS, type EventName } from '@recount/record'
import { codeWords, sections, tableRows } from './markdown.ts'
import { readText } from './repository.ts'

interface Schema {
  $ref?: string
  anyOf?: Schema[]
  type?: string | string[]
  items?: Schema
  properties?: { [key: string]: Schema }
  required?: string[]
  $defs?: { [name: string]: Schema }
}

/** Each key and whether it is required; `a.b` for a key of an object that stands in the record itself. */
type Keys = Map<string, boolean>

const page = readText('docs/record.md')
const everyLine = keysUnder(sections(page, 2), 'Every line')
const inTrace = keysUnder(sections(page, 2), 'Lines in a trace')
const terminal = keysUnder(sections(page, 2), 'Terminal lines')
const parts = sections(page, 3)

for (const event of EVENTS) {
  test(`docs/record.md names the keys of ${event}, those and no others`, () => {
    assert.deepEqual(sorted(documented(event)), sorted(keysOf(readSchema(event))))
  })
}

const shapes = Object.assign({}, ...EVENTS.map((event) => readSchema(event).$defs)) as {
  [name: string]: Schema
}
for (const [name, schema] of Object.entries(shapes).filter(([, { type }]) => type === 'object')) {
  test(`docs/record.md names the keys of ${name}, those and no others`, () => {
    assert.deepEqual(sorted(keysUnder(parts, `\`${name}\``)), sorted(keysOf(schema)))
  })
}

test('docs/record.md has no event and no shape that the schemas do not have', () => {
  const known: string[] = [...EVENTS, ...Object.keys(shapes)]
  const headings = parts.flatMap(({ heading }) => codeWords(heading))
  assert.deepEqual(
    headings.filter((name) => !known.includes(name)),
    [],
  )
})

function documented(event: EventName): Keys {
  const own = parts.filter(({ heading }) => codeWords(heading).includes(event))
  assert.ok(own.length > 0, `there is no heading for ${event}`)
  const { required = [] } = readSchema(event)
  const trace = required.includes('trace_id') ? inTrace : new Map([...inTrace.keys()].map(optional))
  const ending = required.includes('start_time') ? terminal : new Map<string, boolean>()
  const stated = own.flatMap(({ text }) => [...keysIn(text)])
  return new Map([...everyLine, ...trace, ...ending, ...stated])
}

function optional(key: string): [string, boolean] {
  return [key, false]
}

function keysUnder(from: { heading: string; text: string }[], heading: string): Keys {
  const found = from.find((part) => part.heading === heading)
  assert.ok(found, `docs/record.md has no heading "${heading}"`)
  return keysIn(found.text.split(/^### /m)[0] ?? '')
}

function keysIn(text: string): Keys {
  const rows = tableRows(text).filter((cells) => cells.length === 4)
  return new Map(
    rows.map(([key, , required]) => [codeWords(key ?? '')[0] ?? '', required === 'yes']),
  )
}

function keysOf(schema: Schema, prefix = ''): Keys {
  const keys: Keys = new Map()
  for (const [key, rule] of Object.entries(schema.properties ?? {})) {
    keys.set(prefix + key, schema.required?.includes(key) ?? false)
    for (const [inner, required] of keysOf(rule, `${prefix}${key}.`)) keys.set(inner, required)
  }
  return keys
}

function sorted(keys: Keys): [string, boolean][] {
  return [...keys].sort(([a], [b]) => (a < b ? -1 : 1))
}

function readSchema(event: EventName): Schema {
  const file = fileURLToPath(import.meta.resolve(`@recount/record/schema/${event}.json`))
  return JSON.parse(readFileSync(file, 'utf8')) as Schema
}
