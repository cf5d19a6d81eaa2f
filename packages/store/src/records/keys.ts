import { createHmac } from 'node:crypto'
import type { Scope } from '../scope.ts'
import type { ErasedName } from './erasure.ts'
import type { Kept } from './pieces.ts'

/** Names of things in a database: keyed, so that nobody without it can test a guess, and each tenant's its own. */
export interface Keys {
  /** In hexadecimal digits. */
  piece(tenant: string, json: string): string
  doc(tenant: string, kept: Kept): Buffer
  /** What a document says, by the names of its pieces, which have the tenant in them; in hexadecimal digits. */
  list(
    tenant: string,
    kept: Omit<Kept, 'part' | 'bytes' | 'pieces'>,
    pieces: readonly string[],
  ): string
  query(tenant: string, words: string): Buffer
  erased(scope: Scope, name: ErasedName): Buffer
}

/** A conversation says again what was said: a text that was named lately is found sooner than it is named. */
const MOST_LETTERS = 4_000_000
const LONGEST = 500_000
/** Letters at both ends of a text by which it is looked for: to look for a whole one takes as long as to name it. */
const ENDS = 40

interface Named {
  readonly tenant: string
  readonly json: string
  readonly name: string
}

/** Names of texts, and the last ones that were given; of texts with the same ends, the last one. */
class Names {
  readonly #name: (tenant: string, json: string) => string
  readonly #known: Map<string, Named> = new Map()
  #letters = 0

  constructor(name: (tenant: string, json: string) => string) {
    this.#name = name
  }

  of(tenant: string, json: string): string {
    if (json.length > LONGEST) return this.#name(tenant, json)
    const ends = `${json.length} ${json.slice(0, 2 * ENDS)}${json.slice(-ENDS)}`
    const known = this.#known.get(ends)
    if (known?.json === json && known.tenant === tenant) return known.name
    if (this.#letters > MOST_LETTERS) this.#forget()
    const name = this.#name(tenant, json)
    this.#known.set(ends, { tenant, json, name })
    this.#letters += json.length + ends.length
    return name
  }

  #forget(): void {
    this.#known.clear()
    this.#letters = 0
  }
}

/** 128 bits. */
const BYTES = 16

/** Names by the key of a database. */
export function keysOf(hex: string): Keys {
  const key = Buffer.from(hex, 'hex')
  const digest = (...parts: readonly string[]): Buffer => {
    const hmac = createHmac('sha256', key)
    for (const part of parts) hmac.update(part).update('\0')
    return hmac.digest().subarray(0, BYTES)
  }
  const names = new Names((tenant, json) => digest('piece', tenant, json).toString('hex'))
  return {
    piece: (tenant, json) => names.of(tenant, json),
    doc: (tenant, { digest: named, truncated, isList, pieces }) =>
      digest('doc', tenant, named ?? '', `${truncated} ${isList}`, ...pieces),
    list: (tenant, { digest: named, truncated, isList }, pieces) =>
      digest('list', tenant, `${named ?? ''} ${truncated} ${isList} ${pieces.join(' ')}`).toString(
        'hex',
      ),
    query: (tenant, words) => digest('query', tenant, words),
    // A tenant cannot be called so, since its name follows a letter.
    erased: (scope, { kind, id }) =>
      digest('erased', scope === undefined ? '*' : `t${scope}`, kind, id),
  }
}
