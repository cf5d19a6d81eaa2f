import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

const CONFIG = `
[req]
distinguished_name = dn
prompt = no
[dn]
CN = test
[ca]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign
[tsa]
basicConstraints = CA:FALSE
extendedKeyUsage = critical,timeStamping
[other]
basicConstraints = CA:FALSE
extendedKeyUsage = critical,codeSigning
[authority]
serial = serial
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
ess_cert_id_alg = sha256
`

/** A certificate authority and a time-stamp authority below it, both openssl's, in a folder. */
export function makeAuthority(folder: string): void {
  writeFileSync(join(folder, 'openssl.cnf'), CONFIG)
  writeFileSync(join(folder, 'serial'), '01\n')
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']
  const common = ['req', ...key, '-config', 'openssl.cnf']
  openssl(folder, [
    ...common,
    '-x509',
    '-subj',
    '/CN=Test CA',
    '-days',
    '3650',
    '-extensions',
    'ca',
    '-keyout',
    'ca.key',
    '-out',
    'ca.pem',
  ])
  openssl(folder, [...common, '-subj', '/CN=Test TSA', '-keyout', 'tsa.key', '-out', 'tsa.csr'])
  // One key with two certificates: for time stamps, and for something else.
  for (const [name, extensions] of [
    ['tsa.pem', 'tsa'],
    ['code.pem', 'other'],
  ] as const) {
    const issuer = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-days', '3650']
    const form = ['-extfile', 'openssl.cnf', '-extensions', extensions, '-out', name]
    openssl(folder, ['x509', '-req', '-in', 'tsa.csr', ...issuer, ...form])
  }
}

/** The authority's answer to a request. */
export function answerRequest(folder: string, request: string, answer: string): void {
  openssl(folder, [
    'ts',
    '-reply',
    '-queryfile',
    request,
    '-config',
    'openssl.cnf',
    '-section',
    'authority',
    '-signer',
    'tsa.pem',
    '-inkey',
    'tsa.key',
    '-chain',
    'ca.pem',
    '-out',
    answer,
  ])
}

/** Runs openssl; throws with what it said when it fails. */
export function openssl(cwd: string, args: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync('openssl', args, { cwd, encoding: 'utf8' })
  if (status !== 0) throw new Error(`openssl ${args[0]}: ${stderr}`)
  return stdout
}
