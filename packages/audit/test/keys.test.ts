import assert from 'node:assert/strict'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { type AuditLog, openAudit, verifyAudit } from '../src/index.ts'
import { readKeyFile } from '../src/key-file.ts'
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

test('a crash between a rotation and the list of public keys is made good', async (t) => {
  const path = folder(t)
  const options = optionsIn(path)
  const audit = await openAudit(options)
  await audit.rotateKey({ key: join(path, 'new.key') })
  await audit.close()
  const both = readFileSync(join(options.dir, 'public.vkey'), 'utf8')
  // As the folder was before: one key, and no checkpoint that the other signed.
  writeFileSync(join(options.dir, 'public.vkey'), `${both.split('\n')[0]}\n`)
  for (const name of ['checkpoint', 'checkpoints', 'tree.json']) {
    rmSync(join(options.dir, name), { recursive: true })
  }
  await (await openAudit({ ...options, key: join(path, 'new.key') })).close()
  assert.equal(readFileSync(join(options.dir, 'public.vkey'), 'utf8'), both)
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
