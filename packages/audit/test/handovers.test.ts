import assert from 'node:assert/strict'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import {
  generateSigningKey,
  openAudit,
  openWitness,
  parseSigningKey,
  parseTlogProof,
  parseVerifierKey,
  proveEntry,
  type Signer,
  submitCheckpoint,
  verifyAudit,
  verifyTlogProof,
  witnessServer,
} from '../src/index.ts'
import { handedOver } from '../src/tlog-proof.ts'
import { LogBuilder, testSigner } from './log-builder.ts'
import { event, folder, ORIGIN, optionsIn } from './log-setup.ts'

// Who has a log's first key only can follow it to the later ones.

test('the first key, or any later one, is enough for the proof of every entry of a log whose key was rotated twice', async (t) => {
  const { dir, keys, size } = await rotated(t)
  for (let seq = 0; seq < size; seq += 1) {
    const { proof, entry } = await proveEntry(dir, seq)
    const parsed = parseTlogProof(proof)
    assert.equal(parsed.extra?.toString(), entry)
    for (const key of keys)
      assert.equal(verifyTlogProof(parsed, Buffer.from(entry), [parseVerifierKey(key)]), null)
    const stranger = testSigner(ORIGIN, 9).key
    assert.equal(verifyTlogProof(parsed, Buffer.from(entry), [stranger]), 'signature')
  }
})

test('a handover that the trusted key did not sign is not followed', async (t) => {
  const log = await new LogBuilder(folder(t)).open().entries(2).checkpoint()
  const forged = new LogBuilder(folder(t), ORIGIN, 5).open()
  forged.own('audit.key_rotate', { new: testSigner(ORIGIN, 6).key.vkey, old: log.vkey })
  await forged.checkpoint()
  forged.signer = testSigner(ORIGIN, 6)
  await forged.entries(3).checkpoint()
  const parsed = parseTlogProof((await proveEntry(forged.dir, 4)).proof)
  const line = Buffer.from(forged.lines[4] as string)
  assert.equal(verifyTlogProof(parsed, line, [log.signer.key]), 'signature')
})

test('a handover needs both signatures on a checkpoint that ends with it', async (t) => {
  const log = new LogBuilder(folder(t)).open()
  const old = log.signer
  log.rotateKey(2)
  const next = log.signer
  const holds = async (signers: readonly Signer[]): Promise<boolean> => {
    await log.checkpoint(signers)
    const parsed = parseTlogProof((await proveEntry(log.dir, 2)).proof)
    const line = Buffer.from(log.lines[2] as string)
    assert.equal(parsed.extra?.equals(line), true)
    return handedOver(parsed, [old.key])?.vkey === next.key.vkey
  }
  assert.equal(await holds([old]), false)
  assert.equal(await holds([next]), false)
  assert.equal(await holds([next, old]), true)
  log.entries(1)
  assert.equal(await holds([next, old]), false)
})

test('an event that only says what a rotation says hands nothing over', async (t) => {
  const log = new LogBuilder(folder(t)).open()
  const next = testSigner(log.origin, 6)
  log.append({
    ext: { a: { action: 'audit.key_rotate' } },
    sys: { new: next.key.vkey, old: log.vkey },
  })
  await log.checkpoint()
  const parsed = parseTlogProof((await proveEntry(log.dir, 2)).proof)
  const line = Buffer.from(log.lines[2] as string)
  const own = { ...parsed, handovers: [parsed] }
  assert.equal(verifyTlogProof(own, line, [next.key]), 'signature')
})

test('a witness that was given the first key follows the log to its later ones, and remembers them', async (t) => {
  const { dir, keys, options } = await rotated(t)
  const signer = parseSigningKey(generateSigningKey('witness.example/w1', 'cosignature'))
  const memory = folder(t)
  for (let round = 0; round < 2; round += 1) {
    const witness = await openWitness({ dir: memory, signer, logs: [keys[0] as string] })
    const server = witnessServer(witness).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    const { size } = await submitCheckpoint({ dir, url, witness: witness.publicKey })
    const witnesses = [witness.publicKey]
    const report = await verifyAudit({ dir, publicKey: keys[0] as string, witnesses })
    assert.deepEqual([report.result, report.anchored_to], ['intact', size])
    const refused = await witness.addKey((await proveEntry(dir, 1)).proof)
    assert.equal(refused.status, 403, 'an entry that rotates nothing')
    server.close()
    await witness.close()
    const audit = await openAudit(options)
    await audit.append(event(round))
    await audit.close()
  }
  assert.match(readFileSync(join(dir, 'public.vkey'), 'utf8'), /\n.*\n.*\n/)
})

async function rotated(t: TestContext): Promise<{
  dir: string
  keys: readonly string[]
  size: number
  options: Parameters<typeof openAudit>[0]
}> {
  const path = folder(t)
  const options = optionsIn(path)
  const audit = await openAudit(options)
  const keys = [audit.publicKey]
  for (const name of ['second.key', 'third.key']) {
    await audit.append(event(1))
    await audit.rotateKey({ key: join(path, name) })
    keys.push(audit.publicKey)
    await audit.append(event(2))
    await audit.checkpoint()
  }
  await audit.close()
  return {
    dir: options.dir,
    keys,
    size: audit.size,
    options: { ...options, key: join(path, 'third.key') },
  }
}
