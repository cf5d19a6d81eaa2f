import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { paddedSize } from '../src/entry.ts'
import { type LogBuilder, testSigner } from './log-builder.ts'
import { hide, SIZE, type TamperCase } from './tamper-log.ts'

const KID = '0123456789abcdef'

/** Something that somebody without a key did to a log, and the entry that would excuse it. */
interface Excuse extends Omit<TamperCase, 'tamper'> {
  readonly excuse: (log: LogBuilder) => Promise<readonly [action: string, sys: object]>
}

const EXCUSES: readonly Excuse[] = [
  {
    threat: 'T25',
    what: 'content is gone, and an erasure says so',
    excuse: async (log) => {
      rmSync(join(log.dir, 'content'), { recursive: true })
      return ['audit.erasure', { ids: ['i'], kids: [KID], request: 'r-17' }]
    },
    finds: 'MISSING_CONTENT',
    seq: 10,
    result: 'incomplete',
  },
  {
    threat: 'T25',
    what: 'content is gone from its folder, which is still there, and an erasure says so',
    excuse: async (log) => {
      const dir = join(log.dir, 'content', KID)
      for (const name of readdirSync(dir)) rmSync(join(dir, name))
      // Another file in its place.
      writeFileSync(join(dir, '0'.repeat(64)), '')
      return ['audit.erasure', { ids: ['i'], kids: [KID], request: 'r-17' }]
    },
    finds: 'MISSING_CONTENT',
    seq: 10,
    result: 'incomplete',
  },
  {
    threat: 'T25',
    what: 'the content of a segment is gone, and an expiry says so',
    excuse: async (log) => {
      rmSync(join(log.dir, 'content'), { recursive: true })
      return ['audit.prune', { first: 0, last: 12, sha256: '' }]
    },
    finds: 'MISSING_CONTENT',
    seq: 10,
    result: 'incomplete',
  },
  {
    threat: 'T28',
    what: 'entries are hidden behind their hashes, and an expiry says so',
    excuse: async (log) => {
      hide(log, 0, 12)
      const hashes = readFileSync(join(log.dir, 'hashes', `${paddedSize(0)}.bin`))
      const sha256 = createHash('sha256').update(hashes).digest('hex')
      return ['audit.prune', { first: 0, last: 12, sha256 }]
    },
    finds: 'GAP',
    seq: 0,
  },
  {
    threat: 'T14',
    what: 'a stream of somebody else is there, and the log names its key',
    excuse: async (log) => {
      const stream = await log.stream('s1', 7).open().entries(2).close().checkpoint()
      return ['audit.stream', stream.state()]
    },
    finds: 'KEY',
  },
  {
    threat: 'T21',
    what: 'a stream of somebody else is there, and the log hands over to its key',
    excuse: async (log) => {
      await log.stream('s1', 7).open().entries(2).close().checkpoint()
      return ['audit.key_rotate', { new: testSigner(log.origin, 7).key.vkey, old: log.vkey }]
    },
    finds: 'KEY',
  },
]

/** What nobody has signed excuses nothing: neither at once, nor once the next writer has signed it, whatever else was put before his start. */
export const REASON_CASES: readonly TamperCase[] = [
  ...EXCUSES.flatMap(({ excuse, what, ...expected }): TamperCase[] => [
    {
      ...expected,
      what: `${what}, which nobody has signed`,
      tamper: async (log) => {
        const [action, sys] = await excuse(log)
        log.open().own(action, sys)
      },
    },
    {
      ...expected,
      what: `${what}, which the next writer has signed`,
      tamper: async (log) => {
        const [action, sys] = await excuse(log)
        log.open().own(action, sys)
        await signedByNext(log)
      },
    },
    {
      ...expected,
      what: `${what}, which the next writer has signed behind a start that he did not make`,
      tamper: async (log) => {
        const [action, sys] = await excuse(log)
        log.open().own(action, sys)
        log.open(false, log.size).append()
        await signedByNext(log)
      },
    },
  ]),
  {
    threat: 'T21',
    what: 'another key took over by an entry that the next writer has signed, and signs with him',
    tamper: async (log) => {
      const old = log.signer
      const evil = testSigner(log.origin, 7)
      log.open().own('audit.key_rotate', { new: evil.key.vkey, old: log.vkey })
      await signedByNext(log)
      await log.checkpoint([evil, old])
      await log.open(false, log.size).entries(2).close().checkpoint([evil])
    },
    finds: 'SIGNATURE',
  },
  {
    threat: 'T21',
    what: 'a key that a signed entry revokes has signed that entry',
    tamper: async (log) => {
      log.open().own('audit.key_revoke', { key: log.vkey, trusted_size: SIZE }).close()
      await log.checkpoint()
    },
    finds: 'KEY',
  },
]

/** The next writer found so much signed, and says so. */
async function signedByNext(log: LogBuilder): Promise<void> {
  await log.open(true, SIZE).entries(1).close().checkpoint()
}

/** What nobody has signed, or only the next writer: it counts for nothing, so it cannot accuse a healthy log either. */
export const HARMLESS_REASONS: Readonly<Record<string, (log: LogBuilder) => unknown>> = {
  'an erasure that was begun': (log) => {
    log.open().own('audit.erasure', { ids: ['i'], kids: [KID], request: null })
  },
  'an erasure that was signed before the content went': (log) =>
    log
      .open()
      .own('audit.erasure', { ids: ['i'], kids: [KID], request: null })
      .checkpoint(),
  'an expiry that was begun': (log) => {
    const segment = readFileSync(log.segmentPath(0))
    log.rotate().open().prune(0, 12)
    writeFileSync(log.segmentPath(0), segment)
  },
  'the revocation of the key in use': (log) => {
    log.open().own('audit.key_revoke', { key: log.vkey, trusted_size: 0 })
  },
  'the revocation of the key in use, which the next writer has signed': async (log) => {
    log.open().own('audit.key_revoke', { key: log.vkey, trusted_size: 0 })
    await signedByNext(log)
  },
  'a rotation that was begun, and a next writer with the old key': async (log) => {
    log.open().own('audit.key_rotate', { new: testSigner(log.origin, 7).key.vkey, old: log.vkey })
    await signedByNext(log)
  },
  'a stream that is nowhere': async (log) => {
    const state = { key: log.vkey, origin: `${log.origin}/s1`, root: '', size: 7 }
    log.open().own('audit.stream', state)
    await signedByNext(log)
  },
  'a start that takes back what was signed': async (log) => {
    await log.open().erase(KID).close().checkpoint()
    const signed = log.size
    log.open(false, 0)
    await log.open(true, signed).close().checkpoint()
  },
  'reasons that are no objects': (log) => {
    log.open()
    for (const action of ['erasure', 'prune', 'stream', 'key_rotate', 'key_revoke'])
      log.own(`audit.${action}`, [])
  },
}
