import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { ORIGIN, place } from './audit-place.ts'
import { recount } from './helpers.ts'

test('a line that is no UTF-8, or has a key twice, is refused by its number, and nothing of it is written', async (t) => {
  const { cwd, env, run } = place(t)
  await run(['init', 'audit', '--origin', ORIGIN])
  const good = line('u1')
  const wrong = Buffer.concat([
    Buffer.from(`${good.slice(0, -1)},"reason":"`),
    Buffer.of(0xff),
    Buffer.from('"}'),
  ])
  const twice = `${good.slice(0, -1)},"outcome":"denied"}`
  const escaped = `${good.slice(0, -1)},"\\u006futcome":"denied"}`
  const within = good.replace('"id":"u1"', '"id":"u1","id":"u2"')
  const apart = `${good.slice(0, -1)},"ext":{"a":{"outcome":"x","id":"y"},"b":{"id":"{\\"id\\":1,\\"id\\":2}"}}}`
  const texts = [good, wrong, twice, escaped, within, apart]
  const input = Buffer.concat(texts.flatMap((text) => [Buffer.from(text), Buffer.from('\r\n')]))
  const { status, stdout, stderr } = await recount(['audit', 'append', 'audit'], {
    cwd,
    env,
    input,
  })
  assert.equal(status, 1)
  assert.equal(stdout.trim().split('\n').length, 2)
  assert.match(stderr, /^line 2: Expected UTF-8/m)
  for (const number of [3, 4, 5])
    assert.match(stderr, new RegExp(`^line ${number}: Expected each key once`, 'm'))
  const name = readdirSync(join(cwd, 'audit')).find((found) => found.endsWith('.jsonl'))
  const log = readFileSync(join(cwd, 'audit', String(name)), 'utf8')
  assert.equal(log.match(/"action":"query"/g)?.length, 2)
  assert.ok(!log.includes('\ufffd') && !log.includes('denied'))
})

test('a key that was there already is told when a log is made', async (t) => {
  const { run } = place(t)
  const first = await run(['init', 'audit', '--origin', ORIGIN])
  assert.doesNotMatch(first.stderr, /was there already/)
  const second = await run(['init', 'other', '--origin', ORIGIN])
  assert.match(second.stderr, /was there already/)
  assert.doesNotMatch(
    (await run(['init', 'audit', '--origin', ORIGIN])).stderr,
    /was there already/,
  )
})

test('the first run with an anchor says that it is new, and what it cannot tell', async (t) => {
  const { run } = place(t)
  await run(['init', 'audit', '--origin', ORIGIN])
  const first = await run(['verify', 'audit', '--anchor', 'a.json'])
  assert.match(first.stderr, /Made the anchor .* this run cannot tell/)
  assert.doesNotMatch((await run(['verify', 'audit', '--anchor', 'a.json'])).stderr, /Made/)
})

test('erase names nobody in a log whose names are replaced', async (t) => {
  const { cwd, run } = place(t)
  await run(['init', 'audit', '--origin', ORIGIN])
  await run(['append', 'audit', '--pseudonymize'], `${line('ada.lovelace')}\n`)
  await run(['append', 'audit'], `${line('ada.lovelace')}\n`)
  const erased = await run(['erase', 'audit', '--subject', 'ada.lovelace', '--reason', 'asked'])
  assert.equal(erased.status, 0, erased.stderr)
  for (const name of readdirSync(join(cwd, 'audit')).filter((found) => found.endsWith('.jsonl')))
    assert.ok(!readFileSync(join(cwd, 'audit', name), 'utf8').includes('lovelace'))
})

function line(id: string): string {
  const actor = { type: 'user', id }
  const target = { type: 'model', id: 'gpt-4o' }
  return JSON.stringify({ action: 'query', actor, target, outcome: 'success' })
}
