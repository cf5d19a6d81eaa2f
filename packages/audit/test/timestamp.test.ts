import assert from 'node:assert/strict'
import { createHash, X509Certificate } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { encodeInteger, encodeOid, oidText, readDer } from '../src/der.ts'
import { parseTimestamp, timestampRequest } from '../src/timestamp.ts'
import { verifyTimestamp } from '../src/timestamp-trust.ts'
import { answerRequest, makeAuthority, openssl } from './timestamp-authority.ts'

const folder = mkdtempSync(join(tmpdir(), 'recount-tsa-'))
after(() => rmSync(folder, { recursive: true, force: true }))
makeAuthority(folder)
const read = (name: string): Buffer => readFileSync(join(folder, name))
const note = 'acme.example/audit\n3\nroot\n'
const digest = createHash('sha256').update(note).digest()
const nonce = Buffer.from('f011223344556677', 'hex')
writeFileSync(join(folder, 'note'), note)
writeFileSync(join(folder, 'request.tsq'), timestampRequest(digest, nonce))
answerRequest(folder, 'request.tsq', 'answer.tsr')
const authority = new X509Certificate(read('ca.pem'))

test('openssl reads our request as a request for this hash, with certificates', () => {
  const text = openssl(folder, ['ts', '-query', '-in', 'request.tsq', '-text'])
  assert.match(text, /Hash Algorithm: sha256/)
  assert.match(text, /Nonce: 0xF011223344556677/)
  assert.match(text, /Certificate required: yes/)
})

test("openssl's answer to our request holds for openssl and for us", () => {
  const args = ['ts', '-verify', '-data', 'note', '-in', 'answer.tsr', '-CAfile', 'ca.pem']
  openssl(folder, args)
  const { trusted, time, serial, ...stamp } = verifyTimestamp(read('answer.tsr'), digest, [
    authority,
  ])
  assert.equal(trusted, true)
  assert.ok(Math.abs(time - Date.now()) < 24 * 3_600_000)
  assert.match(serial, /^0[0-9a-f]$/)
  assert.equal(stamp.authority, 'CN=Test TSA')
  // With the zero that keeps it positive.
  assert.equal(stamp.nonce, `00${nonce.toString('hex')}`)
})

test('the token alone is read as the answer is', () => {
  openssl(folder, ['ts', '-reply', '-in', 'answer.tsr', '-token_out', '-out', 'token.der'])
  assert.equal(verifyTimestamp(read('token.der'), digest, [authority]).trusted, true)
})

test('a time stamp of an authority that is not known holds, but is not trusted', () => {
  assert.equal(verifyTimestamp(read('answer.tsr'), digest).trusted, false)
})

test('a time stamp over something else is refused', () => {
  const other = createHash('sha256').update('other').digest()
  assert.throws(() => verifyTimestamp(read('answer.tsr'), other, [authority]), {
    code: 'AUDIT_TIMESTAMP_INVALID',
  })
})

test('no changed bit of an answer leaves a trusted time stamp over the same hash with another time', () => {
  const answer = read('answer.tsr')
  const { time } = verifyTimestamp(answer, digest, [authority])
  for (let at = 0; at < answer.length; at += 1)
    for (const bit of [1, 16, 128]) {
      const changed = Buffer.from(answer)
      changed[at] = (changed[at] ?? 0) ^ bit
      const found = verdict(changed)
      assert.ok(found === 'refused' || found === time, `byte ${at}`)
    }
})

test('a cut answer is refused at every length', () => {
  const answer = read('answer.tsr')
  for (let length = 0; length < answer.length; length += 1)
    assert.equal(verdict(answer.subarray(0, length)), 'refused', `length ${length}`)
})

test('an authority that only has the same name is not trusted', (t) => {
  const other = mkdtempSync(join(tmpdir(), 'recount-tsa-'))
  t.after(() => rmSync(other, { recursive: true, force: true }))
  makeAuthority(other)
  writeFileSync(join(other, 'request.tsq'), read('request.tsq'))
  answerRequest(other, 'request.tsq', 'answer.tsr')
  const stranger = readFileSync(join(other, 'answer.tsr'))
  assert.equal(verifyTimestamp(stranger, digest, [authority]).trusted, false)
})

test('what a certificate for other uses signed is no time stamp', () => {
  writeFileSync(join(folder, 'content.der'), parseTimestamp(read('answer.tsr')).content)
  const sign = (name: string): Buffer => {
    const files = ['-signer', `${name}.pem`, '-inkey', 'tsa.key', '-out', 'signed.der']
    const type = ['-econtent_type', '1.2.840.113549.1.9.16.1.4', '-cades', '-nodetach', '-binary']
    openssl(folder, ['cms', '-sign', '-in', 'content.der', '-outform', 'DER', ...type, ...files])
    return read('signed.der')
  }
  assert.equal(verifyTimestamp(sign('tsa'), digest, [authority]).trusted, true)
  assert.throws(() => verifyTimestamp(sign('code'), digest, [authority]), /for time stamps/)
})

test('object identifiers and numbers are written as they are read', () => {
  for (const oid of ['1.2.840.113549.1.7.2', '2.16.840.1.101.3.4.2.1', '2.5.29.37'])
    assert.equal(oidText(readDer(encodeOid(oid))), oid)
  assert.deepEqual(encodeInteger(Buffer.of(0, 0, 0x80)), Buffer.of(2, 2, 0, 0x80))
  assert.deepEqual(encodeInteger(Buffer.of(0, 0)), Buffer.of(2, 1, 0))
})

function verdict(answer: Buffer): number | 'refused' {
  try {
    const { trusted, time } = verifyTimestamp(answer, digest, [authority])
    return trusted ? time : 'refused'
  } catch (error) {
    assert.equal((error as { code?: string }).code, 'AUDIT_TIMESTAMP_INVALID')
    return 'refused'
  }
}
