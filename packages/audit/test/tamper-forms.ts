import { readFileSync, writeFileSync } from 'node:fs'
import { leafHash } from '../src/merkle.ts'
import { LogBuilder, linesOf } from './log-builder.ts'
import { edit, folder, replaceIn, type TamperCase } from './tamper-log.ts'

/** Lines in other forms than theirs, and chains within chains. */
export const FORM_CASES: readonly TamperCase[] = [
  {
    threat: 'T15',
    what: 'a space is put in',
    tamper: replaceIn(7, '"outcome":', '"outcome": '),
    finds: 'NOT_CANONICAL',
    seq: 7,
  },
  {
    threat: 'T15',
    what: 'a key is there twice',
    tamper: replaceIn(7, '"outcome":"success"', '"outcome":"success","outcome":"success"'),
    finds: 'NOT_CANONICAL',
    seq: 7,
  },
  {
    threat: 'T15',
    what: 'keys have another order',
    tamper: (log) =>
      edit(log, 7, (lines, at) => {
        const { v, ...rest } = JSON.parse(lines[at] ?? '') as { v: number }
        lines[at] = JSON.stringify({ v, ...rest })
      }),
    finds: 'NOT_CANONICAL',
    seq: 7,
  },
  {
    threat: 'T15',
    what: 'a number has another spelling',
    tamper: replaceIn(7, '"seq":7', '"seq":7.0'),
    finds: 'NOT_CANONICAL',
    seq: 7,
  },
  {
    threat: 'T15',
    what: 'a letter is escaped',
    tamper: replaceIn(7, '"success"', '"s\\u0075ccess"'),
    finds: 'NOT_CANONICAL',
    seq: 7,
  },
  {
    threat: 'T15',
    what: 'a lone surrogate is put in',
    tamper: replaceIn(7, '"success"', '"\\ud800"'),
    finds: 'NOT_CANONICAL',
    seq: 7,
  },
  {
    threat: 'T15',
    what: 'lines end as on Windows',
    tamper: (log) => {
      const path = log.segmentPath(13)
      writeFileSync(path, readFileSync(path, 'utf8').replaceAll('\n', '\r\n'))
    },
    finds: 'NOT_CANONICAL',
    seq: 13,
  },
  {
    threat: 'T15',
    what: 'a byte order mark is put in front',
    tamper: (log) => {
      const path = log.segmentPath(13)
      writeFileSync(path, Buffer.concat([Buffer.from('efbbbf', 'hex'), readFileSync(path)]))
    },
    finds: 'NOT_CANONICAL',
    seq: 13,
  },
  {
    threat: 'T15',
    what: 'an empty line is put in',
    tamper: (log) => edit(log, 7, (lines, at) => lines.splice(at, 0, '')),
    finds: 'NOT_CANONICAL',
    seq: 7,
  },
  {
    threat: 'T16',
    what: 'text moves from one field into its neighbour',
    tamper: (log) =>
      edit(log, 7, (lines, at) => {
        lines[at] = (lines[at] ?? '').replace(
          '"id":"gpt-4o","type":"model"',
          '"id":"gpt-4","type":"omodel"',
        )
      }),
    finds: 'MODIFIED',
    seq: 7,
  },
  {
    threat: 'T17',
    what: 'bytes are appended to a line',
    tamper: (log) =>
      edit(log, 7, (lines, at) => {
        lines[at] += '\u0000{"outcome":"denied"}'
      }),
    finds: 'NOT_CANONICAL',
    seq: 7,
  },
  {
    threat: 'T18',
    what: 'two entries are replaced by the node above them',
    tamper: (log) => {
      const leaf = (seq: number): Buffer => leafHash(Buffer.from(log.lines[seq] ?? ''))
      const path = log.segmentPath(0)
      const lines = linesOf(path)
      const at = Buffer.from(`${lines.slice(0, 6).join('\n')}\n`)
      writeFileSync(
        path,
        Buffer.concat([
          at,
          leaf(6),
          leaf(7),
          Buffer.from('\n'),
          Buffer.from(`${lines.slice(8).join('\n')}\n`),
        ]),
      )
    },
    finds: 'NOT_CANONICAL',
    seq: 6,
  },
  {
    threat: 'T19',
    what: 'a segment begins a chain of its own',
    tamper: (log, t) => {
      const other = new LogBuilder(folder(t)).open().entries(7).close()
      writeFileSync(log.segmentPath(13), readFileSync(other.segmentPath(0)))
    },
    finds: 'DUPLICATE_WRITE',
    seq: 0,
  },
]
