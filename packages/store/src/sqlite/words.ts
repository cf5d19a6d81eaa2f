import { insertRows } from './bulk.ts'
import type { Connection } from './connection.ts'

/** A prefix of more words than this makes the index put all their places together first. */
const MANY = 32
/** After every word that begins like another. */
const LAST = '\u{10ffff}'

/** Keeps words of letters, forward and backward, so that those are found that begin or end so. */
export function insertWords(connection: Connection, words: readonly string[]): void {
  insertRows(
    connection,
    'INSERT OR IGNORE INTO words',
    words.map((word) => [word, reversed(word)]),
  )
}

/** Words that end with these letters. */
export function endingSo(connection: Connection, text: string, most: number): string[] {
  const end = reversed(text)
  return wordsOf(connection, 'reversed >= ? AND reversed < ?', [end, `${end}${LAST}`], most)
}

/** Words that have these letters in them. */
export function havingSo(connection: Connection, text: string, most: number): string[] {
  return wordsOf(connection, 'instr(word, ?) > 0', [text], most)
}

/** Words that begin with these letters. */
export function beginningSo(connection: Connection, text: string, most: number): string[] {
  return wordsOf(connection, 'word >= ? AND word < ?', [text, `${text}${LAST}`], most)
}

/** Whether more words begin with these letters than the index looks for at once. */
export function isBeginningOfMany(connection: Connection, text: string): boolean {
  return beginningSo(connection, text, MANY + 1).length > MANY
}

function wordsOf(
  connection: Connection,
  condition: string,
  values: readonly string[],
  most: number,
): string[] {
  return connection
    .all(`SELECT word FROM words WHERE ${condition} LIMIT ?`, [...values, most])
    .map(([word]) => String(word))
}

function reversed(word: string): string {
  return [...word].reverse().join('')
}
