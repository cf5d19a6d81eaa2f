import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import {
  appendFileSync,
  copyFileSync,
  mkdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { canonicalJson } from '../src/canonical.ts'
import { type AuditReport, openAudit, verifyAudit } from '../src/index.ts'
import { type LogBuilder, linesOf } from './log-builder.ts'
import { keyFile } from './second-verifier.ts'
import { folder, richLog } from './tamper-log.ts'
import { python, shell } from './verifier-scripts.ts'
import { writerKey } from './writer-key.ts'

// Whatever lies in the folder of the entries: both verifiers, the script and the writer judge it alike.

interface Place {
  readonly what: string
  readonly put: (log: LogBuilder) => unknown
  /** `fault`: evidence against the log; `note`: worth a word; `nothing`. */
  readonly is: 'fault' | 'note' | 'nothing'
  /** What the writer blames. */
  readonly blames?: RegExp
}

const FAR = 99_999
const BEYOND = '99999999999999999999.jsonl'

const PLACES: readonly Place[] = [
  {
    what: 'a copy of a segment under a far number',
    put: (log) => copyFileSync(log.segmentPath(23), log.segmentPath(FAR)),
    is: 'fault',
    blames: /0099999\.jsonl does not follow .* 32 to 99998 are missing/,
  },
  {
    what: 'an empty segment under a far number',
    put: (log) => writeFileSync(log.segmentPath(FAR), ''),
    is: 'fault',
    blames: /0099999\.jsonl does not follow/,
  },
  {
    what: 'zeros under a far number',
    put: (log) => writeFileSync(log.segmentPath(FAR), Buffer.alloc(100_000)),
    is: 'fault',
    blames: /0099999\.jsonl does not follow/,
  },
  {
    what: 'a far segment that recovery seems to have taken aside',
    put: (log) => copyFileSync(log.segmentPath(23), `${log.segmentPath(FAR)}.recovering`),
    is: 'fault',
    blames: /0099999\.jsonl does not follow/,
  },
  {
    what: 'an empty segment under a number that no log reaches',
    put: (log) => writeFileSync(join(log.dir, BEYOND), ''),
    is: 'fault',
    blames: /99999999\.jsonl does not follow/,
  },
  {
    what: 'a copy of a segment under a number in between',
    put: (log) => copyFileSync(log.segmentPath(13), log.segmentPath(15)),
    is: 'fault',
    blames: /0015\.jsonl does not follow/,
  },
  {
    what: 'an empty segment under a number in between',
    put: (log) => writeFileSync(log.segmentPath(15), ''),
    is: 'fault',
    blames: /0015\.jsonl does not follow/,
  },
  {
    what: 'an empty segment under the number of a signed entry of the newest',
    put: (log) => writeFileSync(log.segmentPath(25), ''),
    is: 'fault',
    blames: /0025\.jsonl does not follow/,
  },
  {
    what: 'a segment that is missing',
    put: (log) => rmSync(log.segmentPath(13)),
    is: 'fault',
    blames: /0023\.jsonl does not follow .* 13 to 22 are missing/,
  },
  {
    what: 'a copy of a segment under another name',
    put: (log) => copyFileSync(log.segmentPath(0), join(log.dir, 'copy.jsonl')),
    is: 'fault',
    blames: /copy\.jsonl is no segment/,
  },
  {
    what: 'an empty file that only ends like a segment',
    put: (log) => writeFileSync(join(log.dir, 'empty.jsonl'), ''),
    is: 'note',
  },
  {
    what: 'a file of another kind',
    put: (log) => writeFileSync(join(log.dir, 'README.txt'), 'what this is'),
    is: 'nothing',
  },
  {
    what: 'the next segment, empty',
    put: (log) => writeFileSync(log.segmentPath(32), ''),
    is: 'nothing',
  },
  {
    what: 'the next segment, allocated and not written',
    put: (log) => writeFileSync(log.segmentPath(32), Buffer.alloc(100_000)),
    is: 'nothing',
  },
  {
    what: 'junk behind a clean close',
    put: (log) => appendFileSync(log.segmentPath(23), 'what is this\n'),
    is: 'note',
  },
  {
    what: 'an entry that follows the close of the log without a start',
    put: (log) => appendFileSync(log.segmentPath(23), `${next(log)}\n`),
    is: 'fault',
    blames: /Entry 32 of .* is not what was written/,
  },
]

for (const { what, put, is, blames } of PLACES)
  test(`${what}: ${is}, for both verifiers, the script and the writer`, async (t) => {
    const log = await richLog(folder(t))
    const key = keyFile(t, log)
    await put(log)
    const report = await verifyAudit({ dir: log.dir, publicKey: log.vkey })
    assert.equal(report.result, is === 'fault' ? 'tampered' : 'unanchored', text(report))
    if (is === 'note') assert.ok(report.findings.length > 0)
    if (is === 'nothing') assert.deepEqual(report.findings, [])
    for (const { status, output } of [
      await python([log.dir, '--key', key]),
      await shell([log.dir, key]),
    ]) {
      assert.equal(status, is === 'fault' ? 1 : 0, output)
      assert.match(output, is === 'fault' ? /^BROKEN: /m : /^OK: /m)
      assert.equal(/^note: /m.test(output), is === 'note', output)
    }
    const opening = openAudit({ dir: log.dir, origin: log.origin, key: writerKey(t, log) })
    if (is !== 'fault') return await (await opening).close()
    await assert.rejects(opening, (error: Error & { code: string }) => {
      assert.equal(error.code, 'AUDIT_DAMAGED')
      assert.match(error.message, blames ?? /./)
      return true
    })
  })

const SPECIAL: Readonly<Record<string, (path: string) => unknown>> = {
  'a pipe': (path) => assert.equal(spawnSync('mkfifo', [path]).status, 0),
  'a device': (path) => symlinkSync('/dev/zero', path),
  'a link that leads nowhere': (path) => symlinkSync(join(path, 'nowhere'), path),
  'a folder': (path) => mkdirSync(path),
}
const FILES: readonly string[] = [
  'checkpoint',
  'checkpoints/00000000000000000013.note',
  '00000000000000000013.jsonl',
  '00000000000000000023.jsonl',
  'hashes/00000000000000000000.bin',
]

for (const [kind, make] of Object.entries(SPECIAL))
  test(`${kind} in the place of a file of the log is a fault that nobody waits for`, {
    skip: process.platform === 'win32' ? 'needs pipes and devices in folders' : false,
  }, async (t) => {
    for (const name of FILES) {
      const log = await richLog(folder(t))
      const key = keyFile(t, log)
      mkdirSync(join(log.dir, 'hashes'))
      rmSync(join(log.dir, name), { force: true })
      make(join(log.dir, name))
      const report = await verifyAudit({ dir: log.dir, publicKey: log.vkey })
      assert.equal(report.result, 'tampered', name)
      for (const { status, output } of [
        await python([log.dir, '--key', key]),
        await shell([log.dir, key]),
      ])
        assert.equal(status, 1, `${name}: ${output}`)
    }
  })

test('folders of the log that are none, and links among the streams that lead nowhere, are faults', async (t) => {
  for (const name of ['hashes', 'streams', 'checkpoints', 'streams/gone']) {
    const log = await richLog(folder(t))
    const key = keyFile(t, log)
    rmSync(join(log.dir, name), { recursive: true, force: true })
    if (name.includes('/')) mkdirSync(join(log.dir, 'streams'))
    if (name.includes('/')) symlinkSync('nowhere', join(log.dir, name))
    else writeFileSync(join(log.dir, name), '')
    assert.equal((await verifyAudit({ dir: log.dir })).result, 'tampered', name)
    const { status, output } = await python([log.dir, '--key', key])
    assert.equal(status, 1, `${name}: ${output}`)
  }
})

/** An entry as somebody without the key would append it. */
function next(log: LogBuilder): string {
  const { size } = log
  const forged = log.append()
  const line = forged.lines.at(-1) as string
  assert.equal(JSON.parse(line).seq, size)
  const path = log.segmentPath(23)
  writeFileSync(
    path,
    linesOf(path)
      .slice(0, -1)
      .map((kept) => `${kept}\n`)
      .join(''),
  )
  return canonicalJson(JSON.parse(line))
}

function text({ findings }: AuditReport): string {
  return JSON.stringify(findings)
}
