/** What was read of a text, and where it ended. */
export interface Literal {
  readonly value: unknown
  readonly end: number
}

const MAX_DEPTH = 12
const MAX_VALUES = 400

/**
 * Reads an object or list that stands at a place of a text: JSON, a Python repr, what util.inspect prints, also where a
 * terminal has wrapped it or the end is missing. Never throws; linear in the text.
 */
export function readLiteral(text: string, start: number): Literal {
  const reader = new LooseReader(text, start)
  const value = reader.compound(0)
  return { value, end: reader.at }
}

const WORDS: Readonly<Record<string, unknown>> = {
  true: true,
  True: true,
  false: false,
  False: false,
  null: null,
  None: null,
  undefined: null,
}
const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', b: '', f: '' }
const SPACE = /\s/
const KEY = /[\w$.@-]/
const BARE_END = /[,{}[\]\n]/

class LooseReader {
  readonly #text: string
  #values = 0
  at: number

  constructor(text: string, start: number) {
    this.#text = text
    this.at = start
  }

  compound(depth: number): unknown {
    return this.#text[this.at] === '[' ? this.#list(depth) : this.#object(depth)
  }

  #object(depth: number): Record<string, unknown> {
    const found: Record<string, unknown> = {}
    this.at += 1
    while (this.#more('}', depth)) {
      const key = this.#key()
      if (key === undefined) this.#skipPiece()
      else {
        const value = this.#value(depth + 1)
        if (key !== '__proto__') found[key] = value
      }
    }
    return found
  }

  #list(depth: number): unknown[] {
    const found: unknown[] = []
    this.at += 1
    while (this.#more(']', depth)) found.push(this.#value(depth + 1))
    return found
  }

  /** Whether a compound goes on; steps over separators, and over its end. */
  #more(close: string, depth: number): boolean {
    this.#skipSpace(true)
    const char = this.#text[this.at]
    if (char === undefined) return false
    if (char === close) {
      this.at += 1
      return false
    }
    // The end of something else: this one has lost its own.
    if (char === '}' || char === ']') return false
    return depth < MAX_DEPTH && ++this.#values < MAX_VALUES
  }

  #key(): string | undefined {
    const quote = this.#quote()
    let key: string
    if (quote !== undefined) key = this.#string(quote)
    else {
      const from = this.at
      while (this.at < this.#text.length && KEY.test(this.#text[this.at] as string)) this.at += 1
      key = this.#text.slice(from, this.at)
    }
    this.#skipSpace(false)
    if (key === '' || this.#text[this.at] !== ':') return undefined
    this.at += 1
    this.#skipSpace(false)
    return key
  }

  #value(depth: number): unknown {
    const char = this.#text[this.at]
    if (char === '{' || char === '[') {
      if (depth < MAX_DEPTH) return this.compound(depth)
      this.at += 1
      return null
    }
    const quote = this.#quote()
    return quote === undefined ? this.#bare(depth) : this.#string(quote)
  }

  /** The quote at this place, after a Python prefix where there is one. */
  #quote(): string | undefined {
    const char = this.#text[this.at]
    if (char === '"' || char === "'" || char === '`') return char
    const next = this.#text[this.at + 1]
    if ((char === 'b' || char === 'u' || char === 'r') && (next === '"' || next === "'")) {
      this.at += 1
      return next
    }
    return undefined
  }

  #string(quote: string): string {
    let said = ''
    do {
      this.at += 1
      let from = this.at
      let char = this.#text[this.at]
      while (char !== undefined && char !== quote) {
        if (char === '\\') {
          said += this.#text.slice(from, this.at)
          said += this.#escape()
          from = this.at
        } else this.at += 1
        char = this.#text[this.at]
      }
      said += this.#text.slice(from, this.at)
      this.at += 1
    } while (this.#isContinued(quote))
    return said
  }

  #escape(): string {
    const char = this.#text[this.at + 1] ?? ''
    if (char === 'u') {
      const unit = Number.parseInt(this.#text.slice(this.at + 2, this.at + 6), 16)
      this.at += 6
      return Number.isNaN(unit) ? '' : String.fromCharCode(unit)
    }
    this.at += 2
    return ESCAPES[char] ?? char
  }

  /** util.inspect writes long texts as sums of texts. */
  #isContinued(quote: string): boolean {
    const from = this.at
    this.#skipSpace(false)
    if (this.#text[this.at] === '+') {
      this.at += 1
      this.#skipSpace(false)
      if (this.#text[this.at] === quote) return true
    }
    this.at = from
    return false
  }

  /** A number, a word, or an error as util.inspect writes it: a message, a stack, and perhaps properties. */
  #bare(depth: number): unknown {
    const said = this.#piece()
    const next = this.#afterStack()
    if (next === '{' && said !== '' && depth < MAX_DEPTH)
      return { ...this.#object(depth), message: said }
    if (next === '[' || next === '{') this.at += 1
    if (Object.hasOwn(WORDS, said)) return WORDS[said]
    const number = Number(said)
    return said === '' || Number.isNaN(number) ? said : number
  }

  #piece(): string {
    const from = this.at
    while (this.at < this.#text.length && !BARE_END.test(this.#text[this.at] as string))
      this.at += 1
    return this.#text.slice(from, this.at).trim()
  }

  /** Steps over the lines of a stack; the character that comes then. */
  #afterStack(): string | undefined {
    for (;;) {
      const from = this.at
      this.#skipSpace(false)
      if (!this.#text.startsWith('at ', this.at)) {
        if (this.#text[this.at] !== '{') this.at = from
        return this.#text[this.at]
      }
      while (this.at < this.#text.length && !/[\n{]/.test(this.#text[this.at] as string))
        this.at += 1
    }
  }

  #skipPiece(): void {
    const from = this.at
    this.#piece()
    if (this.at === from) this.at += 1
  }

  #skipSpace(alsoCommas: boolean): void {
    for (;;) {
      const char = this.#text[this.at]
      if (char === undefined || !(SPACE.test(char) || (alsoCommas && char === ','))) return
      this.at += 1
    }
  }
}
