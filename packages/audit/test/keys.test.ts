import assert from 'node:assert/strict'
import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import {
  type AuditLog,
  openAudit,
  parseTlogProof,
  parseVerifierKey,
  proveEntry,
  verifyAudit,
  verifyTlogProof,
} from '../src/index.ts'
import { readKeyFile, readOrMakeKeyFile } from '../src/key-file.ts'
import { assertNoAlarm, readClosedLog } from './log-oracle.ts'
import { event, folder, ORIGIN, optionsIn } from './log-setup.ts'

async function appended(audit: AuditLog, n: number): Promise<void> {
  await audit.append(event(n))
}

test('after a rotation the new key signs, and who knows the old one only can follow', async (t) => {
  const path = folder(t)
  const options = optionsIn(path)
  const audit = await openAudit(options)
  const old = audit.publicKey
  await appended(audit, 1)
  const { size, note } = await audit.rotateKey({ key: join(path, 'new.key'), reason: 'yearly' })
  assert.equal(note.split('\n').filter((line) => line.startsWith('— ')).length, 2)
  await appended(audit, 2)
  const next = await audit.checkpoint()
  assert.equal(next.note.split('\n').filter((line) => line.startsWith('— ')).length, 1)
  assert.ok(next.size > size)
  await audit.close()
  await assert.rejects(openAudit(options), { code: 'AUDIT_KEY_INVALID' })
  const again = await openAudit({ ...options, key: join(path, 'new.key') })
  assert.notEqual(again.publicKey, old)
  await again.close()
  assert.equal((await verifyAudit({ dir: options.dir, publicKey: old })).result, 'unanchored')
  await assertNoAlarm(options.dir)
})

test('a crash between a rotation and the list of public keys is made good, and the old key signs no more', async (t) => {
  const path = folder(t)
  const options = optionsIn(path)
  const audit = await openAudit(options)
  await audit.append(event(1, { data: [{ part: 'input', text: 'x' }] }))
  const list = join(options.dir, 'public.vkey')
  const file = join(options.dir, 'log.json')
  const one = readFileSync(list)
  await audit.rotateKey({ key: join(path, 'new.key') })
  const kept = join(path, 'kept')
  cpSync(options.dir, kept, { recursive: true })
  await audit.close()
  const [both, saidAfter] = [readFileSync(list, 'utf8'), readFileSync(file, 'utf8')]
  const saidBefore = saidAfter.replace('new.key', 'audit.key')
  assert.notEqual(saidBefore, saidAfter)
  for (const isCached of [true, false]) {
    rmSync(options.dir, { recursive: true })
    cpSync(kept, options.dir, { recursive: true })
    // As the folder was when both had signed.
    writeFileSync(list, one)
    writeFileSync(file, saidBefore)
    if (!isCached) rmSync(join(options.dir, 'tree.json'))
    await assert.rejects(openAudit(options), { code: 'AUDIT_KEY_INVALID' })
    const again = await openAudit({ ...options, key: join(path, 'new.key') })
    await again.append(event(2, { data: [{ part: 'input', text: 'y' }] }))
    await again.close()
    assert.deepEqual([readFileSync(list, 'utf8'), readFileSync(file, 'utf8')], [both, saidAfter])
    await assertNoAlarm(options.dir)
  }
})

test('a rotation that both keys could not sign is signed by both before anything else is', async (t) => {
  const path = folder(t)
  const audit = await openAudit(optionsIn(path))
  const old = audit.publicKey
  const made = await readOrMakeKeyFile(join(path, 'new.key'), ORIGIN)
  let isUp = false
  const sign = async (bytes: Uint8Array): Promise<Uint8Array> => {
    if (!isUp) throw new Error('unreachable')
    return made.sign(bytes)
  }
  await assert.rejects(audit.rotateKey({ key: { key: made.key, sign } }), /unreachable/)
  const { size } = audit
  await appended(audit, 1)
  assert.equal(readFileSync(join(audit.dir, 'public.vkey'), 'utf8'), `${old}\n`)
  isUp = true
  await audit.checkpoint()
  await audit.close()
  const note = join(audit.dir, 'checkpoints', `${String(size).padStart(20, '0')}.note`)
  assert.equal(readFileSync(note, 'utf8').match(/^— /gm)?.length, 2)
  const { proof, entry } = await proveEntry(audit.dir, audit.size - 1)
  const first = parseVerifierKey(old)
  assert.equal(verifyTlogProof(parseTlogProof(proof), Buffer.from(entry), [first]), null)
  await assertNoAlarm(audit.dir)
})

test('rotations at once, among appends, come one after the other, each followed by nothing before both keys have signed', async (t) => {
  const path = folder(t)
  const audit = await openAudit(optionsIn(path))
  const old = audit.publicKey
  let isRotated = false
  const busy = Array.from({ length: 16 }, async (_, n) => {
    while (!isRotated) await appended(audit, n)
  })
  const names = Array.from({ length: 6 }, (_, n) => join(path, `${n}.key`))
  await Promise.all(names.map((key) => audit.rotateKey({ key })))
  isRotated = true
  await Promise.all(busy)
  await audit.close()
  assert.equal((await verifyAudit({ dir: audit.dir, publicKey: old })).result, 'unanchored')
  const { proof, entry } = await proveEntry(audit.dir, audit.size - 1)
  const first = parseVerifierKey(old)
  assert.equal(verifyTlogProof(parseTlogProof(proof), Buffer.from(entry), [first]), null)
})

test('a key that was revoked is named with the size up to which it counts', async (t) => {
  const path = folder(t)
  const options = optionsIn(path)
  const audit = await openAudit(options)
  const old = audit.publicKey
  await appended(audit, 1)
  const { size } = await audit.checkpoint()
  await audit.rotateKey({ key: join(path, 'new.key') })
  await audit.revokeKey({ key: old, trustedSize: size, reason: 'stolen' })
  await audit.close()
  const said = readClosedLog(options.dir, ORIGIN).find(
    ({ action }) => action === 'audit.key_revoke',
  )
  assert.deepEqual(said?.sys, { key: old, trusted_size: size })
})

test('what is no key of the log, or still signs, is not revoked: the log stays whole', async (t) => {
  const options = optionsIn(folder(t))
  const audit = await openAudit(options)
  const key = audit.publicKey
  const one = { key, trustedSize: 1, reason: 'stolen' }
  await assert.rejects(audit.revokeKey(one), { code: 'AUDIT_OPTION_INVALID', message: /rotate/ })
  await audit.rotateKey({ key: join(options.dir, '../new.key') })
  for (const wrong of [
    { key: 'no key' },
    { key: key.replace('test+', 'best+') },
    { trustedSize: -1 },
    { trustedSize: '1' },
    { trustedSize: 0.5 },
    { reason: '' },
  ])
    await assert.rejects(audit.revokeKey({ ...one, ...(wrong as object) }), {
      code: 'AUDIT_OPTION_INVALID',
    })
  await audit.revokeKey(one)
  await audit.close()
  await assertNoAlarm(options.dir)
})

test('a signer elsewhere signs without a key file', async (t) => {
  const path = folder(t)
  const made = await openAudit(optionsIn(join(path, 'made')))
  await made.close()
  const local = await readKeyFile(join(path, 'made', 'audit.key'))
  const signer = { key: local.key, sign: async (bytes: Uint8Array) => local.sign(bytes) }
  const options = { ...optionsIn(join(path, 'remote')), key: signer }
  const audit = await openAudit(options)
  await appended(audit, 1)
  await assert.rejects(audit.append(event(2, { data: [{ part: 'input', text: 'x' }] })), {
    code: 'AUDIT_OPTION_INVALID',
  })
  await audit.close()
  await assertNoAlarm(options.dir)
})

test('a signer that fails costs a checkpoint, not an entry', async (t) => {
  const path = folder(t)
  const made = await openAudit(optionsIn(join(path, 'made')))
  await made.close()
  const local = await readKeyFile(join(path, 'made', 'audit.key'))
  let isUp = true
  const sign = async (bytes: Uint8Array): Promise<Uint8Array> => {
    if (!isUp) throw new Error('unreachable')
    return local.sign(bytes)
  }
  const options = { ...optionsIn(join(path, 'remote')), key: { key: local.key, sign } }
  const audit = await openAudit(options)
  isUp = false
  await appended(audit, 1)
  await assert.rejects(audit.checkpoint(), /unreachable/)
  await appended(audit, 2)
  isUp = true
  assert.equal((await audit.checkpoint()).size, 4)
  await audit.close()
  await assertNoAlarm(options.dir)
})

test('a new log can say which one it continues', async (t) => {
  const path = folder(t)
  const previous = { origin: 'acme.example/audit/old', size: 7, root: 'A'.repeat(43).concat('=') }
  const options = optionsIn(path, { previous })
  await (await openAudit(options)).close()
  assert.deepEqual(readClosedLog(options.dir, ORIGIN)[0]?.sys?.previous, previous)
})
