import { randomUUID } from 'node:crypto'
import { open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { fromBase64 } from '../base64.ts'
import { canonicalJson } from '../canonical.ts'
import { AuditError } from '../errors.ts'
import { Frontier, frontierLength, HASH_BYTES } from '../merkle.ts'
import type { ChainState } from './chain.ts'
import { readSmall } from './small-file.ts'

/** What a verifier remembers of a log: what it must still begin with, and all that is needed to go on from there. */
export interface LogAnchor extends ChainState {
  readonly origin: string
  readonly root: Buffer
  /** The keys in force, as lines. */
  readonly keys: readonly string[]
  /** Keys that were in force before, the oldest first: who trusts one of them trusts those after it. */
  readonly before: readonly string[]
  /** Whether the last entry closed the log. */
  readonly closed: boolean
}

/** The anchors in a file: of a log and of its streams, by origin. */
export type Anchors = ReadonlyMap<string, LogAnchor>

interface StoredAnchor {
  readonly origin: string
  readonly size: number
  readonly root: string
  readonly frontier: readonly string[]
  readonly prev: string
  readonly ts: string
  readonly keys: readonly string[]
  readonly before?: readonly string[]
  readonly closed: boolean
}

/** An anchor has some hundred bytes for each stream. */
const MOST_BYTES = 1 << 26

/** The anchors in a file; undefined where there is no file. Throws `AUDIT_ANCHOR_INVALID`: an anchor that cannot be read is never taken for none. */
export function readAnchors(path: string): Anchors | undefined {
  const { bytes, fault } = readSmall(path, MOST_BYTES)
  if (bytes === undefined && fault === undefined) return undefined
  try {
    if (bytes === undefined) throw new Error(`it ${fault}`)
    const { v, logs } = JSON.parse(bytes.toString()) as { v?: unknown; logs: StoredAnchor[] }
    if (v !== 1) throw new Error('its version is not known')
    return new Map(logs.map((stored) => [stored.origin, parseAnchor(stored)]))
  } catch (cause) {
    throw new AuditError(
      'AUDIT_ANCHOR_INVALID',
      `Expected ${path} to be what an earlier verification wrote: ${(cause as Error).message}; restore it, or find out what the log was when it was written`,
      { cause },
    )
  }
}

/** Writes anchors so that a reader, or a power cut, finds the old ones or the new ones. */
export async function writeAnchors(path: string, anchors: Iterable<LogAnchor>): Promise<void> {
  const temporary = `${path}.${randomUUID()}.tmp`
  try {
    const file = await open(temporary, 'wx', 0o600)
    try {
      await file.writeFile(`${canonicalJson({ v: 1, logs: [...anchors].map(storedAnchor) })}\n`)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(temporary, path)
    const folder = await open(dirname(path), 'r')
    await folder.sync().finally(() => folder.close())
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  }
}

function parseAnchor(stored: StoredAnchor): LogAnchor {
  const { origin, size, root, frontier, prev, ts, keys, before = [], closed } = stored
  const hashes = frontier.map(hashOf)
  const isWhole = Number.isSafeInteger(size) && size >= 0 && hashes.length === frontierLength(size)
  const fits = isWhole && new Frontier({ size, frontier: hashes }).root().equals(hashOf(root))
  const areTexts = [...keys, ...before].every((key) => typeof key === 'string')
  if (!fits || typeof origin !== 'string' || !areTexts) throw new Error('it was changed or cut')
  hashOf(prev)
  return {
    origin,
    size,
    root: hashOf(root),
    frontier: hashes,
    prev,
    ts: String(ts),
    keys,
    before,
    closed: closed === true,
  }
}

function hashOf(text: string): Buffer {
  const bytes = fromBase64(text)
  if (bytes?.length !== HASH_BYTES) throw new Error('it has a hash that is none')
  return bytes
}

function storedAnchor({
  origin,
  size,
  root,
  frontier,
  prev,
  ts,
  keys,
  before,
  closed,
}: LogAnchor): StoredAnchor {
  const base64 = (hash: Buffer): string => hash.toString('base64')
  return {
    origin,
    size,
    root: base64(root),
    frontier: frontier.map(base64),
    prev,
    ts,
    keys,
    before,
    closed,
  }
}
