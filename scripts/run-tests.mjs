// Runs the compiled tests of the package in the current folder, and leaves their totals for scripts/test.mjs to add up.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs'

const long = process.env.RECOUNT_LONG === '1'
const folder = existsSync('dist/test') ? 'dist/test' : 'dist'
const suffix = long ? '.long.js' : '.test.js'
const files = readdirSync(folder)
  .filter((file) => file.endsWith(suffix))
  .map((file) => `${folder}/${file}`)

rmSync('.turbo/totals.tap', { force: true })
mkdirSync('.turbo', { recursive: true })
if (files.length === 0) process.exit(0)
const { status } = spawnSync(
  process.execPath,
  [
    '--enable-source-maps',
    '--test',
    '--test-concurrency=2',
    '--test-reporter=spec',
    '--test-reporter-destination=stdout',
    '--test-reporter=tap',
    '--test-reporter-destination=.turbo/totals.tap',
    ...files,
  ],
  { stdio: 'inherit' },
)
process.exit(status ?? 1)
