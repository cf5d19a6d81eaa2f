/** Scripts that are written without spaces between words, and the marks that belong to them. */
const SPACELESS =
  '\\p{sc=Han}\\p{sc=Hiragana}\\p{sc=Katakana}\\p{sc=Thai}\\p{sc=Lao}\\p{sc=Khmer}\\p{sc=Myanmar}\\p{sc=Tibetan}ー々'

const PIECES = new RegExp(
  `([${SPACELESS}]+)|((?:(?![${SPACELESS}])[\\p{L}\\p{N}\\p{M}])+)|([^\\p{ASCII}\\p{L}\\p{N}\\p{M}\\p{P}\\p{Z}\\p{C}])`,
  'gu',
)

const WORD = new RegExp(`^(?![${SPACELESS}])[\\p{L}\\p{N}\\p{M}]`, 'u')

/** Whether a word of the index is a word of letters, of which a phrase may have a piece. */
export function isWord(token: string): boolean {
  return WORD.test(token)
}

/** One word of the index. */
export interface Token {
  readonly text: string
  /** Whether the phrase ends inside or right after it, so that more letters may follow in the text. */
  readonly open: boolean
  /** Whether it may be the end of a longer word in the text. */
  readonly cut: boolean
}

/**
 * The words of a folded text for the index, in order. Runs of scripts without spaces become pairs of neighbouring
 * characters and then the last one alone; each symbol, such as an emoji, is a word.
 */
export function indexTokens(folded: string): string[] {
  const tokens: string[] = []
  for (const [, run, word, symbol] of folded.matchAll(PIECES)) {
    if (run !== undefined) addPairs(tokens, run, false)
    else tokens.push((word ?? symbol) as string)
  }
  return tokens
}

/**
 * The words that a text must have in this order to have this folded phrase: the first may be the end of a longer word,
 * the last the beginning of one.
 */
export function phraseTokens(folded: string): Token[] {
  const tokens: Token[] = []
  for (const found of folded.matchAll(PIECES)) {
    const [whole, run, word, symbol] = found
    const endsPhrase = found.index + whole.length === folded.length
    const texts: string[] = []
    if (run !== undefined) addPairs(texts, run, endsPhrase)
    else texts.push((word ?? symbol) as string)
    for (const [at, text] of texts.entries()) {
      const isLast = at === texts.length - 1
      tokens.push({
        text,
        open: symbol === undefined && endsPhrase && isLast,
        cut: word !== undefined && found.index === 0,
      })
    }
  }
  return tokens
}

function addPairs(tokens: string[], run: string, isCut: boolean): void {
  const letters = [...run]
  for (let at = 0; at + 1 < letters.length; at += 1) tokens.push(`${letters[at]}${letters[at + 1]}`)
  // A run that the phrase's end cuts may go on: its last letter is the first of a pair, and only a single one is told.
  if (!isCut || letters.length === 1) tokens.push(letters.at(-1) as string)
}
