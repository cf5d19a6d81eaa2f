import assert from 'node:assert/strict'
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { ephemeralKey, keyedDigest, loadKeyFile } from '../src/index.ts'

const folder = mkdtempSync(join(tmpdir(), 'recount-key-'))
after(() => rmSync(folder, { recursive: true }))

test('the first use makes a key that only its owner may read, and nothing else', () => {
  const place = join(folder, 'first')
  mkdirSync(place)
  const path = join(place, 'recount.key')
  const key = loadKeyFile(path)
  assert.equal(statSync(path).mode & 0o777, 0o600)
  assert.match(readFileSync(path, 'utf8'), /^[0-9a-f]{64}\n$/)
  assert.deepEqual(readdirSync(place), ['recount.key'])
  assert.deepEqual(loadKeyFile(path), key)
  assert.match(key.id, /^[0-9a-f]{8}$/)
})

test('processes that start together agree on one key', async () => {
  for (let round = 0; round < 3; round++) {
    const path = join(folder, `together-${round}.key`)
    const go = join(folder, `go-${round}`)
    const children = [1, 2, 3].map(() => child(path, go))
    await Promise.all(children.map(({ ready }) => ready))
    writeFileSync(go, '')
    const ids = await Promise.all(children.map(({ id }) => id))
    assert.deepEqual(new Set(ids), new Set([loadKeyFile(path).id]))
  }
})

function child(path: string, go: string): { ready: Promise<unknown>; id: Promise<string> } {
  const program = fileURLToPath(import.meta.resolve('./fixtures/load-key.js'))
  const running: ChildProcess = spawn(process.execPath, [program, path, go])
  let said = ''
  running.stdout?.on('data', (bytes: Buffer) => {
    said += bytes.toString()
  })
  const ready = once(running.stdout as NodeJS.ReadableStream, 'data')
  return { ready, id: once(running, 'close').then(() => said.split('\n')[1] ?? '') }
}

for (const [name, text] of [
  ['empty', ''],
  ['cut', 'ab'.repeat(20)],
  ['not hex', 'x'.repeat(64)],
  ['two keys', 'a'.repeat(128)],
] as const) {
  test(`a key file that is ${name} is an error, stays as it is, and its text is not told`, () => {
    const path = join(folder, `${name}.key`)
    writeFileSync(path, text)
    assert.throws(
      () => loadKeyFile(path),
      (error: Error & { code?: string }) =>
        error.code === 'REDACT_KEY_INVALID' &&
        error.message.includes(path) &&
        (text === '' || !error.message.includes(text)),
    )
    assert.equal(readFileSync(path, 'utf8'), text)
  })
}

for (const kind of ['folder', 'pipe', 'device', 'large']) {
  test(`what cannot be a key file is refused at once: ${kind}`, () => {
    const path = impostor(kind)
    const program = fileURLToPath(import.meta.resolve('./fixtures/load-key.js'))
    // A process of its own, because what would hang cannot be ended from inside.
    const { stderr, signal } = spawnSync(process.execPath, [program, path, folder], {
      encoding: 'utf8',
      timeout: 10_000,
      killSignal: 'SIGKILL',
    })
    assert.equal(signal, null, 'it came to an end')
    assert.match(stderr, /REDACT_KEY_INVALID/)
    assert.ok(stderr.includes(path))
  })
}

function impostor(kind: string): string {
  const path = join(folder, kind)
  if (kind === 'device') return '/dev/full'
  if (kind === 'folder') mkdirSync(path)
  if (kind === 'pipe') execFileSync('mkfifo', [path])
  if (kind === 'large') writeFileSync(path, `${'a'.repeat(64)}${' '.repeat(5000)}`)
  return path
}

test('a key file that cannot be read or made is the error of the system', () => {
  assert.throws(() => loadKeyFile(join(folder, 'no', 'folder', 'recount.key')), { code: 'ENOENT' })
})

test('a digest is the same for the same text and key, and tells nothing without the key', () => {
  const key = { id: '00000000', bytes: Buffer.alloc(32, 7) }
  const digest = keyedDigest(key, 'Ada')
  assert.equal(digest, keyedDigest({ ...key }, 'Ada'))
  assert.match(digest, /^hmac-sha256:00000000:[0-9a-f]{32}$/)
  assert.notEqual(digest, keyedDigest(key, 'Ada '))
  assert.notEqual(digest.slice(-32), keyedDigest(ephemeralKey(), 'Ada').slice(-32))
  assert.notDeepEqual(ephemeralKey(), ephemeralKey())
})

test('a digest is HMAC-SHA256 of the UTF-8 text, its first 128 bits', () => {
  // RFC 4231, test case 2.
  const key = { id: 'rfc04231', bytes: Buffer.from('Jefe') }
  const expected = 'hmac-sha256:rfc04231:5bdcc146bf60754e6a042426089575c7'
  assert.equal(keyedDigest(key, 'what do ya want for nothing?'), expected)
})
