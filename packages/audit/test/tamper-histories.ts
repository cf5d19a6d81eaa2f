import { createHash } from 'node:crypto'
import { appendFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { canonicalJson } from '../src/canonical.ts'
import { signNote } from '../src/signed-note.ts'
import { LogBuilder } from './log-builder.ts'
import { edit, folder, rechain, replaceBy, SIZE, type TamperCase, truncate } from './tamper-log.ts'

/** Histories that are cut, written anew or mixed. */
export const HISTORY_CASES: readonly TamperCase[] = [
  {
    threat: 'T5',
    what: 'the newest entries are gone',
    tamper: (log) => edit(log, 30, (lines, at) => lines.splice(at, 2)),
    finds: 'TRUNCATED',
    seq: 30,
  },
  {
    threat: 'T5',
    what: 'the newest segment is gone',
    tamper: (log) => rmSync(log.segmentPath(23)),
    finds: 'TRUNCATED',
    seq: 23,
  },
  {
    threat: 'T5',
    what: 'the file ends within the last line',
    tamper: (log) => {
      const path = log.segmentPath(23)
      writeFileSync(path, readFileSync(path).subarray(0, -1))
    },
    finds: 'TRUNCATED',
    seq: 31,
  },
  {
    threat: 'T5',
    what: 'the newest entries are gone with their checkpoints, and somebody remembers them',
    tamper: (log) => truncate(log, 23),
    finds: 'TRUNCATED',
    seq: 23,
    anchored: true,
  },
  {
    threat: 'T6',
    what: 'the end is cut and written anew with the key, as long as before',
    tamper: async (log, t) => {
      const other = new LogBuilder(folder(t)).open().entries(8)
      other
        .withContent('0123456789abcdef', 'hello')
        .withContent('0123456789abcdef', 'again')
        .close()
        .rotate()
        .open()
        .entries(8)
        .close()
        .rotate()
        .open()
      for (let at = 0; at < 7; at += 1) other.append({ outcome: 'denied' })
      other.close()
      await other.checkpoint()
      await replaceBy(log, other)
    },
    finds: 'FORK',
    anchored: true,
  },
  {
    threat: 'T6',
    what: 'the end is cut and written anew without the key',
    tamper: (log) =>
      rechain(log, (entries) => {
        for (const entry of entries.slice(24, 31)) entry.outcome = 'denied'
      }),
    finds: 'MODIFIED',
  },
  {
    threat: 'T7',
    what: 'all is written anew under another key',
    tamper: async (log, t) => {
      const other = new LogBuilder(folder(t), log.origin, 9).open().entries(29).close()
      await other.checkpoint()
      await replaceBy(log, other)
    },
    finds: 'KEY',
  },
  {
    threat: 'T8',
    what: 'all is written anew with the key, and somebody remembers the old log',
    tamper: async (log, t) => {
      const other = new LogBuilder(folder(t)).open()
      for (let at = 0; at < 40; at += 1) other.append({ outcome: 'denied' })
      other.close()
      await other.checkpoint()
      await replaceBy(log, other)
    },
    finds: 'FORK',
    anchored: true,
  },
  {
    threat: 'T9',
    what: 'another log is put in its place, and the caller has the key',
    tamper: async (log, t) => {
      const other = new LogBuilder(folder(t), 'acme.example/audit/other').open().entries(40).close()
      await other.checkpoint()
      await replaceBy(log, other)
    },
    finds: 'KEY',
  },
  {
    threat: 'T9',
    what: 'another log is put in its place, and only an anchor remembers the first',
    tamper: async (log, t) => {
      const other = new LogBuilder(folder(t), 'acme.example/audit/other').open().entries(40).close()
      await other.checkpoint()
      await replaceBy(log, other)
    },
    finds: 'FORK',
    anchored: true,
    key: 'self',
  },
  {
    threat: 'T10',
    what: 'two signed checkpoints of one size differ',
    tamper: async (log) => {
      const other = await signNote(
        `${log.origin}\n${SIZE}\n${createHash('sha256').update('x').digest('base64')}\n`,
        [log.signer],
      )
      writeFileSync(join(log.dir, 'checkpoint'), other)
    },
    finds: 'FORK',
  },
  {
    threat: 'T10',
    what: 'a signed checkpoint of a smaller size is of another history',
    tamper: async (log) => {
      const other = await signNote(
        `${log.origin}\n20\n${createHash('sha256').update('x').digest('base64')}\n`,
        [log.signer],
      )
      writeFileSync(log.notePath(20), other)
    },
    finds: 'FORK',
  },
  {
    threat: 'T11',
    what: 'a backup was restored and gone on with',
    tamper: async (log, t) => {
      const other = new LogBuilder(folder(t)).open().entries(8)
      other
        .withContent('0123456789abcdef', 'hello')
        .withContent('0123456789abcdef', 'again')
        .close()
      await other.checkpoint()
      other.open()
      for (let at = 0; at < 30; at += 1) other.append({ outcome: 'partial' })
      other.close()
      await other.checkpoint()
      await replaceBy(log, other)
    },
    finds: 'FORK',
    anchored: true,
  },
  {
    threat: 'T11',
    what: 'a backup was restored',
    tamper: (log) => truncate(log, 13),
    finds: 'TRUNCATED',
    anchored: true,
  },
  {
    threat: 'T12',
    what: 'a second writer wrote the same numbers',
    tamper: (log) => {
      const before = log.lines.slice(0, 10)
      const rival = canonicalJson({
        ...(JSON.parse(before.at(-1) ?? '') as object),
        outcome: 'denied',
      })
      edit(log, 9, (lines, at) => lines.splice(at + 1, 0, rival))
    },
    finds: 'FORK',
    seq: 9,
  },
  {
    threat: 'T13',
    what: 'an old writer woke up and went on in the old segment',
    tamper: (log) =>
      appendFileSync(
        log.segmentPath(13),
        `${canonicalJson({ ...(JSON.parse(log.lines[23] ?? '') as object), outcome: 'denied' })}\n`,
      ),
    finds: 'DUPLICATE_WRITE',
    seq: 23,
  },
  {
    threat: 'T14',
    what: 'an entry of another log takes the place of one',
    tamper: (log, t) => {
      const other = new LogBuilder(folder(t), 'acme.example/audit/t2').entries(20)
      edit(log, 7, (lines, at) => {
        lines[at] = other.lines[7] ?? ''
      })
    },
    finds: 'MODIFIED',
    seq: 7,
  },
]
