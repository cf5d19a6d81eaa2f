import { phraseTokens, type Token } from '../text/tokens.ts'
import type { Connection } from './connection.ts'
import { endingSo, havingSo, isBeginningOfMany } from './words.ts'

/** More words than this end or begin in so many ways that looking at every text is no slower. */
const MOST_WORDS = 300
/** Each is a search of its own; where there are more, the rest of the phrase is looked for. */
const MOST_BEGINNINGS = 20

/**
 * What the index of words has to match for a text to have a folded phrase; what matches has to be looked at, since the
 * index knows words only. Null when every text has to be looked at, the empty text when none has it.
 */
export function indexQuery(connection: Connection, phrase: string): string | null {
  const tokens = phraseTokens(phrase)
  const [first, ...rest] = tokens
  if (first === undefined) return null
  return rest.length === 0 ? oneWord(connection, first) : manyWords(connection, first, rest)
}

function oneWord(connection: Connection, { text, cut, open }: Token): string | null {
  if (!cut) return open ? `"${text}" *` : `"${text}"`
  const words = open
    ? havingSo(connection, text, MOST_WORDS + 1)
    : endingSo(connection, text, MOST_WORDS + 1)
  return words.length > MOST_WORDS ? null : words.map((word) => `"${word}"`).join(' OR ')
}

/** A first or last word that may be a piece of very many others is left out where something is left. */
function manyWords(connection: Connection, first: Token, rest: readonly Token[]): string | null {
  const last = rest.at(-1) as Token
  const isVague = last.open && isBeginningOfMany(connection, last.text)
  const firsts = first.cut ? endingSo(connection, first.text, MOST_WORDS + 1) : [first.text]
  const sure = (isVague ? rest.slice(0, -1) : rest).map(({ text }) => text)
  if (firsts.length > MOST_BEGINNINGS && sure.length > 0)
    return `"${sure.join(' ')}"${last.open && !isVague ? ' *' : ''}`
  if (firsts.length > MOST_WORDS) return null
  // Two words of which both may be pieces of many.
  const isWhole = isVague && firsts.length > MOST_BEGINNINGS
  const words = isWhole ? rest.map(({ text }) => text) : sure
  const prefix = last.open && (isWhole || !isVague) ? ' *' : ''
  return firsts.map((word) => `"${[word, ...words].join(' ')}"${prefix}`).join(' OR ')
}
