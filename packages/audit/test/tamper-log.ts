import assert from 'node:assert/strict'
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { canonicalJson } from '../src/canonical.ts'
import { paddedSize, segmentName } from '../src/entry.ts'
import type { AuditFindingCode, AuditReport } from '../src/index.ts'
import { leafHash } from '../src/merkle.ts'
import { LogBuilder, linesOf, writeLines } from './log-builder.ts'

export { folder } from './log-setup.ts'

/** A tampered log and what it must be found by. `threat` is the kind that it belongs to. */
export interface TamperCase {
  readonly threat: string
  readonly what: string
  /** Changes the log; what it returns is verified in place of it. */
  readonly tamper: (log: LogBuilder, t: TestContext) => unknown
  readonly finds: AuditFindingCode
  readonly seq?: number
  /** Whether a verifier saw the log before. Default false. */
  readonly anchored?: boolean
  /** Default: the log's first key, given by the caller. */
  readonly key?: 'self'
  readonly result?: AuditReport['result']
}

/** 32 entries in three segments, each closed and signed. */
export const SIZE = 32
const SEGMENTS = [0, 13, 23] as const

export async function richLog(dir: string): Promise<LogBuilder> {
  const log = new LogBuilder(dir).open().entries(8)
  log.withContent('0123456789abcdef', 'hello').withContent('0123456789abcdef', 'again').close()
  await log.checkpoint()
  for (let at = 0; at < 2; at += 1) {
    log
      .rotate()
      .open()
      .entries(at === 0 ? 8 : 7)
      .close()
    await log.checkpoint()
  }
  return log
}

/** The segment that an entry is in, as lines that may be changed, and written back. */
export function edit(
  log: LogBuilder,
  seq: number,
  change: (lines: string[], at: number) => void,
): void {
  const first = SEGMENTS.findLast((start) => start <= seq) ?? 0
  const path = log.segmentPath(first)
  const lines = linesOf(path)
  change(lines, seq - first)
  writeLines(path, lines)
}

export function replaceIn(seq: number, from: string | RegExp, to: string) {
  return (log: LogBuilder): void =>
    edit(log, seq, (lines, at) => {
      const line = lines[at] ?? ''
      lines[at] = line.replace(from, to)
      assert.notEqual(lines[at], line)
    })
}

/** Writes the log anew from changed lines, with every link made to fit: what an attacker without the key can do. */
export function rechain(
  log: LogBuilder,
  change: (entries: Record<string, unknown>[]) => void,
): void {
  const entries = SEGMENTS.flatMap((first) => linesOf(log.segmentPath(first))).map(
    (line) => JSON.parse(line) as Record<string, unknown>,
  )
  change(entries)
  let prev = entries[0]?.prev
  const lines = entries.map((entry, seq) => {
    const line = canonicalJson({ ...entry, seq, prev })
    prev = leafHash(Buffer.from(line)).toString('base64')
    return line
  })
  for (const [at, first] of SEGMENTS.entries())
    writeLines(log.segmentPath(first), lines.slice(first, SEGMENTS[at + 1] ?? lines.length))
}

/** Goes back to an older size: its lines, and no checkpoint beyond it. */
export function truncate(log: LogBuilder, size: number): void {
  for (const first of SEGMENTS) {
    if (first >= size) rmSync(log.segmentPath(first))
    else writeLines(log.segmentPath(first), linesOf(log.segmentPath(first)).slice(0, size - first))
  }
  for (const name of readdirSync(join(log.dir, 'checkpoints')))
    if (name > `${paddedSize(size)}.note`) rmSync(join(log.dir, 'checkpoints', name))
  writeFileSync(join(log.dir, 'checkpoint'), readFileSync(log.notePath(size)))
}

/** Another log in place of this one. */
export async function replaceBy(log: LogBuilder, other: LogBuilder): Promise<void> {
  rmSync(log.dir, { recursive: true })
  cpSync(other.dir, log.dir, { recursive: true })
}

export function note(log: LogBuilder, change: (text: string) => string, size: number = SIZE): void {
  for (const path of [log.notePath(size), join(log.dir, 'checkpoint')]) {
    const text = readFileSync(path, 'utf8')
    const changed = change(text)
    assert.notEqual(changed, text)
    writeFileSync(path, changed)
  }
}

/** Puts hashes in the place of entries. */
export function hide(log: LogBuilder, first: number, last: number): void {
  const hashes = log.lines.slice(first, last + 1).map((line) => leafHash(Buffer.from(line)))
  mkdirSync(join(log.dir, 'hashes'), { recursive: true })
  writeFileSync(join(log.dir, 'hashes', `${paddedSize(first)}.bin`), Buffer.concat(hashes))
  rmSync(join(log.dir, segmentName(first)))
}
