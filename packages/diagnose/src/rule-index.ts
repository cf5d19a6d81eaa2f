import type { CompiledRule } from './compile-rules.ts'
import type { Layer } from './layer.ts'
import { compilePhrase } from './phrase.ts'
import { type Filed, PhraseTable } from './phrase-table.ts'
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

/** What a phrase stands for: words of a rule, a rule's code in a sentence, or a provider's name. */
type Meaning =
  | { readonly rule: CompiledRule; readonly coded: boolean }
  | { readonly provider: Provider }

/** Rules filed by what has to be there for them to hold, so that an error meets only those that may. */
export class RuleIndex {
  readonly #phrases: PhraseTable<Meaning>
  readonly #byCode = new Map<string, CompiledRule[]>()
  readonly #byStatus = new Map<number, CompiledRule[]>()
  readonly #providerOfCode = new Map<string, Provider>()

  constructor(rules: readonly CompiledRule[]) {
    const filed = rules.flatMap((rule) => this.#file(rule))
    for (const provider of PROVIDERS) {
      for (const code of provider.codes) this.#providerOfCode.set(code.toLowerCase(), provider)
      for (const mark of provider.marks)
        filed.push({ phrase: compilePhrase(mark), value: { provider } })
    }
    this.#phrases = new PhraseTable(filed)
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
    this.#phrases.find(text, (meaning, { words }) => {
      if ('provider' in meaning)
        named.push({ provider: meaning.provider, by: words, strong: false })
      else if (!candidates.has(meaning.rule))
        candidates.set(meaning.rule, meaning.coded ? null : words)
    })
    if (layer.status !== undefined)
      for (const rule of this.ofStatus(layer.status)) candidates.set(rule, null)
    return { layer, text, codes, candidates, named }
  }

  /** Rules that ask for nothing but a status. */
  ofStatus(status: number): readonly CompiledRule[] {
    return this.#byStatus.get(status) ?? []
  }

  /** A rule with a code is looked for by its code; one that has only words, by them; else by its status. */
  #file(rule: CompiledRule): Filed<Meaning>[] {
    const { codes, codeWords, phrases, statuses = [] } = rule
    if (codes !== undefined) {
      for (const code of codes) append(this.#byCode, code, rule)
      return codeWords.map((phrase) => ({ phrase, value: { rule, coded: true } }))
    }
    if (phrases !== undefined)
      return phrases.map((phrase) => ({ phrase, value: { rule, coded: false } }))
    for (const status of statuses) append(this.#byStatus, status, rule)
    return []
  }

  #addCode(code: string, candidates: Map<CompiledRule, string | null>): void {
    for (const rule of this.#byCode.get(code) ?? []) candidates.set(rule, null)
    // `openai.RateLimitError`, `com.amazonaws…#ThrottlingException`: what comes last is the class.
    const last = lastPart(code)
    if (last.length === code.length) return
    for (const rule of this.#byCode.get(last) ?? []) candidates.set(rule, null)
  }
}

function append<K>(map: Map<K, CompiledRule[]>, key: K, rule: CompiledRule): void {
  const rules = map.get(key)
  if (rules === undefined) map.set(key, [rule])
  else rules.push(rule)
}

/** The last name of a dotted or `#` one. */
export function lastPart(code: string): string {
  return code.slice(Math.max(code.lastIndexOf('.'), code.lastIndexOf('#')) + 1)
}
