import assert from 'node:assert/strict'
import { cpSync, existsSync, readdirSync, renameSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { type AuditLog, type AuditOptions, openAudit } from '../src/index.ts'
import { event, folder, optionsIn } from './log-setup.ts'
import { ALL_HOLD, statuses } from './statuses.ts'
import { pythonOnMoving } from './verifier-scripts.ts'

// Entries expire while a log is read.

const EXPIRED = { before: new Date('2026-06-01'), reason: 'expired' }

async function filled(options: AuditOptions): Promise<AuditLog> {
  const audit = await openAudit({ ...options, segmentBytes: 2000 })
  for (let n = 0; n < 20; n += 1) await audit.append(event(n))
  return audit
}

/** A copy of the folder as it is once the oldest segments have expired. */
async function expiredCopy(t: TestContext, options: AuditOptions): Promise<string> {
  const dir = join(folder(t), 'audit')
  cpSync(options.dir, dir, { recursive: true })
  const audit = await openAudit({ ...options, dir })
  assert.ok((await audit.prune(EXPIRED)).length > 2)
  await audit.close()
  return dir
}

const clock = (): number => Date.parse('2026-01-01')

test('a log whose entries expire while verify.py reads it is not tampered with', async (t) => {
  const options = optionsIn(folder(t), { clock })
  await (await filled(options)).close()
  const after = await expiredCopy(t, options)
  const { status, output } = pythonOnMoving(options.dir, after)
  assert.equal(status, 0, output)
  assert.ok(!existsSync(after), 'the folder was exchanged')
})

test('an export waits for an expiry in the same process, and an expiry for an export', async (t) => {
  const options = optionsIn(folder(t), { clock })
  const audit = await filled(options)
  const out = (name: string): string => join(dirname(options.dir), name)
  const [, pruned] = await Promise.all([
    audit.export({ out: out('one') }),
    audit.prune(EXPIRED),
    audit.export({ out: out('two') }),
  ])
  await audit.close()
  assert.ok(pruned.length > 2)
  assert.deepEqual(await statuses(out('one'), undefined, false), ALL_HOLD)
  assert.deepEqual(await statuses(out('two'), undefined, false), ALL_HOLD)
})

test('an export begins again when entries of a stream expire while it copies them', async (t) => {
  const options = optionsIn(folder(t), { clock })
  const audit = await openAudit(options)
  const own = { ...options, stream: 'web-1' }
  await (await filled(own)).close()
  const after = join(await expiredCopy(t, own), 'streams', 'web-1')
  const stream = join(options.dir, 'streams', 'web-1')
  const out = join(dirname(options.dir), 'bundle')
  let reads = 0
  await audit.export({
    out,
    onProgress: () => {
      reads += 1
      // Behind the log's own segment and the first of the stream's.
      if (reads !== 2) return
      renameSync(stream, `${dirname(options.dir)}/before`)
      renameSync(after, stream)
    },
  })
  await audit.close()
  assert.ok(!existsSync(after), 'the folder was exchanged')
  assert.deepEqual(await statuses(out, undefined, false), ALL_HOLD)
  const names = readdirSync(join(out, 'log', 'streams', 'web-1', 'hashes'))
  assert.ok(names.length > 2)
})
