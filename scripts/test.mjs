// `npm test` and, with --long, `npm run test:long`: sets up, runs the tests of every workspace, and ends with the totals
// over all of them as node:test prints them for one.
import { spawnSync } from 'node:child_process'
import { installDebianPackages } from './debian.mjs'
import { installPackages, root, turbo, turboEnvironment, workspaces } from './setup.mjs'
import { addTotals, forgetTotals } from './totals.mjs'

const started = performance.now()
const installed = installDebianPackages()
installPackages()
// Meanwhile: a build that fails is told by the run below, which goes on with what can be built.
runTurbo('build', '--output-logs=none', '--continue=dependencies-successful')
await installed
const folders = workspaces()
forgetTotals(folders)
const options = ['--log-order=grouped', '--concurrency=2', '--continue=dependencies-successful']
const { status } = runTurbo('test', '--log-prefix=none', ...options)

const { sum, missing } = addTotals(folders)
for (const folder of missing) {
  process.stdout.write(`${folder}: no totals, so it was not built or its tests did not end\n`)
}
if (status !== 0 && sum.fail === 0) {
  process.stdout.write('turbo ended with an error though no test failed, see above\n')
  sum.fail = 1
}
process.stdout.write('\n')
const duration = Math.round(performance.now() - started)
for (const [name, count] of Object.entries({ ...sum, duration_ms: duration })) {
  process.stdout.write(`# ${name} ${count}\n`)
}
process.exitCode = sum.fail === 0 ? 0 : 1

function runTurbo(task, ...options) {
  const { RECOUNT_LONG, ...env } = turboEnvironment
  if (process.argv.includes('--long')) env.RECOUNT_LONG = '1'
  return spawnSync(process.execPath, [turbo(), 'run', task, ...options], {
    cwd: root,
    env,
    stdio: 'inherit',
  })
}
