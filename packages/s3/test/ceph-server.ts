import { execFileSync, spawnSync } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { S3Client, type S3ClientConfig } from '@aws-sdk/client-s3'

const SCRIPTS = fileURLToPath(new URL('../../test/ceph/', import.meta.url))
const PACKAGES = ['ceph-mon', 'ceph-osd', 'radosgw', 'curl', 'python3-minimal']
const PROGRAMS = ['ceph-mon', 'ceph-osd', 'radosgw', 'radosgw-admin', 'monmaptool', 'ceph', 'curl']

/** A real S3 server: Ceph's RADOS Gateway on loopback. */
export interface CephServer {
  readonly client: S3Client
  readonly other: (more: S3ClientConfig) => S3Client
  readonly stop: () => void
}

/** Whether Ceph is there, and may be started. */
function canServe(): boolean {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return false
  return PROGRAMS.every((name) => spawnSync('sh', ['-c', `command -v ${name}`]).status === 0)
}

/** Options of a test that needs the real server: where it cannot be had the test is left out, by name and with the reason. */
export const needsCeph: { readonly skip: string | false } = {
  skip: canServe() ? false : `needs root and Ceph (Debian: apt-get install ${PACKAGES.join(' ')})`,
}

/** Starts the server that Debian has in a folder of its own. */
export function startCeph(): CephServer {
  const dir = join(mkdtempSync(join(tmpdir(), 'recount-ceph-')), 'ceph')
  const [port = '', mon2 = '', mon1 = ''] = freePorts()
  const said = runScript('rgw-up.sh', [dir, port], { MON2: mon2, MON1: mon1 })
  return serverOf(said, () => {
    spawnSync('bash', [join(SCRIPTS, 'rgw-down.sh'), dir])
    rmSync(join(dir, '..'), { recursive: true, force: true })
  })
}

/** A newer Ceph, in a root of its own made from Debian's unstable packages: some minutes and 600 MB. Where it cannot be made, why not. */
export function buildNewCeph(): { readonly root: string; readonly skip: string | false } {
  const root = join(mkdtempSync(join(tmpdir(), 'recount-ceph-')), 'root')
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return { root, skip: 'needs root' }
  try {
    runScript('make-ceph20-root.sh', [root])
    return { root, skip: false }
  } catch {
    return { root, skip: 'needs mmdebstrap and packages of Debian unstable' }
  }
}

/** Starts the server in its root. */
export function startNewCeph(root: string): CephServer {
  const said = runScript('rgw-chroot-up.sh', [root, ...freePorts()])
  return serverOf(said, () => {
    spawnSync('bash', [join(SCRIPTS, 'rgw-down.sh'), join(root, 'srv/rgw')])
    const mounts = ['proc', 'dev'].map((name) => spawnSync('umount', [join(root, name)]).status)
    // Never into a mount: the system's own devices are behind it.
    if (mounts.every((status) => status === 0))
      spawnSync('rm', ['-rf', '--one-file-system', join(root, '..')])
  })
}

function freePorts(): string[] {
  return [0, 1, 2].map((n) => String(20_000 + n * 10_000 + randomInt(9_000)))
}

function runScript(
  name: string,
  args: readonly string[],
  more: Record<string, string> = {},
): string {
  return execFileSync('bash', [join(SCRIPTS, name), ...args], {
    env: { ...process.env, ...more },
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  })
}

function serverOf(said: string, stop: () => void): CephServer {
  const [, endpoint = '', accessKeyId = '', secretAccessKey = ''] =
    /AWS_ENDPOINT_URL=(\S+) AWS_ACCESS_KEY_ID=(\S+) AWS_SECRET_ACCESS_KEY=(\S+)/.exec(said) ?? []
  const other = (more: S3ClientConfig = {}): S3Client =>
    new S3Client({
      endpoint,
      region: 'us-east-1',
      forcePathStyle: true,
      credentials: { accessKeyId, secretAccessKey },
      maxAttempts: 1,
      requestChecksumCalculation: 'WHEN_REQUIRED',
      responseChecksumValidation: 'WHEN_REQUIRED',
      ...more,
    })
  return { client: other(), other, stop }
}
