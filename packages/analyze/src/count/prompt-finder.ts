import type { Reading, Row } from '@recount/record/shapes'
import { toName } from '../shape/call.ts'
import { IdHash } from './id-hash.ts'
import { IdMap } from './id-map.ts'

/** Calls whose prompt is remembered: at least the newest so many. */
const MAX_CALLS = 50_000
const KEYS = ['message_id', 'span_id', 'trace_id'] as const
/** Ids of the kinds are told apart by these. */
const SALTS: Readonly<Record<(typeof KEYS)[number], number>> = {
  message_id: 0x1f123bb5,
  span_id: 0x27d4eb2f,
  trace_id: 0x165667b1,
}

interface Generation {
  readonly ids: IdMap
  readonly prompts: string[]
  readonly numbers: Map<string, number>
}

/** Tells for a line that came after a call which prompt version that call was made with. */
export class PromptFinder {
  readonly #hash = new IdHash()
  #newer: Generation | undefined
  #older: Generation | undefined

  /** A call that was made with a prompt. */
  call(reading: Reading, prompt: string | null): void {
    if (prompt === null) return
    for (const key of KEYS) {
      const id = toName(reading[key])
      if (id !== null) this.#remember(key, this.#hash.ofText(id), prompt)
    }
  }

  /** The same for one id of the call, between two places. */
  callAt(
    key: (typeof KEYS)[number],
    view: DataView,
    from: number,
    to: number,
    prompt: string,
  ): void {
    if (to > from) this.#remember(key, this.#hash.ofBytes(view, from, to), prompt)
  }

  /** A final response: what is said of its message later is said of the call before it, unless a call has that id itself. */
  answer({ message_id, span_id, trace_id }: Row): void {
    const id = toName(message_id)
    if (id === null || this.promptFor({ message_id }) !== null) return
    const prompt = this.promptFor({ span_id, trace_id })
    if (prompt !== null) this.#remember('message_id', this.#hash.ofText(id), prompt)
  }

  /** The prompt of the call that a line is about; null where it is not known. */
  promptFor(row: Row): string | null {
    for (const key of KEYS) {
      const id = toName(row[key])
      const prompt = id === null ? undefined : this.#find(key, this.#hash.ofText(id))
      if (prompt !== undefined) return prompt
    }
    return null
  }

  #remember(key: (typeof KEYS)[number], { high, low }: IdHash, prompt: string): void {
    const { ids, prompts, numbers } = this.#generation()
    let number = numbers.get(prompt)
    if (number === undefined) {
      number = prompts.length
      prompts.push(prompt)
      numbers.set(prompt, number)
    }
    const salted = low ^ SALTS[key]
    if (!ids.replace(high, salted, number)) ids.add(high, salted, number)
  }

  #find(key: (typeof KEYS)[number], { high, low }: IdHash): string | undefined {
    for (const generation of [this.#newer, this.#older]) {
      const number = generation?.ids.get(high, low ^ SALTS[key]) ?? -1
      if (number !== -1) return generation?.prompts[number]
    }
    return undefined
  }

  #generation(): Generation {
    if (this.#newer === undefined || this.#newer.ids.added >= MAX_CALLS * KEYS.length) {
      this.#older = this.#newer
      this.#newer = { ids: new IdMap(64), prompts: [], numbers: new Map() }
    }
    return this.#newer
  }
}
