import assert from 'node:assert/strict'
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { gunzipSync, gzipSync } from 'node:zlib'
import { eraseInFound } from '../src/erase/named-files.ts'
import { call, content, folderWith, jsonl, line, recount, span, step, TRACE } from './helpers.ts'

function said(role: string, text: string): object[] {
  return [{ role, parts: [{ type: 'text', content: text }] }]
}

function folderFiles(cwd: string, files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) {
    const path = join(cwd, name)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, text)
  }
}

/** A log in which nobody says who made what of an answer; the content stands in traces of its own. */
function edited() {
  const own = { user_id: 'ada', message_id: 'm-1' }
  const other = { trace_id: 'b'.repeat(32), user_id: 'bert', message_id: 'm-2' }
  const acted = (text: string, about: object) => {
    const ids = { trace_id: undefined, action: 'edited', comment: `remark ${text}`, ...about }
    const { digest } = edit(text) as { digest: string }
    const told = [{ part: 'user_edit', digest, bytes: 9 }]
    return line('user_action', undefined as never, { ...ids, content: told })
  }
  const edit = (text: string) => {
    const at = span(40 + text.length)
    const trace_id = text === 'three' ? TRACE : at.padStart(32, 'c')
    return content(at, 'user_edit', `edit ${text}`, { trace_id })
  }
  const late = jsonl(
    acted('one', { message_id: 'm-1' }),
    acted('three', { trace_id: TRACE }),
    acted('of his', { message_id: 'm-2' }),
  )
  const log = jsonl(
    step(span(1), {}),
    call(span(2), { parent_span_id: span(1), ...own }),
    call(span(9), other),
  )
  const words = jsonl(
    ...['one', 'three', 'of his'].map(edit),
    content(span(1), 'output', said('assistant', 'edit of a step')),
  )
  return { late, log, words }
}

test('what was said about a person’s answers by whom nobody says goes from files, whatever leads to it, and does not come back', async (t) => {
  const { late, log, words } = edited()
  const files = { 'a/content/day.jsonl': words, 'a/feedback.jsonl': late, 'a/log.jsonl': log }
  const paths = Object.keys(files)
  const all = 'a/**/*.jsonl'
  const erase = ['erase', '--user', 'ada']
  // By the files alone; by the store and the files; by the store, and by the files later.
  for (const [before, runs] of [
    [[], [[...erase, all]]],
    [[all], [[...erase, all]]],
    [[all], [erase, [...erase, all]]],
    [['a/log.jsonl'], [[...erase, all]]],
    [[all], [[...erase, 'a/feedback.jsonl', 'a/content/day.jsonl']]],
  ] as const) {
    const cwd = folderWith(t)
    folderFiles(cwd, files)
    const run = (...args: string[]) => recount(args, { cwd })
    if (before.length > 0) await run('index', ...before)
    for (const args of runs) {
      const { status, stderr } = await run(...args)
      assert.equal(status, 0, stderr)
    }
    const left = paths.map((path) => readFileSync(join(cwd, path), 'utf8')).join('')
    assert.doesNotMatch(left, /(edit|remark) (one|three|of a step)/, JSON.stringify([before, runs]))
    assert.match(left, /edit of his/)
    assert.match(left, /remark of his/)
    folderFiles(cwd, files)
    if (before.length > 0) {
      await run('index', all)
      const { stdout } = await run('logs', '-q', 'edit', '--json')
      assert.doesNotMatch(stdout, /edit (one|three|of a step)/)
    }
  }
})

test('where content cannot be erased, what leads to it stays, and a second run finds it', async (t) => {
  const { late, log, words } = edited()
  const cwd = folderWith(t)
  const broken = { 'a/content/day.jsonl.gz': '\u001f', 'a/log.jsonl': log + late }
  folderFiles(cwd, broken)
  writeFileSync(join(cwd, 'a/content/day.jsonl.gz'), Buffer.from([0x1f, 0x8b, 1, 2]))
  const run = () => recount(['erase', '--user', 'ada', 'a/**/*.jsonl*'], { cwd })
  const first = await run()
  assert.equal(first.status, 3)
  assert.match(first.stderr, /a\/log\.jsonl still has .*leads to content in files that failed/)
  writeFileSync(join(cwd, 'a/content/day.jsonl.gz'), gzipSync(words))
  assert.equal((await run()).status, 0)
  const left = gunzipSync(readFileSync(join(cwd, 'a/content/day.jsonl.gz'))).toString()
  assert.doesNotMatch(
    left + readFileSync(join(cwd, 'a/log.jsonl'), 'utf8'),
    /(edit|remark) (one|three)/,
  )
  assert.match(left, /edit of his/)
})

test('content that lines lead to and that no named file has is told, and a folder is all that is in it', async (t) => {
  const words = content(span(2), 'output', said('assistant', 'her words'))
  const { part, digest, bytes } = words as Record<string, unknown>
  const own = { user_id: 'ada', content: [{ part, digest, bytes }] }
  const world = { 'logs/app.jsonl': jsonl(call(span(2), own)), 'far/words.jsonl': jsonl(words) }
  const erase = ['erase', '--user', 'ada', '--json']
  const files = ({ stdout }: { stdout: string }): unknown => JSON.parse(stdout).files
  const cwd = folderWith(t, world)
  const apart = await recount([...erase, 'logs'], { cwd })
  assert.equal(apart.status, 0, apart.stderr)
  assert.deepEqual(files(apart), { files: 1, lines: 0, stripped: 1, missing: 1 })
  assert.match(apart.stderr, /1 text that lines of ada lead to was in no file that was named/)
  const whole = folderWith(t, world)
  const together = await recount([...erase, '.'], { cwd: whole })
  assert.deepEqual(files(together), { files: 2, lines: 1, stripped: 1, missing: 0 })
  assert.doesNotMatch(together.stderr, /lead to/)
  assert.doesNotMatch(readFileSync(join(whole, 'far/words.jsonl'), 'utf8'), /her words/)
})

test('a file that is compressed or renamed while a person is erased is erased where it is then', async (t) => {
  const cwd = folderWith(t)
  const path = (name: string): string => join(cwd, name)
  const log = jsonl(call(span(2), { user_id: 'ada', session_id: 'hers' }))
  const all = (): string[] => readdirSync(cwd).map(path)
  for (const name of ['a.jsonl', 'b.jsonl', 'c.jsonl']) writeFileSync(path(name), log)
  let round = 0
  const find = async (): Promise<string[]> => {
    const found = all()
    round += 1
    if (round > 1) return found
    writeFileSync(path('a.jsonl.gz'), gzipSync(readFileSync(path('a.jsonl'))))
    rmSync(path('a.jsonl'))
    renameSync(path('b.jsonl'), path('b.1.jsonl'))
    return found
  }
  const erased = await eraseInFound(find, { span_ids: [], ids: ['ada'] })
  assert.deepEqual([erased.failed, erased.stripped, erased.files], [[], 3, 3])
  for (const file of all()) {
    const bytes = readFileSync(file)
    const text = file.endsWith('.gz') ? gunzipSync(bytes) : bytes
    assert.doesNotMatch(text.toString(), /hers/)
  }
})
