import type { Keys } from '../records/keys.ts'
import { pieceText } from '../records/pieces.ts'
import { foldedText } from '../text/folded-text.ts'
import { indexTokens, isWord } from '../text/tokens.ts'
import { insertRows, rowsOf } from './bulk.ts'
import type { Connection, Value } from './connection.ts'
import { keepCounters, readCounters } from './counters.ts'
import { unpackedText } from './packed-text.ts'
import { insertWords } from './words.ts'
import { queryHash } from './write-contents.ts'

/** Longer words are no words but data; of them the beginning is found. */
const LONGEST_WORD = 1000
/** Words that this process has seen in the table, so that it need not ask. */
const MOST_KNOWN = 200_000
/** One step holds the lock for some 30 ms. */
const STEP_PIECES = 200
const STEP_LETTERS = 400_000

/** The words of a piece, as they are in the index. */
export function wordsOf(body: string): string[] {
  return indexTokens(foldedText(pieceText(body))).map((word) => word.slice(0, LONGEST_WORD))
}

/** Puts pieces into the index of words, some at a time, right behind what is written. */
export class IndexFiller {
  readonly #connection: Connection
  readonly #keys: Keys
  readonly #known: Set<string> = new Set()
  #forgotten: number | undefined

  constructor(connection: Connection, keys: Keys) {
    this.#connection = connection
    this.#keys = keys
  }

  /** One step; to be called within a write. Whether there is more. */
  step(): boolean {
    const counters = readCounters(this.#connection)
    const pieces = this.#next(counters.indexed)
    const last = pieces.at(-1)
    if (last === undefined) return false
    this.#heedForgotten()
    const words = new Set<string>()
    const rows = pieces.map(({ id, body }): Value[] => {
      const own = wordsOf(body)
      for (const word of own) if (!this.#known.has(word)) words.add(word)
      return [id, own.join(' ')]
    })
    insertRows(this.#connection, 'INSERT INTO words_in (rowid, text)', rows)
    insertWords(this.#connection, [...words].filter(isWord))
    if (this.#known.size + words.size > MOST_KNOWN) this.#known.clear()
    for (const word of words) this.#known.add(word)
    this.#tellQueries(pieces)
    counters.indexed = last.id
    keepCounters(this.#connection, counters)
    return counters.piece > last.id + 1
  }

  #next(after: number): { id: number; body: string }[] {
    const rows = this.#connection.all(
      'SELECT id, body FROM pieces WHERE id > ? ORDER BY id LIMIT ?',
      [after, STEP_PIECES],
    )
    let letters = 0
    return rows
      .map(([id, body]) => ({ id: Number(id), body: unpackedText(body) }))
      .filter(({ body }, at) => {
        letters += body.length
        return at === 0 || letters <= STEP_LETTERS
      })
  }

  /** Calls that asked these pieces, and do not say yet in which words. */
  #tellQueries(pieces: readonly { id: number; body: string }[]): void {
    const bodies = new Map(pieces.map(({ id, body }) => [id, body]))
    const asked = rowsOf(
      this.#connection,
      `SELECT DISTINCT q.piece, s.tenant FROM json_each(?) AS j CROSS JOIN queries AS q ON q.piece = j.value
        CROSS JOIN spans AS s ON s.id = q.span`,
      [...bodies.keys()],
    )
    for (const [piece, tenant] of asked)
      this.#connection.run('UPDATE queries SET hash = ? WHERE piece = ?', [
        queryHash(this.#keys, String(tenant), bodies.get(Number(piece)) ?? 'null'),
        Number(piece),
      ])
  }

  /** What was forgotten took words out of the table. */
  #heedForgotten(): void {
    const forgotten = this.#connection.number("SELECT value FROM meta WHERE key = 'forgotten'")
    if (this.#forgotten !== forgotten) this.#known.clear()
    this.#forgotten = forgotten
  }
}
