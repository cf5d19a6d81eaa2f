import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import type { Findings } from './findings.ts'

/** Content that is there, content that was erased, content that should be there. */
export interface ContentCounts {
  readonly kept: number
  readonly erased: number
  readonly missing: number
}

interface ContentRef {
  readonly seq: number
  readonly kid: string
  readonly ct: string
}

interface Missing {
  readonly seq: number
  count: number
}

const AT_ONCE = 8

/** Holds the encrypted content beside a log against what its entries say, a few files at a time. */
export class ContentFiles {
  readonly #dir: string
  readonly #findings: Findings
  #waiting: ContentRef[] = []
  /** By key: erasures may come later. */
  readonly #missing = new Map<string, Missing>()
  #kept = 0

  constructor(dir: string, findings: Findings) {
    this.#dir = join(dir, 'content')
    this.#findings = findings
  }

  /** Takes the array `data` of an entry, as it stands in the line. */
  take(seq: number, data: string): void {
    const items = JSON.parse(data) as unknown
    if (!Array.isArray(items)) return
    for (const item of items as ({ kid?: unknown; ct?: unknown } | null)[]) {
      if (item?.ct === undefined) continue
      const { kid, ct } = item
      // They become paths.
      if (isHex(kid, 16) && isHex(ct, 64)) this.#waiting.push({ seq, kid, ct })
      else
        this.#findings.failure(
          'MISSING_CONTENT',
          seq,
          `entry ${seq} names content by what is no hash`,
        )
    }
  }

  /** Looks at the content that was named since. */
  async drain(): Promise<void> {
    const waiting = this.#waiting
    this.#waiting = []
    for (let at = 0; at < waiting.length; at += AT_ONCE)
      await Promise.all(waiting.slice(at, at + AT_ONCE).map((ref) => this.#check(ref)))
  }

  /** Tells what is missing without having been erased. */
  finish(erased: ReadonlyMap<string, string>): ContentCounts {
    let gone = 0
    let lost = 0
    for (const [kid, { seq, count }] of this.#missing) {
      const request = erased.get(kid)
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

  async #check({ seq, kid, ct }: ContentRef): Promise<void> {
    const hash = createHash('sha256')
    try {
      await pipeline(createReadStream(join(this.#dir, kid, ct)), hash)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
      const missing = this.#missing.get(kid) ?? { seq, count: 0 }
      missing.count += 1
      this.#missing.set(kid, missing)
      return
    }
    this.#kept += 1
    if (hash.digest('hex') !== ct)
      this.#findings.failure(
        'MODIFIED',
        seq,
        `the content content/${kid}/${ct} of entry ${seq} was changed`,
      )
  }
}

function isHex(value: unknown, length: number): value is string {
  return typeof value === 'string' && value.length === length && /^[0-9a-f]+$/.test(value)
}
