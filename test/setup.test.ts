import assert from 'node:assert/strict'
import { type SpawnSyncReturns, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { pathToFileURL } from 'node:url'
import { ROOT } from './repository.ts'

const SETUP = pathToFileURL(`${ROOT}scripts/setup.mjs`).href
const folder = mkdtempSync(join(tmpdir(), 'recount-setup-'))

before(() => {
  mkdirSync(join(folder, 'inner'))
  writeFileSync(join(folder, 'inner/package.json'), '{"name":"inner","version":"1.0.0"}')
  const manifest = { name: 'outer', version: '1.0.0', dependencies: { inner: 'file:./inner' } }
  writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest))
  const npm = ['install', '--package-lock-only', '--offline', '--no-audit', '--silent']
  assert.equal(spawnSync('npm', npm, { cwd: folder }).status, 0)
})
after(() => rmSync(folder, { recursive: true, force: true }))

test('what is not installed is installed, and only once', () => {
  const first = installPackages()
  assert.deepEqual([first.status, installed(first)], [0, true])
  assert.ok(statSync(join(folder, 'node_modules/inner/package.json')).isFile())
  assert.equal(installed(installPackages()), false)
})

test('a newer lockfile is installed', () => {
  installPackages()
  const later = new Date(Date.now() + 60_000)
  utimesSync(join(folder, 'package-lock.json'), later, later)
  assert.equal(installed(installPackages()), true)
})

test('an installation that was interrupted is done again', () => {
  installPackages()
  rmSync(join(folder, 'node_modules/.package-lock.json'))
  assert.equal(installed(installPackages()), true)
})

test('an installation that fails ends with 3 and says why', () => {
  const { status, stderr } = runModule(
    `import { installPackages } from '${SETUP}'; installPackages('${join(folder, 'inner')}')`,
  )
  assert.equal(status, 3)
  assert.match(stderr, /Cannot go on: npm ci failed/)
})

test('a Node that is too old is told which one is needed, with 3', () => {
  const { status, stderr } = runModule(
    `Object.defineProperty(process.versions, 'node', { value: '20.18.3' })
    const { installPackages } = await import('${SETUP}')
    installPackages()`,
  )
  assert.equal(status, 3)
  assert.match(stderr, /Recount needs Node >=20\.19, this is 20\.18\.3/)
})

function installPackages(): SpawnSyncReturns<string> {
  return runModule(`import { installPackages } from '${SETUP}'; installPackages('${folder}')`)
}

function installed({ stderr }: SpawnSyncReturns<string>): boolean {
  return stderr.includes('Installing packages')
}

function runModule(program: string): SpawnSyncReturns<string> {
  const node = ['--input-type=module', '--eval', program]
  return spawnSync(process.execPath, node, { cwd: folder, encoding: 'utf8' })
}
