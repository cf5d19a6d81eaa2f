import { once } from 'node:events'
import { cpSync, readFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import {
  generateSigningKey,
  openWitness,
  parseSigningKey,
  submitCheckpoint,
  witnessServer,
} from '@recount/audit'
import { appendTo } from './shipping-place.ts'

/** Logs with one beginning: what was shipped before, what is to be shipped now, and another way in which it went on. */
export interface FaultLogs {
  readonly before: string
  readonly ours: string
  readonly others: string
  /** The other one's newest checkpoint. */
  readonly otherNote: Buffer
}

/** Makes them below a folder. The one to be shipped has a cosignature over its checkpoint. */
export async function makeFaultLogs(path: string): Promise<FaultLogs> {
  const [before, ours, others] = ['before', 'ours', 'others'].map((name) => join(path, name)) as [
    string,
    string,
    string,
  ]
  await appendTo(before, 10)
  cpSync(before, ours, { recursive: true })
  cpSync(before, others, { recursive: true })
  await appendTo(ours, 10)
  await cosign(path, join(ours, 'audit'))
  await appendTo(others, 12)
  return { before, ours, others, otherNote: readFileSync(join(others, 'audit/checkpoint')) }
}

async function cosign(path: string, dir: string): Promise<void> {
  const signer = parseSigningKey(generateSigningKey('witness.example', 'cosignature'))
  const logs = [readFileSync(join(dir, 'public.vkey'), 'utf8').trim()]
  const witness = await openWitness({ dir: join(path, 'witness'), signer, logs })
  const server = witnessServer(witness).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  await submitCheckpoint({ dir, url, witness: witness.publicKey })
  server.close()
}
