import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { paddedSize } from '../src/entry.ts'
import { edit, folder, hide, type TamperCase } from './tamper-log.ts'

/** Content, segments and streams that are gone, hidden or replaced. */
export const REMOVAL_CASES: readonly TamperCase[] = [
  {
    threat: 'T25',
    what: 'content is gone, and no erasure says why',
    tamper: (log) => rmSync(join(log.dir, 'content'), { recursive: true }),
    finds: 'MISSING_CONTENT',
    seq: 10,
    result: 'incomplete',
  },
  {
    threat: 'T26',
    what: 'encrypted content is replaced',
    tamper: (log) => {
      const dir = join(log.dir, 'content', '0123456789abcdef')
      writeFileSync(join(dir, readdirSync(dir)[0] ?? ''), 'other')
    },
    finds: 'MODIFIED',
  },
  {
    threat: 'T26',
    what: 'two contents have changed places',
    tamper: (log) => {
      const dir = join(log.dir, 'content', '0123456789abcdef')
      const [a = '', b = ''] = readdirSync(dir).map((name) => join(dir, name))
      const bytes = readFileSync(a)
      writeFileSync(a, readFileSync(b))
      writeFileSync(b, bytes)
    },
    finds: 'MODIFIED',
  },
  {
    threat: 'T27',
    what: 'a segment is replaced by an older state of it',
    tamper: (log) => edit(log, 18, (lines, at) => lines.splice(at)),
    finds: 'GAP',
    seq: 18,
  },
  {
    threat: 'T28',
    what: 'entries were made to expire, and no entry says so',
    tamper: (log) => hide(log, 0, 12),
    finds: 'GAP',
    seq: 0,
  },
  {
    threat: 'T28',
    what: 'the hashes of expired entries are changed',
    tamper: async (log) => {
      log.rotate().open().prune(0, 12).close()
      await log.checkpoint()
      const path = join(log.dir, 'hashes', `${paddedSize(0)}.bin`)
      const bytes = readFileSync(path)
      bytes[40] = (bytes[40] ?? 0) ^ 1
      writeFileSync(path, bytes)
    },
    finds: 'MODIFIED',
  },
  {
    threat: 'T28',
    what: 'the hashes of expired entries are cut',
    tamper: async (log) => {
      log.rotate().open().prune(0, 12).close()
      await log.checkpoint()
      const path = join(log.dir, 'hashes', `${paddedSize(0)}.bin`)
      writeFileSync(path, readFileSync(path).subarray(0, -32))
    },
    finds: 'GAP',
    seq: 12,
  },
  {
    threat: 'T43',
    what: 'entries in the middle are hidden behind their hashes',
    tamper: (log) => hide(log, 13, 22),
    finds: 'GAP',
    seq: 13,
  },
  {
    threat: 'streams',
    what: 'a stream that the log has named is gone',
    tamper: async (log) => {
      const stream = log.stream('s1', 5).open().entries(3)
      await stream.checkpoint()
      log.open().attest(stream).close()
      await log.checkpoint()
      rmSync(stream.dir, { recursive: true })
    },
    finds: 'TRUNCATED',
  },
  {
    threat: 'streams',
    what: 'a stream is shorter than the log says',
    tamper: async (log, t) => {
      const stream = log.stream('s1', 5).open().entries(3)
      await stream.checkpoint()
      const copy = folder(t)
      cpSync(stream.dir, copy, { recursive: true })
      stream.entries(3)
      await stream.checkpoint()
      log.open().attest(stream).close()
      await log.checkpoint()
      rmSync(stream.dir, { recursive: true })
      cpSync(copy, stream.dir, { recursive: true })
    },
    finds: 'TRUNCATED',
  },
  {
    threat: 'streams',
    what: 'a stream was written anew with its key',
    tamper: async (log) => {
      const stream = log.stream('s1', 5).open().entries(3)
      await stream.checkpoint()
      log.open().attest(stream).close()
      await log.checkpoint()
      rmSync(stream.dir, { recursive: true })
      const again = log.stream('s1', 5).open()
      for (let at = 0; at < 6; at += 1) again.append({ outcome: 'denied' })
      await again.checkpoint()
    },
    finds: 'FORK',
  },
  {
    threat: 'streams',
    what: 'a stream was written anew under another key',
    tamper: async (log) => {
      const stream = log.stream('s1', 5).open().entries(3)
      await stream.checkpoint()
      log.open().attest(stream).close()
      await log.checkpoint()
      rmSync(stream.dir, { recursive: true })
      await log.stream('s1', 6).open().entries(3).checkpoint()
    },
    finds: 'KEY',
  },
]
