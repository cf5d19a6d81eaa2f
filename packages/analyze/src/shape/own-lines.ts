import type { Reading } from '@recount/record/shapes'
import { LineScanner } from '../input/line-scanner.ts'
import type { ScanKeys } from '../input/scan-keys.ts'

const TEXTS = [
  ...['event', 'span_id', 'model', 'response_model', 'status', 'retry_of'],
  ...['error_type', 'error_category', 'finish_reason', 'trace_id', 'message_id'],
]
const NUMBERS = [
  ...['recount', 'start_time', 'end_time', 'duration_ms', 'call_duration_ms', 'ttft_ms'],
  ...['input_tokens', 'output_tokens', 'cost_usd', 'sample_rate', 'cache_read_tokens', 'level'],
]
/** What only a call that did not end well is asked for. */
const ON_FAILURE = ['error', 'diagnosis']

/** What a key of `by` needs of a line. */
const TEXTS_BY: Readonly<Record<string, readonly string[]>> = {
  user: ['user_id'],
  tenant: ['tenant_id'],
  session: ['session_id'],
  model: [],
  error: [],
  prompt: ['prompt_name', 'prompt_version'],
  tag: [],
  trace: [],
  finish: [],
  minute: [],
  hour: [],
  day: [],
}
const NESTED_BY: Readonly<Record<string, string>> = { tag: 'tags' }

/** Lines that are looked at by the scanner though none before them was ours. */
const PATIENCE = 16

/**
 * Reads terminal lines of our own calls without parsing them whole: only what is counted, and what
 * groups are made by. Of everything else, and of a line of which it cannot be sure, it says nothing.
 */
export class OwnLines {
  readonly #keys: ScanKeys
  readonly #nested: readonly string[]
  readonly #scanner: LineScanner
  #patience = PATIENCE

  /** `by` are the keys of groups. */
  constructor(by: readonly string[]) {
    const texts = by.flatMap((key) => TEXTS_BY[key] ?? (key.startsWith('metadata.') ? [] : [key]))
    this.#nested = [
      'prompt',
      ...by.flatMap((key) => NESTED_BY[key] ?? []),
      ...(by.some((key) => key.startsWith('metadata.')) ? ['metadata'] : []),
    ]
    this.#keys = {
      texts: [...new Set([...TEXTS, ...texts])],
      numbers: NUMBERS,
      nested: [...ON_FAILURE, ...this.#nested],
    }
    this.#scanner = new LineScanner(this.#keys)
  }

  /** What is needed of a call, undefined where the line has to be parsed. */
  read(bytes: Buffer): Reading | undefined {
    if (this.#patience === 0 || !this.#scanner.scan(bytes)) return undefined
    const { texts, numbers } = this.#scanner
    if (numbers[0] !== 1) {
      this.#patience -= 1
      return undefined
    }
    this.#patience = PATIENCE
    return texts[0] === 'llm_call' ? this.#reading(bytes) : undefined
  }

  #reading(bytes: Buffer): Reading {
    const { texts, numbers } = this.#scanner
    const reading: Reading = {
      span_id: texts[1],
      model: texts[2],
      response_model: texts[3],
      status: texts[4],
      retry_of: texts[5],
      error_type: texts[6],
      error_category: texts[7],
      finish_reason: texts[8],
      trace_id: texts[9],
      message_id: texts[10],
      start_time: known(numbers[1]),
      end_time: known(numbers[2]),
      duration_ms: known(numbers[3]),
      call_duration_ms: known(numbers[4]),
      ttft_ms: known(numbers[5]),
      input_tokens: known(numbers[6]),
      output_tokens: known(numbers[7]),
      cost_usd: known(numbers[8]),
      sample_rate: known(numbers[9]),
      cache_read_tokens: known(numbers[10]),
      level: known(numbers[11]),
    }
    for (let i = TEXTS.length; i < texts.length; i++) {
      reading[this.#keys.texts[i] as string] = texts[i]
    }
    const asked = texts[4] === 'ok' ? this.#nested : this.#keys.nested
    for (const key of asked) this.#parse(reading, key, bytes)
    return reading
  }

  #parse(reading: Reading, key: string, bytes: Buffer): void {
    const at = this.#keys.nested.indexOf(key) * 2
    const [from = -1, to = -1] = this.#scanner.nested.subarray(at, at + 2)
    if (from !== -1) reading[key] = JSON.parse(bytes.toString('utf8', from, to))
  }
}

function known(number: number | undefined): number | undefined {
  return Number.isNaN(number) ? undefined : number
}
