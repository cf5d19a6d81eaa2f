// What tests need besides npm packages: on Debian, as root, `npm test` installs it once, before any test runs. Elsewhere
// the tests that need it are left out, by name and with the reason.
import { spawn, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { delimiter } from 'node:path'

const PACKAGES = {
  'ceph-mon': ['ceph-mon', 'monmaptool', 'ceph'],
  'ceph-osd': ['ceph-osd'],
  chromium: ['chromium'],
  'cmark-gfm': ['cmark-gfm'],
  curl: ['curl'],
  'python3-minimal': ['python3'],
  radosgw: ['radosgw', 'radosgw-admin'],
  strace: ['strace'],
}

/** Starts installing what is missing, beside what this process does meanwhile; the promise is kept also where it fails. */
export function installDebianPackages() {
  const missing = Object.keys(PACKAGES).filter((name) => !PACKAGES[name].every(isOnPath))
  if (missing.length === 0 || !canInstall()) return Promise.resolve()
  process.stderr.write(`Installing what tests need (apt-get install ${missing.join(' ')}) …\n`)
  const script =
    'apt-get update -qq; exec apt-get install -y -qq --no-install-recommends "$@" >/dev/null'
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  const options = { env, stdio: ['ignore', 2, 2] }
  const child = spawn('sh', ['-c', script, 'sh', ...missing], options)
  return new Promise((resolve) => child.on('close', resolve).on('error', resolve))
}

function isOnPath(program) {
  const folders = (process.env.PATH ?? '').split(delimiter)
  return folders.some((folder) => existsSync(`${folder}/${program}`))
}

function canInstall() {
  if (process.platform !== 'linux' || process.getuid() !== 0) return false
  return spawnSync('apt-get', ['--version'], { stdio: 'ignore' }).status === 0
}
