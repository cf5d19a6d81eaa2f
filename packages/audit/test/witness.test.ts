import assert from 'node:assert/strict'
import { once } from 'node:events'
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import {
  generateSigningKey,
  openWitness,
  parseSigningKey,
  submitCheckpoint,
  verifyAudit,
  type Witness,
  witnessServer,
} from '../src/index.ts'
import { leafHash } from '../src/merkle.ts'
import { consistencyRanges, RangeRoots } from '../src/proofs.ts'
import { formatWitnessRequest, parseWitnessRequest } from '../src/witness/witness-request.ts'
import { LogBuilder, testSigner } from './log-builder.ts'

test('a log is anchored to what a witness cosigned, over HTTP, and again when it has grown', async (t) => {
  const { log, witness, url } = await served(t)
  const verify = () =>
    verifyAudit({ dir: log.dir, publicKey: log.vkey, witnesses: [witness.publicKey] })
  assert.equal((await verify()).result, 'unanchored')
  const first = await submitCheckpoint({ dir: log.dir, url, witness: witness.publicKey })
  assert.deepEqual([first.size, first.by], [12, 'witness.example/w1'])
  assert.deepEqual([(await verify()).result, (await verify()).anchored_to], ['intact', 12])
  log.entries(30)
  await log.checkpoint()
  await submitCheckpoint({ dir: log.dir, url, witness: witness.publicKey })
  const report = await verify()
  assert.deepEqual([report.anchored_to, report.claims.anchors.length], [42, 2])
})

test('a witness that the verifier does not trust anchors nothing', async (t) => {
  const { log, witness, url } = await served(t)
  await submitCheckpoint({ dir: log.dir, url, witness: witness.publicKey })
  const stranger = parseSigningKey(generateSigningKey('witness.example/w1', 'cosignature'))
  const witnesses = [stranger.key.vkey]
  assert.equal(
    (await verifyAudit({ dir: log.dir, publicKey: log.vkey, witnesses })).result,
    'unanchored',
  )
})

test('a changed cosignature of a trusted witness is found', async (t) => {
  const { log, witness, url } = await served(t)
  const { path } = await submitCheckpoint({ dir: log.dir, url, witness: witness.publicKey })
  const [dash, name, base64 = ''] = readFileSync(path, 'utf8').trim().split(' ')
  const bytes = Buffer.from(base64, 'base64')
  bytes[11] = (bytes[11] ?? 0) ^ 1
  writeFileSync(path, `${dash} ${name} ${bytes.toString('base64')}\n`)
  const report = await verifyAudit({
    dir: log.dir,
    publicKey: log.vkey,
    witnesses: [witness.publicKey],
  })
  assert.deepEqual([report.result, report.findings[0]?.code], ['tampered', 'SIGNATURE'])
})

test('another history of the same log gets no cosignature, also over the network', async (t) => {
  const { log, witness, url } = await served(t)
  await submitCheckpoint({ dir: log.dir, url, witness: witness.publicKey })
  for (const entries of [10, 20]) {
    const rival = new LogBuilder(folder(t)).open()
    for (let at = 0; at < entries; at += 1) rival.append({ outcome: 'denied' })
    await rival.checkpoint()
    await assert.rejects(submitCheckpoint({ dir: rival.dir, url, witness: witness.publicKey }), {
      code: 'AUDIT_WITNESS_FAILED',
    })
  }
  const shorter = await new LogBuilder(folder(t)).open().entries(3).checkpoint()
  await assert.rejects(
    submitCheckpoint({ dir: shorter.dir, url, witness: witness.publicKey }),
    /it has seen 12 entries of this log, which has 5/,
  )
})

test('a witness remembers across restarts, and one folder has one witness', async (t) => {
  const dir = folder(t)
  const log = await new LogBuilder(folder(t)).open().entries(10).checkpoint()
  const options = { dir, signer: witnessSigner(), logs: [log.vkey] }
  const witness = await openWitness(options)
  await assert.rejects(openWitness(options), { code: 'AUDIT_LOCKED' })
  const request = { old: 0, proof: [], checkpoint: await log.note() }
  assert.equal((await witness.addCheckpoint(formatWitnessRequest(request))).status, 200)
  await witness.close()
  const again = await openWitness(options)
  t.after(() => again.close())
  const answer = await again.addCheckpoint(formatWitnessRequest(request))
  assert.deepEqual([answer.status, answer.type, answer.body], [409, 'text/x.tlog.size', '12\n'])
})

test('each refusal has the status that the specification gives it', async (t) => {
  const { log, witness, ask } = await alone(t)
  const checkpoint = await log.note()
  const hash = Buffer.alloc(32)
  assert.equal((await witness.addCheckpoint('nonsense')).status, 400)
  assert.equal((await witness.addCheckpoint(`old 01\n\n${checkpoint}`)).status, 400)
  assert.equal((await witness.addCheckpoint(`old 0\nAAAA\n\n${checkpoint}`)).status, 400)
  assert.equal(await ask({ old: 0, proof: Array<Buffer>(64).fill(hash), checkpoint }), 400)
  assert.equal(await ask({ old: 13, proof: [], checkpoint }), 400, 'above the new size')
  const other = await new LogBuilder(folder(t), 'other.example/log').checkpoint()
  assert.equal(await ask({ old: 0, proof: [], checkpoint: await other.note() }), 404)
  const unsigned = await log.note([testSigner(log.origin, 9)])
  assert.equal(await ask({ old: 0, proof: [], checkpoint: unsigned }), 403)
  assert.equal(await ask({ old: 3, proof: [], checkpoint }), 409)
  assert.equal(await ask({ old: 0, proof: [hash], checkpoint }), 422)
  assert.equal(await ask({ old: 0, proof: [], checkpoint }), 200)
  assert.equal(await ask({ old: 12, proof: [], checkpoint }), 200, 'the same again')
  log.entries(5)
  const grown = await log.note()
  assert.equal(await ask({ old: 12, proof: [hash], checkpoint: grown }), 422)
  assert.equal(await ask({ old: 12, proof: proofOf(log, 12), checkpoint: grown }), 200)
  const rival = new LogBuilder(folder(t)).open()
  for (let at = 0; at < 15; at += 1) rival.append({ outcome: 'denied' })
  assert.equal(
    await ask({ old: 17, proof: [], checkpoint: await rival.note() }),
    409,
    'another root',
  )
})

test('requests that come at once are answered one after another: one of two rivals is cosigned', async (t) => {
  const { log, ask } = await alone(t)
  const rival = new LogBuilder(folder(t)).open().append({ outcome: 'denied' })
  const checkpoints = [await log.note(), await rival.note()]
  const statuses = await Promise.all(
    checkpoints.map((checkpoint) => ask({ old: 0, proof: [], checkpoint })),
  )
  assert.deepEqual(statuses, [200, 409])
})

test('what a witness remembers and cannot read is never taken for nothing', async (t) => {
  const { log, ask, dir } = await alone(t)
  await ask({ old: 0, proof: [], checkpoint: await log.note() })
  const copy = folder(t)
  cpSync(dir, copy, { recursive: true })
  const [name = ''] = readdirSync(copy)
  writeFileSync(join(copy, name), 'x')
  const broken = await openWitness({ dir: copy, signer: witnessSigner(), logs: [log.vkey] })
  t.after(() => broken.close())
  const request = formatWitnessRequest({ old: 0, proof: [], checkpoint: await log.note() })
  await assert.rejects(broken.addCheckpoint(request))
})

test('the server takes POST to add-checkpoint, of a bounded length, and nothing else', async (t) => {
  const { url } = await served(t)
  assert.equal((await fetch(`${url}/`)).status, 404)
  assert.equal((await fetch(`${url}/add-checkpoint`)).status, 405)
  const long = await fetch(`${url}/add-checkpoint`, { method: 'POST', body: 'x'.repeat(200_000) })
  assert.equal(long.status, 413)
})

test('a witness that is not there is said so', async (t) => {
  const log = await new LogBuilder(folder(t)).checkpoint()
  const options = { dir: log.dir, url: 'http://127.0.0.1:1', witness: witnessSigner().key.vkey }
  await assert.rejects(submitCheckpoint(options), { code: 'AUDIT_WITNESS_FAILED' })
})

test('a log key is refused as the key of a witness', async (t) => {
  const signer = testSigner('witness.example/w1')
  await assert.rejects(openWitness({ dir: folder(t), signer, logs: [] }), {
    code: 'AUDIT_OPTION_INVALID',
  })
})

test('a request is read as it was written', () => {
  const request = { old: 7, proof: [Buffer.alloc(32, 1)], checkpoint: 'o\n8\nx\n\n— o AAAAAAA=\n' }
  assert.deepEqual(parseWitnessRequest(formatWitnessRequest(request)), request)
})

interface Alone {
  readonly log: LogBuilder
  readonly witness: Witness
  readonly dir: string
  readonly ask: (request: Parameters<typeof formatWitnessRequest>[0]) => Promise<number>
}

async function alone(t: TestContext): Promise<Alone> {
  const log = await new LogBuilder(folder(t)).open().entries(10).checkpoint()
  const dir = folder(t)
  const witness = await openWitness({ dir, signer: witnessSigner(), logs: [log.vkey] })
  t.after(() => witness.close())
  const ask: Alone['ask'] = async (request) =>
    (await witness.addCheckpoint(formatWitnessRequest(request))).status
  return { log, witness, dir, ask }
}

async function served(t: TestContext): Promise<{ log: LogBuilder; witness: Witness; url: string }> {
  const { log, witness } = await alone(t)
  const server = witnessServer(witness).listen(0, '127.0.0.1')
  t.after(() => server.closeAllConnections())
  t.after(() => server.close())
  await once(server, 'listening')
  return { log, witness, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }
}

function proofOf(log: LogBuilder, from: number): Buffer[] {
  const roots = new RangeRoots(consistencyRanges(from, log.size))
  for (const line of log.lines) roots.push(leafHash(Buffer.from(line)))
  return roots.roots()
}

function witnessSigner(): ReturnType<typeof parseSigningKey> {
  return parseSigningKey(WITNESS_KEY)
}

const WITNESS_KEY = generateSigningKey('witness.example/w1', 'cosignature')

function folder(t: TestContext): string {
  const dir = mkdtempSync(join(tmpdir(), 'recount-witness-'))
  t.after(() => rmSync(dir, { recursive: true, force: true }))
  return dir
}
