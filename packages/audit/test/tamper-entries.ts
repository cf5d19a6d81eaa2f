import { rmSync } from 'node:fs'
import { edit, rechain, replaceIn, SIZE, type TamperCase } from './tamper-log.ts'

/** Entries that are changed, gone, moved or put in. */
export const ENTRY_CASES: readonly TamperCase[] = [
  {
    threat: 'T1',
    what: 'an entry in the middle says something else',
    tamper: replaceIn(7, 'success', 'failure'),
    finds: 'MODIFIED',
    seq: 7,
  },
  {
    threat: 'T1',
    what: 'the first entry says something else',
    tamper: replaceIn(0, '"nonce":"AAAA"', '"nonce":"AAAB"'),
    finds: 'MODIFIED',
    seq: 0,
  },
  {
    threat: 'T1',
    what: 'the last entry says something else',
    tamper: replaceIn(SIZE - 1, '"appended":1', '"appended":2'),
    finds: 'MODIFIED',
    seq: SIZE - 1,
  },
  {
    threat: 'T1',
    what: 'the last entry of a segment says something else',
    tamper: replaceIn(22, '"appended":1', '"appended":2'),
    finds: 'MODIFIED',
    seq: 22,
  },
  {
    threat: 'T1',
    what: 'the link of an entry says something else',
    tamper: replaceIn(15, /"prev":"(.)/, '"prev":"_'),
    finds: 'MODIFIED',
    seq: 15,
  },
  {
    threat: 'T1',
    what: 'an entry is changed and all links after it are made to fit',
    tamper: (log) =>
      rechain(log, (entries) => {
        entries[7] = { ...entries[7], outcome: 'failure' }
      }),
    finds: 'MODIFIED',
  },
  {
    threat: 'T1',
    what: 'two entries far apart are changed',
    tamper: (log) => {
      replaceIn(4, 'success', 'failure')(log)
      replaceIn(18, 'success', 'failure')(log)
    },
    finds: 'MODIFIED',
    seq: 18,
  },
  {
    threat: 'T2',
    what: 'an entry in the middle is gone',
    tamper: (log) => edit(log, 7, (lines, at) => lines.splice(at, 1)),
    finds: 'GAP',
    seq: 7,
  },
  {
    threat: 'T2',
    what: 'the first entry is gone',
    tamper: (log) => edit(log, 0, (lines, at) => lines.splice(at, 1)),
    finds: 'GAP',
    seq: 0,
  },
  {
    threat: 'T2',
    what: 'the last entry of a segment is gone',
    tamper: (log) => edit(log, 12, (lines, at) => lines.splice(at, 1)),
    finds: 'GAP',
    seq: 12,
  },
  {
    threat: 'T2',
    what: 'three entries are gone',
    tamper: (log) => edit(log, 15, (lines, at) => lines.splice(at, 3)),
    finds: 'GAP',
    seq: 15,
  },
  {
    threat: 'T2',
    what: 'a segment in the middle is gone',
    tamper: (log) => rmSync(log.segmentPath(13)),
    finds: 'GAP',
    seq: 13,
  },
  {
    threat: 'T2',
    what: 'the first segment is gone',
    tamper: (log) => rmSync(log.segmentPath(0)),
    finds: 'GAP',
    seq: 0,
  },
  {
    threat: 'T2',
    what: 'an entry is gone and all after it are renumbered',
    tamper: (log) => rechain(log, (entries) => entries.splice(7, 1)),
    finds: 'TRUNCATED',
  },
  {
    threat: 'T3',
    what: 'two neighbours have changed places',
    tamper: (log) =>
      edit(log, 7, (lines, at) => lines.splice(at, 2, ...lines.slice(at, at + 2).reverse())),
    finds: 'REORDERED',
    seq: 7,
  },
  {
    threat: 'T3',
    what: 'an entry has moved to another segment',
    tamper: (log) => {
      let moved = ''
      edit(log, 7, (lines, at) => {
        moved = lines.splice(at, 1)[0] ?? ''
      })
      edit(log, 18, (lines, at) => lines.splice(at, 0, moved))
    },
    finds: 'REORDERED',
    seq: 7,
  },
  {
    threat: 'T3',
    what: 'two entries have changed places, numbers and links',
    tamper: (log) =>
      rechain(log, (entries) => entries.splice(7, 2, ...entries.slice(7, 9).reverse())),
    finds: 'MODIFIED',
  },
  {
    threat: 'T4',
    what: 'an entry is there twice',
    tamper: (log) => edit(log, 7, (lines, at) => lines.splice(at, 0, lines[at] ?? '')),
    finds: 'DUPLICATE_WRITE',
    seq: 7,
  },
  {
    threat: 'T4',
    what: 'an entry is repeated much later',
    tamper: (log) => edit(log, 28, (lines, at) => lines.splice(at, 0, log.lines[3] ?? '')),
    finds: 'DUPLICATE_WRITE',
    seq: 3,
  },
  {
    threat: 'T4',
    what: 'an entry with a number that is taken is put in',
    tamper: (log) =>
      edit(log, 7, (lines, at) =>
        lines.splice(at + 1, 0, (lines[at] ?? '').replace('success', 'failure')),
      ),
    finds: 'DUPLICATE_WRITE',
    seq: 7,
  },
  {
    threat: 'T4',
    what: 'an entry is put in and all after it are renumbered',
    tamper: (log) => rechain(log, (entries) => entries.splice(7, 0, { ...entries[6] })),
    finds: 'MODIFIED',
  },
]
