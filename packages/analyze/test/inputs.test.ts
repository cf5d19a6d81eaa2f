import assert from 'node:assert/strict'
import { link, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { after, before, test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { analyze } from '../src/index.ts'
import { expandInputs } from '../src/input/inputs.ts'

let dir: string

before(async () => {
  dir = await mkdtemp(join(tmpdir(), 'inputs-'))
  await mkdir(join(dir, 'logs/deep/er'), { recursive: true })
  await mkdir(join(dir, 'logs/.hidden'))
  for (const file of ['a.jsonl', 'b.jsonl', 'c1.log', 'c2.log', 'cx.log', 'deep/d.jsonl']) {
    await writeFile(join(dir, 'logs', file), '{}\n')
  }
  await writeFile(join(dir, 'logs/deep/er/e.jsonl'), '{}\n')
  await writeFile(join(dir, 'logs/.hidden/h.jsonl'), '{}\n')
  await writeFile(join(dir, 'logs/.dot.jsonl'), '{}\n')
  await writeFile(join(dir, 'logs/b.jsonl.gz'), gzipSync('{}\n'))
  await writeFile(join(dir, 'logs/z.jsonl.gz'), gzipSync('{}\n'))
  await writeFile(join(dir, 'logs/odd [1](+).log'), '{}\n')
  await symlink(join(dir, 'logs'), join(dir, 'logs/deep/loop'))
  await symlink(join(dir, 'logs/a.jsonl'), join(dir, 'logs/linked.jsonl'))
  await link(join(dir, 'logs/a.jsonl'), join(dir, 'logs/hard.jsonl'))
})
after(() => rm(dir, { recursive: true }))

async function names(...patterns: string[]): Promise<string[]> {
  const inputs = await expandInputs(patterns.map((p) => (p === '-' ? p : join(dir, p))))
  return inputs.map(({ name }) => (name === '-' ? '-' : relative(dir, name)))
}

test('a star stays in its folder and leaves dot files alone', async () => {
  assert.deepEqual(await names('logs/*.jsonl'), ['logs/a.jsonl', 'logs/b.jsonl'])
})

test('two stars cross folders, do not follow circular links, and match the folder itself', async () => {
  assert.deepEqual(await names('logs/**/*.jsonl'), [
    'logs/a.jsonl',
    'logs/b.jsonl',
    'logs/deep/d.jsonl',
    'logs/deep/er/e.jsonl',
  ])
  assert.deepEqual(await names('logs/deep/**'), ['logs/deep/d.jsonl', 'logs/deep/er/e.jsonl'])
})

test('question marks and sets stand for one character', async () => {
  assert.deepEqual(await names('logs/c?.log'), ['logs/c1.log', 'logs/c2.log', 'logs/cx.log'])
  assert.deepEqual(await names('logs/c[0-9].log'), ['logs/c1.log', 'logs/c2.log'])
  assert.deepEqual(await names('logs/c[!0-9].log'), ['logs/cx.log'])
})

test('many stars do not take a time that grows with their number', async () => {
  await mkdir(join(dir, 'long'))
  await writeFile(join(dir, 'long', 'a'.repeat(200)), '{}\n')
  await writeFile(join(dir, 'long', `${'a'.repeat(200)}b`), '{}\n')
  const stars = `long/${'*a'.repeat(40)}`
  assert.deepEqual(await names(`${stars}*b`), [`long/${'a'.repeat(200)}b`])
  assert.deepEqual(await names(`${stars}?`), [
    `long/${'a'.repeat(200)}`,
    `long/${'a'.repeat(200)}b`,
  ])
  await assert.rejects(names(`${stars}*c`), { code: 'ANALYZE_INPUT_NOT_FOUND' })
})

test('stars, question marks and sets match as they do in a shell', async () => {
  const found: [string, string[]][] = [
    ['*c*', ['c1.log', 'c2.log', 'cx.log']],
    ['c*[12]*.log', ['c1.log', 'c2.log']],
    ['*1*log', ['c1.log', 'odd [1](+).log']],
    ['*?1?*', ['c1.log', 'odd [1](+).log']],
    ['odd [[]1[]](+).log', ['odd [1](+).log']],
    ['c[x-z].***log', ['cx.log']],
  ]
  for (const [pattern, files] of found)
    assert.deepEqual(
      await names(`logs/${pattern}`),
      files.map((file) => `logs/${file}`),
      pattern,
    )
})

test('a dot that is written out is matched', async () => {
  assert.deepEqual(await names('logs/.*.jsonl'), ['logs/.dot.jsonl'])
})

test('a file whose name looks like a pattern is read as it is', async () => {
  assert.deepEqual(await names('logs/odd [1](+).log'), ['logs/odd [1](+).log'])
  assert.deepEqual(await names('logs/odd*(+).log'), ['logs/odd [1](+).log'])
})

test('a pattern relative to the working directory works', async () => {
  const inputs = await expandInputs(['package.jso?', './tsconfig.*'])
  assert.deepEqual(
    inputs.map(({ name }) => name),
    ['package.json', 'tsconfig.json'],
  )
})

test('a file is read once through two patterns, a symbolic link and a hard link', async () => {
  assert.deepEqual(await names('logs/linked.jsonl', 'logs/a.jsonl', 'logs/[ah]*.jsonl'), [
    'logs/linked.jsonl',
  ])
})

test('stdin is read once', async () => {
  assert.deepEqual(await names('-', 'logs/a.jsonl', '-'), ['-', 'logs/a.jsonl'])
})

test('of a log and its compressed twin only the plain one is read, whatever the order', async () => {
  assert.deepEqual(await names('logs/b.jsonl.gz', 'logs/b.jsonl', 'logs/z.jsonl*'), [
    'logs/b.jsonl',
    'logs/z.jsonl.gz',
  ])
  const [plain] = await expandInputs([join(dir, 'logs/b.jsonl*')])
  assert.equal(plain?.twin, join(dir, 'logs/b.jsonl.gz'))
})

test('what is missing is named', async () => {
  const missing = { code: 'ANALYZE_INPUT_NOT_FOUND' }
  await assert.rejects(expandInputs([join(dir, 'nope.jsonl')]), { ...missing, message: /nope/ })
  await assert.rejects(expandInputs([join(dir, '*.nope')]), {
    ...missing,
    message: /No file .*nope/,
  })
  await assert.rejects(expandInputs([join(dir, 'logs')]), {
    ...missing,
    message: /is a folder.*\*\*/,
  })
})

test('patterns are checked', async () => {
  const invalid = { code: 'ANALYZE_OPTION_INVALID' }
  await assert.rejects(expandInputs([]), invalid)
  await assert.rejects(expandInputs(['']), invalid)
  await assert.rejects(expandInputs([7 as unknown as string]), {
    ...invalid,
    message: /`7` \(number\)/,
  })
  await assert.rejects(expandInputs('a.jsonl' as unknown as string[]), invalid)
})

test('copies are counted as often as they are named, and that is said; one file under two names is read once', async () => {
  const path = (name: string) => join(dir, 'copies', name)
  await mkdir(join(dir, 'copies'))
  const calls = '{"model":"m","duration_ms":5,"prompt_tokens":7}\n'.repeat(9_000)
  for (const name of ['a', 'b']) await writeFile(path(name), calls)
  await writeFile(path('c'), calls.replace(/7\}\n$/, '8}\n'))
  await writeFile(path('d'), calls.slice(1))
  await link(path('c'), path('e'))
  const { totals, notes } = await analyze(path('*'))
  assert.equal(totals.calls, 36_000 - 1)
  assert.deepEqual(notes, [
    `${path('a')} and ${path('b')} are the same to the last byte, and both are counted.`,
  ])
})
