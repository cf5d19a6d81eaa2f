import { phraseTokens, type Token } from '../text/tokens.ts'
import type { Connection } from './connection.ts'

/** More words than this end or begin in so many ways that looking at every text is no slower. */
const MOST_WORDS = 300

/**
 * What the index of words has to match for a text to have a folded phrase; what matches has to be looked at, since the
 * index knows words only. Null when every text has to be looked at, the empty text when none has it.
 */
export function indexQuery(connection: Connection, phrase: string): string | null {
  const tokens = phraseTokens(phrase)
  const [first, ...rest] = tokens
  if (first === undefined) return null
  const isOpen = (tokens.at(-1) as Token).open
  const firsts = first.cut ? wordsLike(connection, first, rest.length === 0) : [first.text]
  if (firsts === undefined) return null
  // A single word that may go on is found whole already, by what it is in.
  const prefix = isOpen && !(first.cut && rest.length === 0) ? ' *' : ''
  return firsts
    .map((word) => `"${[word, ...rest.map(({ text }) => text)].join(' ')}"${prefix}`)
    .join(' OR ')
}

/** Words that end with this one, or, where it may go on, have it in them; undefined when there are too many. */
function wordsLike(
  connection: Connection,
  { text, open }: Token,
  isAlone: boolean,
): string[] | undefined {
  const pattern = isAlone && open ? `%${text}%` : `%${text}`
  const words = connection
    .all('SELECT word FROM words WHERE word LIKE ? LIMIT ?', [pattern, MOST_WORDS + 1])
    .map(([word]) => String(word))
  return words.length > MOST_WORDS ? undefined : words
}
