import { phraseTokens, type Token } from '../text/tokens.ts'
import type { Connection } from './connection.ts'
import { endingSo, havingSo, isBeginningOfMany } from './words.ts'

/** More words than this end or begin in so many ways that looking at every text is no slower. */
const MOST_WORDS = 300
/** Each is a search of its own; where there are more, the rest of the phrase is looked for. */
const MOST_BEGINNINGS = 20

/** What the index of words has to match for a text to have a phrase; what matches has to be looked at. */
export interface IndexQuery {
  /** Null when every text has to be looked at, the empty text when none has the phrase. */
  readonly exact: string | null
  /** Matches whatever `exact` does, and is answered sooner. */
  readonly quick: string | undefined
}

/** The index takes the longer for a phrase the more words it has; this much of one tells texts apart. */
const LOOKED_UP = 500

/** What the index has to match for a folded phrase: its beginning, where it is long. */
export function indexQuery(connection: Connection, phrase: string): IndexQuery {
  const tokens = phraseTokens(beginningOf(phrase))
  const [first, ...rest] = tokens
  if (first === undefined) return { exact: null, quick: undefined }
  const exact = rest.length === 0 ? oneWord(connection, first) : manyWords(connection, first, rest)
  return { exact, quick: exact === null || exact === '' ? undefined : innerWords(tokens) }
}

function beginningOf(phrase: string): string {
  const isPair = (phrase.charCodeAt(LOOKED_UP) & 0xfc00) === 0xdc00
  return phrase.slice(0, isPair ? LOOKED_UP - 1 : LOOKED_UP)
}

/** Words at the ends that may be pieces of others are many searches, or one that puts all their places together first. */
function innerWords(tokens: readonly Token[]): string | undefined {
  const inner = tokens.filter(({ cut, open }) => !(cut || open)).map(({ text }) => text)
  if (inner.length === 0 || inner.length === tokens.length) return undefined
  return `"${inner.join(' ')}"`
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
