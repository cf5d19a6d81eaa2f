// `npm run lint`: format and rules (Biome), who imports whom (turbo boundaries), what nobody uses (knip). All three run,
// so that one run names everything.
import { spawnSync } from 'node:child_process'
import { installPackages, root, turbo, turboEnvironment } from './setup.mjs'

installPackages()
const bin = `${root}/node_modules`
const checks = {
  biome: [`${bin}/@biomejs/biome/bin/biome`, 'check', '--error-on-warnings', '.'],
  'turbo boundaries': [turbo(), 'boundaries', '--no-color'],
  knip: [`${bin}/knip/bin/knip.js`, '--no-config-hints'],
}
const failed = Object.entries(checks).filter(([name, args]) => {
  process.stdout.write(`\n${name}\n`)
  const options = { cwd: root, env: turboEnvironment, stdio: 'inherit' }
  return spawnSync(process.execPath, args, options).status !== 0
})
process.stdout.write(
  `\n${failed.map(([name]) => `${name} failed\n`).join('') || 'lint is clean\n'}`,
)
process.exitCode = failed.length === 0 ? 0 : 1
