import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { call, folderWith, jsonl, recount, span } from './helpers.ts'

test('tables are made in a file, and a second time nothing changes', async (t) => {
  const cwd = folderWith(t, { 'app.jsonl': jsonl(call(span(1))) })
  for (const _ of [1, 2]) {
    const { status, stdout } = await recount(['store', 'migrate', 'kept.db'], { cwd })
    assert.deepEqual([status, stdout], [0, 'kept.db has the schema 7\n'])
    await recount(['index', 'app.jsonl', '--db', 'kept.db'], { cwd })
  }
  assert.ok(existsSync(join(cwd, 'kept.db')))
  const { stdout } = await recount(['logs', '--db', 'kept.db', '--json'], { cwd })
  assert.match(stdout, new RegExp(span(1)))
})

test('a server that is not there ends in 3, and the password in its address is printed nowhere', async (t) => {
  const cwd = folderWith(t, { 'app.jsonl': jsonl(call(span(1))) })
  const password = ['hunter', '2'].join('')
  const target = `clickhouse://me:${password}@127.0.0.1:9/recount`
  for (const args of [
    ['store', 'migrate', target],
    ['logs', '--db', target],
    ['logs'],
    ['index', 'app.jsonl'],
    ['prune', '--older-than', '7d'],
    ['erase', '--user', 'u-1'],
  ]) {
    const { status, stdout, stderr } = await recount(args, { cwd, env: { RECOUNT_DB: target } })
    assert.equal(status, 3, stderr)
    assert.match(stderr, /STORE_UNREADABLE/)
    assert.ok(!`${stdout}${stderr}`.includes(password))
  }
  const wrong = await recount(['store', 'migrate', 'clickhouse://127.0.0.1/a-b'], { cwd })
  assert.equal(wrong.status, 2)
  assert.match(wrong.stderr, /STORE_OPTION_INVALID/)
})
