import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import { type AuditLog, type AuditOptions, openAudit, verifyAudit } from '../src/index.ts'
import { event, folder, optionsIn } from './log-setup.ts'

/** Five verifications in each round of a writer that starts, rotates, erases, prunes and ends. */
export async function verifyWhileWritten(t: TestContext, rounds: number): Promise<void> {
  const options = optionsIn(folder(t), { segmentBytes: 3000 })
  await (await openAudit(options)).close()
  const sizes = new Set<number>()
  for (let round = 0; round < rounds; round += 1) {
    const writing = write(options, round)
    for (let at = 0; at < 5; at += 1) {
      const { findings, size } = await verifyAudit({ dir: options.dir })
      const failures = findings.filter(({ severity }) => severity === 'failure')
      assert.deepEqual(failures, [], `round ${round}`)
      sizes.add(size)
    }
    await writing
  }
  assert.ok(sizes.size > rounds, `${sizes.size} states were seen`)
  assert.equal((await verifyAudit({ dir: options.dir })).result, 'unanchored')
}

async function write(options: AuditOptions, round: number): Promise<void> {
  const audit = await openAudit(options)
  const stream = await openAudit({ ...options, stream: `s-${round % 2}` })
  for (let n = 0; n < 4; n += 1) await appendSome(audit, stream, round * 4 + n)
  await audit.erase({ subject: `s${round}`, reason: 'asked' })
  await audit.recordStreams()
  if (round % 5 === 4) await audit.prune({ before: new Date(), reason: 'expired' })
  await stream.close()
  await audit.close()
}

async function appendSome(audit: AuditLog, stream: AuditLog, n: number): Promise<void> {
  const data = [{ part: 'input', text: `text ${n}` }]
  const subject = `s${Math.floor(n / 4)}`
  await Promise.all([
    audit.append(event(n, { subject, data })),
    audit.append(event(n)),
    stream.append(event(n)),
  ])
  if (n % 2 === 0) await audit.checkpoint()
}
