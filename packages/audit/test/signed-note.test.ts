import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { checkpointText, parseCheckpoint, signCheckpoint } from '../src/checkpoint.ts'
import { EMPTY_ROOT } from '../src/merkle.ts'
import { parseNote, signatureLine, signNote, verifyNote } from '../src/signed-note.ts'
import { generateSigningKey, parseSigningKey, remoteSigner } from '../src/signer.ts'
import { parseVerifierKey, verifierKey } from '../src/verifier-key.ts'

// The example of C2SP signed-note, "Verifier keys".
const SPEC_KEY = 'example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k'
const SPEC_NOTE = [
  'This is an example message.',
  '',
  '— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=',
  '',
].join('\n')

test("the specification's note holds under its key, and not when one letter differs", () => {
  const key = parseVerifierKey(SPEC_KEY)
  assert.deepEqual([key.name, key.id, key.vkey], ['example.com/foo', '530d903a', SPEC_KEY])
  assert.deepEqual(counts(SPEC_NOTE, SPEC_KEY), { verified: 1, failed: 0 })
  assert.deepEqual(counts(SPEC_NOTE.replace('This', 'Thus'), SPEC_KEY), { verified: 0, failed: 1 })
})

test("openssl says the same of the specification's note", (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'recount-note-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  const { publicKey } = parseVerifierKey(SPEC_KEY)
  const { text, signatures } = parseNote(SPEC_NOTE)
  writeFileSync(join(folder, 'key.pem'), publicKey.export({ format: 'pem', type: 'spki' }))
  writeFileSync(join(folder, 'signature'), signatures[0]?.bytes ?? '')
  const verify = (signed: string): number | null => {
    writeFileSync(join(folder, 'text'), signed)
    const args = ['-verify', '-pubin', '-inkey', 'key.pem', '-rawin', '-in', 'text']
    return spawnSync('openssl', ['pkeyutl', ...args, '-sigfile', 'signature'], { cwd: folder })
      .status
  }
  assert.equal(verify(text), 0)
  assert.notEqual(verify(text.replace('This', 'Thus')), 0)
})

test('a generated key signs what its public key verifies, and nothing else does', async () => {
  const signer = parseSigningKey(generateSigningKey('acme.example/audit'))
  const other = parseSigningKey(generateSigningKey('acme.example/audit'))
  const note = await signNote('one\n\ntwo\n', [signer])
  assert.equal(parseNote(note).text, 'one\n\ntwo\n')
  assert.deepEqual(counts(note, signer.key.vkey), { verified: 1, failed: 0 })
  assert.deepEqual(counts(note, other.key.vkey), { verified: 0, failed: 0 })
})

test('a signature that is passed off as that of a known key rejects the note', async () => {
  const signer = parseSigningKey(generateSigningKey('acme.example/audit'))
  const forger = parseSigningKey(generateSigningKey('acme.example/audit'))
  const note = await signNote('one\n', [forger])
  const raw = Buffer.from(note.split(' ').at(-1) ?? '', 'base64')
  const passedOff = Buffer.concat([Buffer.from(signer.key.id, 'hex'), raw.subarray(4)])
  const forged = `one\n\n— acme.example/audit ${passedOff.toString('base64')}\n`
  assert.deepEqual(counts(forged, signer.key.vkey), { verified: 0, failed: 1 })
})

test('a note may carry signatures of keys that nobody knows', async () => {
  const [first, second] = [
    parseSigningKey(generateSigningKey('a')),
    parseSigningKey(generateSigningKey('b')),
  ]
  const note = await signNote('one\n', [first, second])
  assert.deepEqual(counts(note, second.key.vkey), { verified: 1, failed: 0 })
})

test('a witness signs with its time, which counts', async () => {
  const witness = parseSigningKey(generateSigningKey('witness.example/w1', 'cosignature'))
  const line = await signatureLine('log\n1\nroot\n', witness, 1_700_000_000)
  const note = parseNote(`log\n1\nroot\n\n${line}`)
  const { verified } = verifyNote(note, [witness.key])
  assert.deepEqual(
    verified.map(({ time }) => time),
    [1_700_000_000],
  )
  const bytes = Buffer.from(line.split(' ').at(-1) ?? '', 'base64')
  bytes.writeBigUInt64BE(1_700_000_001n, 4)
  const later = `log\n1\nroot\n\n— witness.example/w1 ${bytes.toString('base64')}\n`
  assert.deepEqual(counts(later, witness.key.vkey), { verified: 0, failed: 1 })
})

test("a witness's key signs no notes, and a note's key is no witness's: the ids differ", () => {
  const { publicKey } = parseVerifierKey(SPEC_KEY)
  const raw = publicKey.export({ format: 'der', type: 'spki' }).subarray(-32)
  assert.notEqual(verifierKey('a', raw, 'note').id, verifierKey('a', raw, 'cosignature').id)
})

test('a signer in front of a service signs as a key at hand does', async () => {
  const local = parseSigningKey(generateSigningKey('acme.example/audit'))
  const remote = remoteSigner(local.key.vkey, async (bytes) => local.sign(bytes))
  assert.deepEqual(counts(await signNote('one\n', [remote]), local.key.vkey), {
    verified: 1,
    failed: 0,
  })
  const broken = remoteSigner(local.key.vkey, () => Buffer.alloc(63))
  await assert.rejects(signNote('one\n', [broken]), { code: 'AUDIT_NOTE_INVALID' })
})

for (const [what, note] of Object.entries({
  'without signatures': 'text\n',
  'whose last line does not end': SPEC_NOTE.slice(0, -1),
  'without an empty line': SPEC_NOTE.replace('\n\n', '\n'),
  'with a control character': SPEC_NOTE.replace('This', 'Th\u0007s'),
  'with a carriage return': SPEC_NOTE.replace('message.', 'message.\r'),
  'with a name with a plus': SPEC_NOTE.replace('/foo U', '/f+o U'),
  'with base64 that has a second form': SPEC_NOTE.replace('aQM=', 'aQN='),
  'with base64 without padding': SPEC_NOTE.replace('aQM=', 'aQM'),
  'with text behind the signatures': `${SPEC_NOTE}text\n`,
  'with 65 signatures': `text\n\n${'— a AAAAAAA=\n'.repeat(65)}`,
  'of a megabyte': `${'x'.repeat(1_000_000)}\n\n— a AAAAAAA=\n`,
}))
  test(`a note ${what} is none`, () => {
    assert.throws(() => parseNote(note), { code: 'AUDIT_NOTE_INVALID' })
  })

test('a note that is not UTF-8 is none', () => {
  const bytes = Buffer.from(SPEC_NOTE)
  bytes[3] = 0xff
  assert.throws(() => parseNote(bytes), { code: 'AUDIT_NOTE_INVALID' })
})

test('a note with 16 signatures is read', () => {
  assert.equal(parseNote(`text\n\n${'— a AAAAAAA=\n'.repeat(16)}`).signatures.length, 16)
})

for (const [what, line] of Object.entries({
  'with another id': SPEC_KEY.replace('530d903a', '530d903b'),
  'of an unknown kind': SPEC_KEY.replace('+Aeky', '+Auky'),
  'that is cut': SPEC_KEY.slice(0, -4),
  'without a name': SPEC_KEY.replace('example.com/foo', ''),
  'with a space in its name': SPEC_KEY.replace('example.com', 'example com'),
  'that is empty': '',
}))
  test(`a public key ${what} is refused`, () => {
    assert.throws(() => parseVerifierKey(line), { code: 'AUDIT_KEY_INVALID' })
  })

test('what a wrong private key is refused with does not have the key', () => {
  const line = generateSigningKey('acme.example/audit')
  const secret = line.split('+').slice(4).join('+')
  for (const wrong of [line.slice(0, -4), line.replace(/\+[0-9a-f]{8}\+/, '+00000000+')]) {
    assert.throws(
      () => parseSigningKey(wrong),
      (error: Error & { code: string }) =>
        error.code === 'AUDIT_KEY_INVALID' && !error.message.includes(secret.slice(0, 20)),
    )
  }
})

test('a checkpoint is read as it was signed', async () => {
  const signer = parseSigningKey(generateSigningKey('acme.example/audit'))
  const checkpoint = { origin: 'acme.example/audit', size: 0, root: EMPTY_ROOT }
  const { origin, size, root } = parseCheckpoint(await signCheckpoint(checkpoint, [signer]))
  assert.deepEqual({ origin, size, root }, checkpoint)
})

for (const [what, text] of Object.entries({
  'with a leading zero': 'o\n01\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n',
  'with a sign': 'o\n+1\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n',
  'beyond what a number holds':
    'o\n9007199254740993\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n',
  'with a short root': 'o\n1\n47DEQpj8HBSa+w==\n',
  'without an origin': '\n1\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n',
  'of two lines': 'o\n1\n',
}))
  test(`a checkpoint ${what} is none`, async () => {
    const signer = parseSigningKey(generateSigningKey('o'))
    const note = await signNote(text, [signer])
    assert.throws(() => parseCheckpoint(note), { code: 'AUDIT_CHECKPOINT_INVALID' })
  })

test('a checkpoint is three lines', () => {
  const text = checkpointText({ origin: 'o', size: 7, root: EMPTY_ROOT })
  assert.equal(text, 'o\n7\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n')
})

function counts(note: string, vkey: string): { verified: number; failed: number } {
  const { verified, failed } = verifyNote(parseNote(note), [parseVerifierKey(vkey)])
  return { verified: verified.length, failed: failed.length }
}
