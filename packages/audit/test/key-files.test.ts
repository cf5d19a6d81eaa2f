import assert from 'node:assert/strict'
import { createPublicKey } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { verifyAudit } from '../src/index.ts'
import { parseSigningKey } from '../src/signer.ts'
import { LogBuilder, testSigningKey } from './log-builder.ts'
import { folder } from './log-setup.ts'
import { ALL_HOLD, NONE_READS, statuses } from './statuses.ts'
import { richLog } from './tamper-log.ts'
import { python, shell } from './verifier-scripts.ts'

// Files of keys to verify with, as people keep them: all three verifiers take the same from them.

/** A file of keys as people keep it. */
const KEY_FILES: Readonly<Record<string, (vkey: string) => string>> = {
  'does not end with a line': (vkey) => vkey,
  'has a byte order mark': (vkey) => `\ufeff${vkey}\n`,
  'has lines as on Windows': (vkey) => `# our log\r\n${vkey}\r\n`,
  'has comments, empty lines and spaces': (vkey) => `# our log\n\n  ${vkey} \n\n#\n`,
  'has a last line without an end after another': (vkey) =>
    `${new LogBuilder(folderOf(), undefined, 7).vkey}\n${vkey}`,
  'is PEM': pem,
}

let place: string
const folderOf = (): string => join(place, 'another')

function pem(vkey: string): string {
  const raw = Buffer.from(vkey.split('+').slice(2).join('+'), 'base64').subarray(1)
  const der = Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), raw])
  return String(
    createPublicKey({ key: der, format: 'der', type: 'spki' }).export({
      format: 'pem',
      type: 'spki',
    }),
  )
}

for (const [what, text] of Object.entries(KEY_FILES))
  test(`all three verifiers take the same keys from a file that ${what}`, async (t) => {
    place = folder(t)
    const log = await richLog(join(place, 'log'))
    const key = join(place, 'key')
    writeFileSync(key, text(log.vkey))
    assert.deepEqual(await statuses(log.dir, key), ALL_HOLD)
    const { output } = await shell([log.dir, key])
    assert.match(output, /^checkpoint: signed by a key in /m)
  })

test('a file without a public key is no key', async (t) => {
  for (const text of ['', '# a word\n', 'x+00000000+AAAA\n', '-----BEGIN PUBLIC KEY-----\nx\n']) {
    const { log, key } = await logAndKey(t, text)
    assert.deepEqual(await statuses(log.dir, key, text === ''), NONE_READS, text)
  }
})

test('a private key is refused as the key to verify with, and told to be one', async (t) => {
  const line = testSigningKey('acme.example/audit/test')
  assert.equal(parseSigningKey(line).key.name, 'acme.example/audit/test')
  const begin = `-----BEGIN ${'PRIVATE'} KEY-----`
  for (const text of [`${line}\n`, `# the key\n${line}`, `${begin}\nx\n`]) {
    const { log, key } = await logAndKey(t, text)
    assert.deepEqual(await statuses(log.dir, key, text.includes('#')), NONE_READS)
    const { output } = await python([log.dir, '--key', key])
    assert.match(output, /has a private key, which must stay with the log's writer/)
    assert.doesNotMatch(output, /Traceback/)
    await assert.rejects(verifyAudit({ dir: log.dir, publicKey: text }), /got a private one/)
  }
})

async function logAndKey(t: TestContext, text: string): Promise<{ log: LogBuilder; key: string }> {
  const dir = folder(t)
  const log = await richLog(join(dir, 'log'))
  const key = join(dir, 'key')
  writeFileSync(key, text)
  return { log, key }
}
