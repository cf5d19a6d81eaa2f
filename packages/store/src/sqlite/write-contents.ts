import { comparableQuery } from '../read/siblings.ts'
import type { Keys } from '../records/keys.ts'
import type { Kept } from '../records/pieces.ts'
import { queryPiece, queryText } from '../records/query-text.ts'
import { insertRows, NEW, rowsOf } from './bulk.ts'
import type { Connection, Value } from './connection.ts'
import type { Counters } from './counters.ts'
import { packedText } from './packed-text.ts'

/** What somebody says. */
export interface Saying {
  /** A span, or, as a negative number, a late line. */
  readonly owner: number
  readonly tenant: string
  readonly time: number
  readonly kept: Kept
}

/** Keeps what is said, each text once, and answers how many sayings are new. */
export function writeContents(
  connection: Connection,
  keys: Keys,
  counters: Counters,
  sayings: readonly Saying[],
): number {
  if (sayings.length === 0) return 0
  const docs = new Ids(connection, 'docs')
  const pieces = new Ids(connection, 'pieces')
  const named = namedByDoc(keys, sayings)
  docs.look(named.map(({ hash }) => hash))
  const fresh = named.filter(({ hash }) => docs.claim(hash))
  pieces.look(fresh.flatMap(({ names }) => names))
  const rows = { pieces: [] as Value[][], docs: [] as Value[][], links: [] as Value[][] }
  for (const { saying, names, hash } of fresh) {
    const ids = names.map((name, place) =>
      pieces.idOf(name, () => {
        rows.pieces.push([
          counters.piece,
          Buffer.from(name, 'hex'),
          packedText(saying.kept.pieces[place] ?? ''),
        ])
        return counters.piece++
      }),
    )
    const doc = docs.idOf(hash, () => counters.doc++)
    rows.docs.push(docRow(doc, hash, saying.kept, ids))
    for (const piece of new Set(ids)) rows.links.push([piece, doc])
  }
  insertRows(connection, `${NEW} INTO pieces`, rows.pieces)
  insertRows(connection, `${NEW} INTO docs`, rows.docs)
  insertRows(connection, `${NEW} INTO doc_pieces`, rows.links)
  writeQueries(connection, keys, counters, named, docs)
  return insertRows(
    connection,
    'INSERT OR IGNORE INTO contents',
    named.map(({ saying: { owner, time, kept }, hash }) => [
      owner,
      kept.part,
      docs.known(hash),
      time,
    ]),
  )
}

interface Named {
  readonly saying: Saying
  /** Of the pieces. */
  readonly names: readonly string[]
  readonly hash: string
}

/** Calls of one turn often see the same; comparing it is quicker than naming it again. */
function namedByDoc(keys: Keys, sayings: readonly Saying[]): readonly Named[] {
  const known = new Map<string, Named>()
  return sayings.map((saying) => {
    const { tenant, kept } = saying
    const id = `${kept.digest} ${tenant}`
    const like = known.get(id)
    if (like !== undefined && isSame(like.saying.kept, kept)) return { ...like, saying }
    const names = kept.pieces.map((piece) => keys.piece(tenant, piece))
    const named = { saying, names, hash: keys.list(tenant, kept, names) }
    known.set(id, named)
    return named
  })
}

function isSame(a: Kept, b: Kept): boolean {
  return (
    a.truncated === b.truncated &&
    a.isList === b.isList &&
    a.pieces.length === b.pieces.length &&
    a.pieces.every((piece, at) => piece === b.pieces[at])
  )
}

function docRow(id: number, hash: string, kept: Kept, pieces: readonly number[]): Value[] {
  const { bytes, truncated, isList } = kept
  const flags = [truncated ? 1 : 0, isList ? 1 : 0]
  return [id, Buffer.from(hash, 'hex'), digestBytes(kept.digest), bytes, ...flags, pieces.join(',')]
}

/** What calls were asked. The words of what is not in the index yet are told by whoever puts it there. */
function writeQueries(
  connection: Connection,
  keys: Keys,
  { indexed }: Counters,
  named: readonly Named[],
  docs: Ids,
): void {
  const rows: Value[][] = []
  const inputs = named.filter(({ saying }) => saying.kept.part === 'input' && saying.owner > 0)
  const places = new Map(
    rowsOf(connection, 'SELECT id, pieces FROM docs WHERE id IN (SELECT value FROM json_each(?))', [
      ...new Set(inputs.map(({ hash }) => docs.known(hash))),
    ]).map(([id, pieces]) => [id, String(pieces).split(',').map(Number)]),
  )
  for (const { saying, hash } of inputs) {
    const { pieces } = saying.kept
    const asked = queryPiece(pieces)
    if (asked === undefined) continue
    const piece = places.get(docs.known(hash))?.[pieces.lastIndexOf(asked)]
    if (piece === undefined) continue
    const words = piece > indexed ? NO_WORDS : queryHash(keys, saying.tenant, asked)
    rows.push([saying.owner, piece, words])
  }
  insertRows(connection, 'INSERT OR REPLACE INTO queries', rows)
}

const NO_WORDS: Buffer = Buffer.alloc(0)

/** The words of a query, by the key of the database. */
export function queryHash(keys: Keys, tenant: string, asked: string): Buffer {
  return keys.query(tenant, comparableQuery(queryText(asked)))
}

/** `hmac-sha256:KEY:DIGEST` in 20 bytes. */
export function digestBytes(digest: string | null): Buffer | null {
  if (digest === null) return null
  const [, key = '', hex = ''] = digest.split(':')
  return Buffer.from(key + hex, 'hex')
}

/** Digests as a list for `json_each`, in hexadecimal digits. */
export function hexList(digests: readonly string[]): string {
  return JSON.stringify(digests.map((digest) => digestBytes(digest)?.toString('hex') ?? ''))
}

/** The digest from its bytes. */
export function digestText(bytes: Buffer): string {
  const hex = Buffer.from(bytes).toString('hex')
  return `hmac-sha256:${hex.slice(0, 8)}:${hex.slice(8)}`
}

/** Ids by hash, of rows that are there and of those that are about to be. */
class Ids {
  readonly #connection: Connection
  readonly #table: 'docs' | 'pieces'
  readonly #ids: Map<string, number> = new Map()
  readonly #claimed: Set<string> = new Set()

  constructor(connection: Connection, table: 'docs' | 'pieces') {
    this.#connection = connection
    this.#table = table
  }

  look(hashes: readonly string[]): void {
    const sql = `SELECT lower(hex(t.hash)), t.id FROM json_each(?) AS j JOIN ${this.#table} AS t ON t.hash = unhex(j.value)`
    for (const [hash, id] of rowsOf(this.#connection, sql, [...new Set(hashes)]))
      this.#ids.set(String(hash), Number(id))
  }

  /** Whether it is not there yet, and nobody has said so before. */
  claim(hash: string): boolean {
    if (this.#ids.has(hash) || this.#claimed.has(hash)) return false
    this.#claimed.add(hash)
    return true
  }

  idOf(hash: string, next: () => number): number {
    const known = this.#ids.get(hash)
    if (known !== undefined) return known
    const id = next()
    this.#ids.set(hash, id)
    return id
  }

  known(hash: string): number {
    return this.#ids.get(hash) ?? 0
  }
}
