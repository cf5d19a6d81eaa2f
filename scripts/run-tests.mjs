// Runs the compiled tests of the workspace in the current folder, and leaves their totals for scripts/test.mjs to add up.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'

const MINUTE = 60_000
const long = process.env.RECOUNT_LONG === '1'
const suffix = long ? '.long.ts' : '.test.ts'
const [sources, compiled] = existsSync('test') ? ['test', 'dist/test'] : ['.', 'dist']
// From the sources: what a rename or turbo's cache left behind in dist is not a test any more.
const files = readdirSync(sources)
  .filter((file) => file.endsWith(suffix))
  .map((file) => `${compiled}/${file.slice(0, -3)}.js`)

mkdirSync('.turbo', { recursive: true })
rmSync('.turbo/totals.tap', { force: true })
if (files.length > 0) process.exit(run())
if (!long) {
  process.stderr.write(`There is no test: expected files ${sources}/*${suffix}\n`)
  process.exit(1)
}
// Most workspaces have no long tests: that is a total of nothing, not a missing total.
const zeros = ['tests', 'suites', 'pass', 'fail', 'cancelled', 'skipped', 'todo', 'duration_ms']
writeFileSync('.turbo/totals.tap', zeros.map((name) => `# ${name} 0\n`).join(''))

function run() {
  // The timeout holds for a file: whatever hangs must not hang whoever waits for the totals.
  const { status } = spawnSync(
    process.execPath,
    [
      '--enable-source-maps',
      '--test',
      '--test-concurrency=2',
      `--test-timeout=${long ? 60 * MINUTE : 10 * MINUTE}`,
      '--test-reporter=spec',
      '--test-reporter-destination=stdout',
      '--test-reporter=tap',
      '--test-reporter-destination=.turbo/totals.tap',
      ...files,
    ],
    { stdio: 'inherit' },
  )
  return status ?? 1
}
