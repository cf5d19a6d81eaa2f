import { createHash } from 'node:crypto'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { contentPath } from '../content-path.ts'
import { rangeOf, type UnsignedRange } from '../unsigned-ranges.ts'
import type { Findings } from './findings.ts'
import { isLogChanged } from './log-folder.ts'
import type { PruneClaim } from './own-entries.ts'
import { openPart } from './part-file.ts'
import { isAbsent, isThere } from './small-file.ts'

/** Content that is there, content that was erased, content that should be there. */
export interface ContentCounts {
  readonly kept: number
  readonly erased: number
  readonly missing: number
}

/** What the log says, signed, about content that is not there. */
export interface RemovalReasons {
  /** Destroyed keys, each with the request. */
  readonly erased: ReadonlyMap<string, string>
  readonly prunes: readonly PruneClaim[]
  /** Whether an erasure of a key was begun, which nothing has signed yet. */
  readonly isErasing: (kid: string) => boolean
}

interface ContentRef {
  readonly seq: number
  readonly path: string
  readonly kid: string
  readonly ct: string
  /** First entry of its segment. */
  readonly segment: number
}

/** Something wrong with what an entry names: it counts where the entry was signed before another writer started, as anybody may write others. */
interface Fault {
  readonly seq: number
  readonly code: 'MISSING_CONTENT' | 'MODIFIED'
  readonly detail: string
  /** What is not there: perhaps a later entry says why. */
  readonly absent?: ContentRef
}

/** Which entries are signed so far. */
export interface SignedSoFar {
  /** Those before this one, */
  readonly size: number
  /** but for those that a writer found unsigned. */
  readonly unsigned: readonly UnsignedRange[]
}

interface Missing {
  seq: number
  last: number
  count: number
  /** Whether all of it was there before the checkpoint was read. */
  wasThere: boolean
}

/** Names of content files by their keys. */
export type ContentNames = ReadonlyMap<string, ReadonlySet<string>>

/** What content lies beside a log; a writer may be deleting some of it. */
export async function contentNames(dir: string): Promise<ContentNames> {
  const path = join(dir, 'content')
  const found = new Map<string, ReadonlySet<string>>()
  for (const kid of await listed(path)) found.set(kid, new Set(await listed(join(path, kid))))
  return found
}

async function listed(path: string): Promise<string[]> {
  return readdir(path).catch((error: unknown) => {
    if (isAbsent(error)) return []
    throw error
  })
}

const AT_ONCE = 8

/** Holds the encrypted content beside a log against what its entries say, a few files at a time. */
export class ContentFiles {
  readonly #dir: string
  readonly #findings: Findings
  #waiting: ContentRef[] = []
  /** Of entries that no checkpoint covers so far. */
  #faults: Fault[] = []
  /** By key and segment: what erases or expires them may come later. */
  readonly #missing = new Map<string, Map<number, Missing>>()
  readonly #before: ContentNames
  #segment = 0
  #kept = 0

  /** `before`: the content that was there before the log's checkpoint was read. */
  constructor(dir: string, findings: Findings, before: ContentNames = new Map()) {
    this.#dir = dir
    this.#findings = findings
    this.#before = before
  }

  /** What comes now is in the segment that begins with this entry. */
  enter(segment: number): void {
    this.#segment = segment
  }

  /** Takes the array `data` of an entry, as it stands in the line. */
  take(seq: number, data: string): void {
    const items = JSON.parse(data) as unknown
    if (!Array.isArray(items)) return
    for (const item of items as ({ kid?: unknown; ct?: unknown } | null)[]) {
      if (item?.ct === undefined) continue
      const { kid, ct } = item
      const path = contentPath(this.#dir, kid, ct)
      if (path === undefined)
        this.#add(seq, 'MISSING_CONTENT', `entry ${seq} names content by what is no hash`)
      else
        this.#waiting.push({ seq, path, kid: String(kid), ct: String(ct), segment: this.#segment })
    }
  }

  /** Looks at the content that was named since, and tells what is wrong with it of entries that are signed. */
  async drain(signed: SignedSoFar): Promise<void> {
    const waiting = this.#waiting
    this.#waiting = []
    for (let at = 0; at < waiting.length; at += AT_ONCE)
      await Promise.all(waiting.slice(at, at + AT_ONCE).map((ref) => this.#check(ref)))
    this.#settle(signed)
  }

  /** Tells what is missing and was neither erased nor in a segment that expires. */
  finish({ erased, prunes, isErasing }: RemovalReasons, signed: SignedSoFar): ContentCounts {
    this.#settle(signed)
    for (const fault of this.#faults) this.#note(fault, 'is not signed yet')
    let gone = 0
    let lost = 0
    for (const [kid, segments] of this.#missing) {
      const left = [...segments].filter(
        ([segment, { last }]) =>
          !prunes.some((prune) => prune.first === segment && last <= prune.last),
      )
      const count = left.reduce((sum, [, missing]) => sum + missing.count, 0)
      const seq = left[0]?.[1].seq ?? null
      if (count === 0) continue
      const wasThere = left.every(([, missing]) => missing.wasThere)
      const request = erased.get(kid) ?? underWay(wasThere && isErasing(kid))
      const items = count === 1 ? 'one content' : `${count} contents`
      if (request === undefined) {
        lost += count
        this.#findings.failure(
          'MISSING_CONTENT',
          seq,
          `${items} under the key ${kid} from entry ${seq} on is not there, and no erasure says why`,
        )
      } else {
        gone += count
        this.#findings.note(
          'MISSING_CONTENT',
          seq,
          `${items} from entry ${seq} on: content erased${request === 'null' ? '' : ` under request ${request}`}`,
        )
      }
    }
    return { kept: this.#kept, erased: gone, missing: lost }
  }

  async #check(ref: ContentRef): Promise<void> {
    const { seq, kid, ct, path } = ref
    const hash = createHash('sha256')
    try {
      const file = await openPart(path)
      await pipeline(file.createReadStream(), hash)
    } catch (error) {
      if (!isLogChanged(error)) throw error
      if (isThere(path)) this.#add(seq, 'MODIFIED', `content/${kid}/${ct} is no regular file`)
      else this.#add(seq, 'MISSING_CONTENT', `content/${kid}/${ct} is not there`, ref)
      return
    }
    this.#kept += 1
    if (hash.digest('hex') !== ct)
      this.#add(seq, 'MODIFIED', `the content content/${kid}/${ct} of entry ${seq} was changed`)
  }

  #add(seq: number, code: Fault['code'], detail: string, absent?: ContentRef): void {
    this.#faults.push({ seq, code, detail, ...(absent !== undefined && { absent }) })
  }

  #settle({ size, unsigned }: SignedSoFar): void {
    const faults = this.#faults
    this.#faults = faults.filter(({ seq }) => seq >= size)
    for (const fault of faults.filter(({ seq }) => seq < size)) {
      const { seq, code, detail, absent } = fault
      if (rangeOf(unsigned, seq) !== undefined)
        this.#note(fault, 'was not signed when the log was opened again')
      else if (absent !== undefined) this.#miss(absent)
      else this.#findings.failure(code, seq, detail)
    }
  }

  #note({ seq, code, detail }: Fault, why: string): void {
    this.#findings.note(code, seq, `entry ${seq}, which names it, ${why}: ${detail}`)
  }

  #miss({ kid, ct, segment, seq }: ContentRef): void {
    const segments = this.#missing.get(kid) ?? new Map<number, Missing>()
    const missing = segments.get(segment) ?? { seq, last: seq, count: 0, wasThere: true }
    missing.count += 1
    missing.wasThere &&= this.#before.get(kid)?.has(ct) ?? false
    // Several are looked at a time, in whatever order they answer.
    missing.seq = Math.min(missing.seq, seq)
    missing.last = Math.max(missing.last, seq)
    this.#missing.set(kid, segments.set(segment, missing))
  }
}

/** Who erases signs before he deletes: of what was there when the checkpoint was read, the erasure is signed by a later one. */
function underWay(isErasing: boolean): string | undefined {
  return isErasing ? 'null' : undefined
}
