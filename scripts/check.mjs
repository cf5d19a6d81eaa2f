// `npm run check`, the gate before a release: lint, every test with its coverage, and what would be published.
// Outside turbo, which keeps NODE_V8_COVERAGE from its tasks.
import { spawnSync } from 'node:child_process'
import { rmSync } from 'node:fs'
import { root, setUp, workspaces } from './setup.mjs'
import { addTotals, forgetTotals } from './totals.mjs'

setUp()
const folders = workspaces()
const lint = node(['scripts/lint.mjs'])
const tests = runTests()
const coverage = node(['node_modules/c8/bin/c8.js', 'report'])
const published = folders
  .filter((folder) => folder.startsWith('packages/'))
  .map((folder) => ({ name: `pack:check ${folder}`, passed: packCheck(folder) }))

const results = [
  { name: 'lint', passed: lint },
  { name: 'tests', passed: tests },
  { name: 'coverage', passed: coverage },
  ...published,
]
process.stdout.write('\n')
for (const { name, passed } of results) {
  process.stdout.write(`${passed ? 'passed' : 'FAILED'}  ${name}\n`)
}
process.exitCode = results.every(({ passed }) => passed) ? 0 : 1

function runTests() {
  const raw = `${root}/coverage/raw`
  rmSync(raw, { recursive: true, force: true })
  forgetTotals(folders)
  for (const folder of folders) {
    const runner = [`${root}/scripts/run-tests.mjs`]
    node(runner, { cwd: `${root}/${folder}`, env: { ...process.env, NODE_V8_COVERAGE: raw } })
  }
  const { sum, missing } = addTotals(folders)
  process.stdout.write(`\n${sum.pass} passed, ${sum.fail} failed\n`)
  for (const folder of missing) process.stdout.write(`${folder}: no totals\n`)
  return sum.fail === 0
}

/** publint and attw say much about what is well: their words only when something is not. */
function packCheck(folder) {
  const options = { cwd: `${root}/${folder}`, encoding: 'utf8' }
  const { status, stdout, stderr } = spawnSync('npm', ['run', 'pack:check', '--silent'], options)
  if (status !== 0) process.stdout.write(`${stdout}${stderr}`)
  return status === 0
}

function node(args, options = {}) {
  const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit', ...options })
  return status === 0
}
