import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { test } from 'node:test'
import { pathToFileURL } from 'node:url'
import { ROOT } from './repository.ts'

interface Totals {
  readonly sum: { tests: number; pass: number; fail: number; skipped: number; todo: number }
  readonly missing: readonly string[]
}

const { addTotals } = (await import(pathToFileURL(`${ROOT}scripts/totals.mjs`).href)) as {
  addTotals(folders: readonly string[]): Totals
}

const head = "import { test } from 'node:test'\n"

test('the totals of a workspace are those of its tests', () => {
  const { status, totals } = runTests({
    one: `${head}test('a', () => {}); test('b', () => {})`,
    two: `${head}test('c', (t) => t.skip()); test('d', (t) => t.todo())`,
  })
  assert.equal(status, 0)
  assert.deepEqual(totals.sum, { tests: 4, pass: 2, fail: 0, skipped: 1, todo: 1 })
})

test('a test that throws is a failure', () => {
  const { status, totals } = runTests({ one: `${head}test('a', () => { throw new Error('no') })` })
  assert.notEqual(status, 0)
  assert.equal(totals.sum.fail, 1)
})

test('a test file that dies is a failure', () => {
  const { status, totals } = runTests({ one: `${head}process.kill(process.pid, 'SIGKILL')` })
  assert.notEqual(status, 0)
  assert.equal(totals.sum.fail, 1)
})

test('a test that never ends is a failure', () => {
  const { status, totals } = runTests({ one: `${head}test('a', () => new Promise(() => {}))` })
  assert.notEqual(status, 0)
  assert.equal(totals.sum.fail, 1)
})

test('a test cannot print totals', () => {
  const printed = '# tests 9\\n# suites 0\\n# pass 9\\n# fail 0'
  const { totals } = runTests({ one: `${head}test('a', () => console.log('${printed}'))` })
  assert.deepEqual(totals.sum, { tests: 1, pass: 1, fail: 0, skipped: 0, todo: 0 })
})

test('totals that stop in the middle count as a failure, and the workspace is named', () => {
  withFolder((folder) => {
    write(folder, '.turbo/totals.tap', 'TAP version 13\n# tests 3\n# suites 0\n# pass 3\n')
    const { sum, missing } = addTotals([relative(ROOT, folder)])
    assert.deepEqual(sum, { tests: 1, pass: 0, fail: 1, skipped: 0, todo: 0 })
    assert.deepEqual(missing, [relative(ROOT, folder)])
  })
})

test('a workspace without totals counts as a failure, and is named', () => {
  const { sum, missing } = addTotals(['packages/not-there'])
  assert.deepEqual(sum, { tests: 1, pass: 0, fail: 1, skipped: 0, todo: 0 })
  assert.deepEqual(missing, ['packages/not-there'])
})

test('a workspace without a test fails, unless long tests were asked for', () => {
  assert.notEqual(runTests({}).status, 0)
  const long = runTests({}, { RECOUNT_LONG: '1' })
  assert.equal(long.status, 0)
  assert.deepEqual(long.totals, {
    sum: { tests: 0, pass: 0, fail: 0, skipped: 0, todo: 0 },
    missing: [],
  })
})

test('what an earlier build left in dist is not run', () => {
  withFolder((folder) => {
    write(folder, 'test/kept.test.ts', '')
    write(folder, 'dist/test/kept.test.js', `${head}test('kept', () => {})`)
    write(folder, 'dist/test/renamed.test.js', `${head}test('ghost', () => {})`)
    assert.equal(runIn(folder, {}), 0)
    assert.equal(addTotals([relative(ROOT, folder)]).sum.tests, 1)
  })
})

/** Runs programs as the tests of a workspace of their own. */
function runTests(
  programs: { [name: string]: string },
  env: { [name: string]: string } = {},
): { status: number | null; totals: Totals } {
  return withFolder((folder) => {
    mkdirSync(join(folder, 'test'))
    for (const [name, program] of Object.entries(programs)) {
      write(folder, `test/${name}.test.ts`, '')
      write(folder, `dist/test/${name}.test.js`, program)
    }
    const status = runIn(folder, env)
    return { status, totals: addTotals([relative(ROOT, folder)]) }
  })
}

function runIn(folder: string, env: { [name: string]: string }): number | null {
  const options = {
    cwd: folder,
    env: { PATH: process.env.PATH, ...env },
    stdio: 'ignore',
  } as const
  return spawnSync(process.execPath, [`${ROOT}scripts/run-tests.mjs`], options).status
}

function withFolder<T>(use: (folder: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), 'recount-totals-'))
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}\n')
  try {
    return use(folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function write(folder: string, path: string, text: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true })
  writeFileSync(join(folder, path), text)
}
