// Makes a clone ready to run: installs what the lockfile asks for, then builds what changed. Every verb of package.json
// starts here, so nobody has to remember an order. Plain Node, because nothing is installed yet.
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { fileURLToPath, pathToFileURL } from 'node:url'

/** The repository's root, without a slash at the end. */
export const root = fileURLToPath(new URL('..', import.meta.url)).replace(/[\\/]$/, '')

/** What turbo is told besides its arguments: it sends nothing home and looks for no update. */
export const turboEnvironment = {
  ...process.env,
  TURBO_TELEMETRY_DISABLED: '1',
  TURBO_NO_UPDATE_NOTIFIER: '1',
}

/** Installs the packages if the lockfile is newer than what is installed; ends the process with 3 when that fails. */
export function installPackages(folder = root) {
  refuseOldNode()
  if (isInstalled(folder)) return
  say('Installing packages (npm ci) …')
  // `--include=dev`: with NODE_ENV=production npm would leave out the compiler.
  const npm = ['ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error']
  const options = { cwd: folder, stdio: ['ignore', 2, 2], shell: process.platform === 'win32' }
  const { status, error } = spawnSync('npm', npm, options)
  if (status !== 0) giveUp(`npm ci failed${error ? `: ${error.message}` : ', see above'}`)
}

/** Installs, and builds one package with what it needs, or all; ends the process with 3 when that fails. */
export function setUp({ only } = {}) {
  installPackages()
  say('Building what changed …')
  const filter = only ? [`--filter=${only}...`] : []
  const { status, stdout } = spawnSync(
    process.execPath,
    [turbo(), 'run', 'build', '--output-logs=errors-only', '--log-prefix=none', ...filter],
    { cwd: root, env: turboEnvironment, encoding: 'utf8', stdio: ['ignore', 'pipe', 2] },
  )
  if (status === 0) return
  process.stderr.write(stdout ?? '')
  giveUp('the build failed, see above')
}

/** The script that starts turbo. */
export function turbo() {
  return `${root}/node_modules/turbo/bin/turbo`
}

/** The folders of all workspaces, relative to the root: each package, then the stories across them. */
export function workspaces() {
  const packages = readdirSync(`${root}/packages`).map((name) => `packages/${name}`)
  return [...packages, 'test'].filter((folder) => existsSync(`${root}/${folder}/package.json`))
}

function refuseOldNode() {
  const { engines } = JSON.parse(readFileSync(`${root}/package.json`, 'utf8'))
  const [major, minor] = engines.node.match(/\d+/g).map(Number)
  const [ownMajor, ownMinor] = process.versions.node.split('.').map(Number)
  if (ownMajor > major || (ownMajor === major && ownMinor >= minor)) return
  giveUp(
    `Recount needs Node ${engines.node}, this is ${process.versions.node}. Install a newer one: https://nodejs.org`,
  )
}

/** npm writes its hidden lockfile last, so an interrupted installation has none. */
function isInstalled(folder) {
  const installed = `${folder}/node_modules/.package-lock.json`
  if (!existsSync(installed)) return false
  return statSync(`${folder}/package-lock.json`).mtimeMs <= statSync(installed).mtimeMs
}

function say(text) {
  process.stderr.write(`${text}\n`)
}

function giveUp(reason) {
  say(`Cannot go on: ${reason}`)
  process.exit(3)
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) setUp()
