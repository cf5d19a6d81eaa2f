import { randomBytes } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { paddedSize } from '../src/entry.ts'
import { parseNote, signatureLine } from '../src/signed-note.ts'
import { generateSigningKey, parseSigningKey } from '../src/signer.ts'
import { requestTimestamp } from '../src/stamp-log.ts'
import type { LogBuilder } from './log-builder.ts'
import { answerRequest } from './timestamp-authority.ts'

const KID = '0123456789abcdef'

/** Writes into a log one of everything that a log may have: content, an erasure, expired entries, another key, a stream, a revocation, anchors. */
export async function fillLog(log: LogBuilder, authority: string): Promise<void> {
  log.open().entries(3).withContent(KID, 'hello').close()
  await log.checkpoint()
  log.rotate().open().withContent('fedcba9876543210', 'kept').entries(2).close()
  await log.checkpoint()
  const stream = await log.stream('s1', 5).open().entries(2).close().checkpoint()
  log.rotate().open().erase(KID).attest(stream).prune(0, 6)
  await log.checkpoint()
  const old = log.signer
  log.rotateKey(2).entries(1)
  await log.checkpoint([old, log.signer])
  log.own('audit.key_revoke', { key: old.key.vkey, trusted_size: log.size }).close()
  await log.checkpoint()
  await addAnchors(log, authority)
}

async function addAnchors(log: LogBuilder, authority: string): Promise<void> {
  const { path } = await requestTimestamp(log.dir)
  answerRequest(authority, path, path.replace('.tsq', '.tsr'))
  const { text } = parseNote(readFileSync(log.notePath()))
  const witness = parseSigningKey(generateSigningKey('witness.example/w1', 'cosignature'))
  mkdirSync(join(log.dir, 'anchors'), { recursive: true })
  const name = `${paddedSize(log.size)}.cosig`
  writeFileSync(join(log.dir, 'anchors', name), await signatureLine(text, witness))
  // What says nothing.
  writeFileSync(join(log.dir, 'anchors', 'notes.txt'), randomBytes(4))
}
