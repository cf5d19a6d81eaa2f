import type { CompiledRule } from './compile-rules.ts'
import type { Layer } from './layer.ts'
import { compilePhrase, isWord, occurs, type Phrase } from './phrase.ts'
import { PROVIDERS, type Provider } from './providers.ts'

/** What the words and codes of one layer may mean: rules that could hold, providers that are named. */
export interface LayerReading {
  readonly layer: Layer
  /** The layer's words as phrases are compared with them. */
  readonly text: string
  /** The layer's codes, lower case. */
  readonly codes: readonly string[]
  /** Rules that could hold, each with the words that were found for it; null where it asks for none, or for a code first. */
  readonly candidates: ReadonlyMap<CompiledRule, string | null>
  readonly named: readonly Named[]
}

/** A provider that a layer names, and by what. */
export interface Named {
  readonly provider: Provider
  readonly by: string
  /** A code or words that only it uses say more than its name. */
  readonly strong: boolean
}

interface WordEntry {
  readonly phrases: { rule: CompiledRule; phrase: Phrase }[]
  /** Rules that ask for a code which may stand in a sentence. */
  readonly coded: { rule: CompiledRule; phrase: Phrase }[]
  readonly marks: { provider: Provider; phrase: Phrase }[]
}

/** Rules filed by what has to be there for them to hold, so that an error meets only those that may. */
export class RuleIndex {
  readonly #byWord = new Map<string, WordEntry>()
  readonly #byCode = new Map<string, CompiledRule[]>()
  readonly #byStatus = new Map<number, CompiledRule[]>()
  readonly #providerOfCode = new Map<string, Provider>()

  /** How many phrases have a word: the rarest of a phrase is looked up. */
  readonly #uses = new Map<string, number>()

  constructor(rules: readonly CompiledRule[]) {
    for (const { phrases = [] } of rules) {
      for (const word of phrases.flatMap(({ anchors }) => anchors))
        this.#uses.set(word, (this.#uses.get(word) ?? 0) + 1)
    }
    for (const rule of rules) this.#file(rule)
    for (const provider of PROVIDERS) {
      for (const code of provider.codes) this.#providerOfCode.set(code.toLowerCase(), provider)
      for (const mark of provider.marks) {
        const phrase = compilePhrase(mark)
        this.#entryOf(phrase).marks.push({ provider, phrase })
      }
    }
  }

  read(layer: Layer, text: string): LayerReading {
    const codes = layer.codes.map(({ value }) => value.toLowerCase())
    const candidates = new Map<CompiledRule, string | null>()
    const named: Named[] = []
    for (const code of codes) {
      this.#addCode(code, candidates)
      const provider = this.#providerOfCode.get(code)
      if (provider !== undefined) named.push({ provider, by: code, strong: true })
    }
    this.#addWords(text, candidates, named)
    if (layer.status !== undefined)
      for (const rule of this.#byStatus.get(layer.status) ?? []) candidates.set(rule, null)
    return { layer, text, codes, candidates, named }
  }

  /** Rules that ask for nothing but a status. */
  ofStatus(status: number): readonly CompiledRule[] {
    return this.#byStatus.get(status) ?? []
  }

  #file(rule: CompiledRule): void {
    for (const code of rule.codes ?? []) {
      const rules = this.#byCode.get(code) ?? []
      this.#byCode.set(code, rules)
      rules.push(rule)
    }
    for (const phrase of rule.codeWords) this.#entryOf(phrase).coded.push({ rule, phrase })
    if (rule.codes !== undefined) return
    for (const phrase of rule.phrases ?? []) this.#entryOf(phrase).phrases.push({ rule, phrase })
    if (rule.phrases !== undefined) return
    for (const status of rule.statuses ?? []) {
      const rules = this.#byStatus.get(status) ?? []
      this.#byStatus.set(status, rules)
      rules.push(rule)
    }
  }

  #entryOf({ anchors }: Phrase): WordEntry {
    const long = anchors.filter((word) => word.length > 4)
    const words = long.length > 0 ? long : anchors
    const word = words.reduce(
      (rarest, next) =>
        (this.#uses.get(next) ?? 0) < (this.#uses.get(rarest) ?? 0) ? next : rarest,
      words[0] ?? '',
    )
    const entry = this.#byWord.get(word) ?? { phrases: [], coded: [], marks: [] }
    this.#byWord.set(word, entry)
    return entry
  }

  #addCode(code: string, candidates: Map<CompiledRule, string | null>): void {
    for (const rule of this.#byCode.get(code) ?? []) candidates.set(rule, null)
    // `openai.RateLimitError`, `com.amazonaws…#ThrottlingException`: what comes last is the class.
    const last = lastPart(code)
    if (last.length === code.length) return
    for (const rule of this.#byCode.get(last) ?? []) candidates.set(rule, null)
  }

  #addWords(text: string, candidates: Map<CompiledRule, string | null>, named: Named[]): void {
    const looked = new Set<WordEntry>()
    let from = -1
    for (let at = 0; at <= text.length; at++) {
      if (at < text.length && isWord(text.charCodeAt(at))) {
        if (from === -1) from = at
        continue
      }
      if (from === -1) continue
      const entry = at - from > 2 ? this.#byWord.get(text.slice(from, at)) : undefined
      from = -1
      // A word that comes a thousand times says no more than once.
      if (entry === undefined || looked.has(entry)) continue
      looked.add(entry)
      addEntry(entry, text, candidates, named)
    }
  }
}

function addEntry(
  { phrases, coded, marks }: WordEntry,
  text: string,
  candidates: Map<CompiledRule, string | null>,
  named: Named[],
): void {
  for (const { rule, phrase } of phrases)
    if (!candidates.has(rule) && occurs(phrase, text)) candidates.set(rule, phrase.words)
  for (const { rule, phrase } of coded)
    if (!candidates.has(rule) && occurs(phrase, text)) candidates.set(rule, null)
  for (const { provider, phrase } of marks)
    if (occurs(phrase, text)) named.push({ provider, by: phrase.words, strong: false })
}

/** The last name of a dotted or `#` one. */
export function lastPart(code: string): string {
  return code.slice(Math.max(code.lastIndexOf('.'), code.lastIndexOf('#')) + 1)
}
