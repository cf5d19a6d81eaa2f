import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { type AuditOptions, openAudit } from '../src/index.ts'
import { assertNoAlarm, readClosedLog } from './log-oracle.ts'
import { event, folder, ORIGIN, optionsIn } from './log-setup.ts'

/** A file system of so many bytes. */
function smallDisk(t: TestContext, size: string): string {
  const path = mkdtempSync(join(tmpdir(), 'recount-disk-'))
  spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', path])
  t.after(() => {
    spawnSync('umount', ['-l', path])
    rmSync(path, { recursive: true })
  })
  return path
}

/** A file that takes what is left. */
function fillUp(path: string): void {
  try {
    for (;;) appendFileSync(path, Buffer.alloc(4096))
  } catch {}
}

const canMount = ((): boolean => {
  const dir = mkdtempSync(join(tmpdir(), 'recount-disk-'))
  const isMounted = spawnSync('mount', ['-t', 'tmpfs', 'tmpfs', dir]).status === 0
  if (isMounted) spawnSync('umount', [dir])
  rmSync(dir, { recursive: true, force: true })
  return isMounted
})()
const needsMount = {
  skip: canMount ? false : 'needs the right to mount a small file system (root on Linux)',
} as const

/** Appends until a refusal; how many were acknowledged. */
async function fill(
  audit: Awaited<ReturnType<typeof openAudit>>,
  from: number,
  more: object = {},
): Promise<{ acknowledged: number; code: string }> {
  const data = { reason: 'x'.repeat(2000), ...more }
  for (let n = from; ; n++) {
    try {
      await audit.append(event(n, data))
    } catch (error) {
      return { acknowledged: n - from, code: (error as { code: string }).code }
    }
  }
}

test(
  'on a full disk every append is refused, nothing acknowledged is lost, and a gap says what is missing',
  needsMount,
  async (t) => {
    const disk = smallDisk(t, '4m') as string
    const keys = folder(t)
    const options: AuditOptions = {
      ...optionsIn(disk),
      key: join(keys, 'key'),
      reserveBytes: 256 * 1024,
    }
    const audit = await openAudit(options)
    const { acknowledged, code } = await fill(audit, 0)
    assert.equal(code, 'AUDIT_DISK_FULL')
    assert.ok(acknowledged > 500, `${acknowledged} entries`)
    const refused = await fill(audit, acknowledged)
    assert.deepEqual(refused, { acknowledged: 0, code: 'AUDIT_DISK_FULL' })
    await audit.close()
    const entries = readClosedLog(options.dir, ORIGIN)
    assert.equal(entries.filter(({ action }) => action === 'query').length, acknowledged)
    const gaps = entries.filter(({ action }) => action === 'audit.gap')
    assert.equal(
      gaps.reduce((sum, { sys }) => sum + Number(sys?.count), 0),
      2,
    )
    assert.equal(gaps[0]?.sys?.cause, 'disk_full')
    assert.equal(entries.at(-1)?.action, 'audit.close')
    await assertNoAlarm(options.dir)
  },
)

test('when there is space again, the same log goes on', needsMount, async (t) => {
  const disk = smallDisk(t, '4m')
  const keys = folder(t)
  const options: AuditOptions = {
    ...optionsIn(disk),
    key: join(keys, 'key'),
    reserveBytes: 128 * 1024,
  }
  writeFileSync(join(disk, 'ballast'), Buffer.alloc(2 * 1024 * 1024))
  const audit = await openAudit(options)
  const { acknowledged } = await fill(audit, 0)
  rmSync(join(disk, 'ballast'))
  let again = 0
  while (again === 0) {
    // It asks the disk once a second.
    await nextTurn()
    const isWritten = await audit.append(event(acknowledged)).then(
      () => true,
      () => false,
    )
    again += isWritten ? 1 : 0
  }
  await audit.close()
  const entries = readClosedLog(options.dir, ORIGIN)
  assert.equal(entries.filter(({ action }) => action === 'query').length, acknowledged + 1)
  const gaps = entries.filter(({ action }) => action === 'audit.gap')
  assert.ok(gaps.reduce((sum, { sys }) => sum + Number(sys?.count), 0) >= 1)
})

test(
  'a log is not opened on a disk that is full, and is opened when there is space',
  needsMount,
  async (t) => {
    const disk = smallDisk(t, '2m') as string
    const keys = folder(t)
    const options: AuditOptions = {
      ...optionsIn(disk),
      key: join(keys, 'key'),
      reserveBytes: 64 * 1024,
    }
    await (await openAudit(options)).close()
    rmSync(join(options.dir, 'reserve'))
    fillUp(join(disk, 'ballast'))
    await assert.rejects(openAudit(options), (error: Error & { code?: string }) =>
      ['AUDIT_DISK_FULL', 'ENOSPC'].includes(error.code ?? ''),
    )
    rmSync(join(disk, 'ballast'))
    const audit = await openAudit(options)
    await audit.append(event(1))
    await audit.close()
    readClosedLog(options.dir, ORIGIN)
  },
)

test('when little is free, actions that were named normal are refused and critical ones are written', async (t) => {
  const path = folder(t)
  const diskStages = { warn: 2, criticalOnly: 2 }
  const audit = await openAudit({ ...optionsIn(path), normal: ['query'], diskStages })
  await assert.rejects(audit.append(event(1)), { code: 'AUDIT_DISK_FULL' })
  await audit.append(event(2, { action: 'human_review' }))
  await audit.close()
  const entries = readClosedLog(join(path, 'audit'), ORIGIN)
  assert.deepEqual(
    entries.flatMap(({ ext }) => ext?.n ?? []),
    [2],
  )
  const [gap] = entries.filter(({ action }) => action === 'audit.gap')
  assert.equal(gap?.sys?.count, 1)
  assert.equal(gap?.sys?.critical, 0)
})
