import assert from 'node:assert/strict'
import { cpSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { verifyAudit } from '../src/index.ts'
import { requestTimestamp, storeTimestamp } from '../src/stamp-log.ts'
import { keyFile } from './second-verifier.ts'
import { folder, replaceBy, richLog, SIZE } from './tamper-log.ts'
import { answerRequest, makeAuthority, openssl } from './timestamp-authority.ts'
import { python, shell } from './verifier-scripts.ts'

test('a time stamp that the given certificate does not vouch for is not kept, and openssl says the same', async (t) => {
  const log = await richLog(folder(t))
  const [good, wrong] = [folder(t), folder(t)]
  makeAuthority(good)
  makeAuthority(wrong)
  const { path } = await requestTimestamp(log.dir)
  const answer = join(good, 'answer.tsr')
  answerRequest(good, path, answer)
  const of = (dir: string): string => readFileSync(join(dir, 'ca.pem'), 'utf8')
  const note = log.notePath()
  const verified = (dir: string): string =>
    openssl(good, ['ts', '-verify', '-data', note, '-in', answer, '-CAfile', join(dir, 'ca.pem')])
  const kept = path.replace('.tsq', '.tsr')
  assert.throws(() => verified(wrong))
  await assert.rejects(storeTimestamp(log.dir, readFileSync(answer), [of(wrong)]), {
    code: 'AUDIT_TIMESTAMP_INVALID',
  })
  assert.equal(existsSync(kept), false)
  verified(good)
  const stamp = await storeTimestamp(log.dir, readFileSync(answer), [of(wrong), of(good)])
  assert.deepEqual([stamp.trusted, existsSync(kept)], [true, true])
})

test('a log that was put back to an earlier state is never whole for a script that has an anchor', async (t) => {
  const log = await richLog(folder(t))
  const key = keyFile(t, log)
  const before = folder(t)
  cpSync(log.dir, before, { recursive: true })
  log.rotate().open().entries(5).close()
  await log.checkpoint()
  const anchor = join(folder(t), 'anchor.json')
  const size = log.size
  const root = log.root().toString('base64')
  assert.equal((await verifyAudit({ dir: log.dir, anchor })).result, 'intact')
  const anchors = [
    ['--anchor', anchor],
    ['--anchor-size', String(size), '--anchor-root', root],
  ]
  for (const args of anchors) {
    const { status, output } = await shell([...args, log.dir, key])
    assert.equal(status, 0, output)
  }
  await replaceBy(log, { ...log, dir: before } as typeof log)
  assert.equal((await shell([log.dir, key])).status, 0, 'nobody who remembers nothing can tell')
  for (const args of anchors)
    for (const { status, output } of [
      await shell([...args, log.dir, key]),
      await python([log.dir, ...args]),
    ]) {
      assert.equal(status, 1, output)
      assert.match(
        output,
        new RegExp(`^BROKEN: .*${SIZE} entries, and ${size} are remembered`, 'm'),
      )
    }
})

test('an anchor of another log, one that cannot be read and an empty word are never taken for none', async (t) => {
  const log = await richLog(folder(t))
  const anchor = join(folder(t), 'anchor.json')
  await verifyAudit({ dir: log.dir, anchor })
  const other = readFileSync(anchor, 'utf8').replaceAll(log.origin, 'acme.example/other')
  writeFileSync(anchor, other)
  assert.equal((await shell(['--anchor', anchor, log.dir])).status, 1)
  writeFileSync(anchor, '{}')
  assert.equal((await shell(['--anchor', anchor, log.dir])).status, 3)
  assert.equal((await shell(['--anchor', '', log.dir])).status, 2)
})

test('a log whose checkpoint was deleted is broken for the scripts', async (t) => {
  const log = await richLog(folder(t))
  rmSync(join(log.dir, 'checkpoint'))
  for (const { status, output } of [await shell([log.dir]), await python([log.dir])]) {
    assert.equal(status, 1, output)
    assert.match(output, /^BROKEN: there is no checkpoint/m)
  }
})
