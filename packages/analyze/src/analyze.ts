import type { Reading } from '@recount/record/shapes'
import { Attempts } from './count/attempts.ts'
import { groupKeysOf } from './count/grouping.ts'
import { OpenSpans } from './count/open-spans.ts'
import { type Groups, Tables } from './count/tables.ts'
import { readEntries } from './input/entries.ts'
import { parseEntry } from './input/entry.ts'
import { expandInputs, type Input } from './input/inputs.ts'
import { isTooLong, type Line } from './input/lines.ts'
import { type AnalyzeOptions, checkOptions, type Settings } from './options.ts'
import type { MalformedExample, Report } from './report.ts'
import { toCall, toName } from './shape/call.ts'
import { Explanation } from './shape/explanation.ts'
import type { FieldMap } from './shape/field-map.ts'
import { MergedCalls } from './shape/merged-calls.ts'
import { OwnLines } from './shape/own-lines.ts'
import {
  FileRecogniser,
  NOT_A_CALL,
  type NotACall,
  OWN_CALL,
  type Recognised,
} from './shape/recognise.ts'

const MAX_EXAMPLES = 10

/**
 * Reads logs and counts: percentiles, tokens, cost, errors, by model and by whatever `by` names.
 * `patterns` are paths, globs and `-` for stdin; `.gz` is read too. Memory does not grow with the
 * input. Codes: ANALYZE_OPTION_INVALID, ANALYZE_INPUT_NOT_FOUND, ANALYZE_INPUT_UNREADABLE.
 */
export async function analyze(
  patterns: string | readonly string[],
  options: AnalyzeOptions = {},
): Promise<Report> {
  const settings = checkOptions(options)
  const inputs = await expandInputs(typeof patterns === 'string' ? [patterns] : patterns)
  const analysis = new Analysis(settings)
  for (const input of inputs) await analysis.read(input)
  return analysis.report(inputs)
}

class Analysis {
  readonly #settings: Settings
  readonly #tables: Tables
  readonly #attempts: Attempts<Groups>
  readonly #spans = new OpenSpans()
  readonly #explanation = new Explanation()
  readonly #unmatched: Set<FieldMap>
  /** Undefined where the whole line is asked for. */
  readonly #own: OwnLines | undefined
  readonly #merged = new MergedCalls((call) => this.#count(call))
  readonly #notACall = new Map<NotACall, number>(NOT_A_CALL.map((reason) => [reason, 0]))
  readonly #examples: MalformedExample[] = []
  readonly #damaged: { file: string; reason: string }[] = []
  #bytes = 0
  #lines = 0
  #malformed = 0

  constructor(settings: Settings) {
    this.#settings = settings
    this.#tables = new Tables(settings)
    this.#attempts = new Attempts(this.#tables)
    this.#unmatched = new Set(settings.maps)
    this.#own = settings.maps.length > 0 ? undefined : new OwnLines(settings.by)
  }

  async read(input: Input): Promise<void> {
    this.#explanation.file(input.name)
    const options = {
      onBytes: (bytes: number) => {
        this.#bytes += bytes
        this.#settings.onBytes?.(bytes)
      },
      onDamage: (reason: string) => this.#damaged.push({ file: input.name, reason }),
    }
    const recogniser = new FileRecogniser(this.#settings.maps, (map) => this.#unmatched.delete(map))
    for await (const { form, entries } of readEntries(input, options)) {
      this.#explanation.entries(form, entries.length)
      for (const entry of entries) this.#take(entry, input.name, recogniser)
    }
    for (const found of recogniser.end()) this.#takeFound(found)
    this.#explanation.inferred(recogniser.inferences)
  }

  report(inputs: readonly Input[]): Report {
    this.#merged.end()
    this.#attempts.end()
    const tables = this.#tables
    return {
      input: this.#input(inputs),
      window: tables.window(),
      totals: tables.total.numbers(),
      ...tables.total.summaries(),
      latency_histogram: tables.total.latency.histogram(),
      by_model: tables.byModel(),
      errors_by_type: tables.errorsByType(),
      errors_by_category: tables.errorsByCategory(),
      by: this.#settings.by,
      groups: tables.byGroup(),
      notes: tables.notes(),
      ...(this.#settings.explainInput ? { explain: this.#explanation.files() } : {}),
    }
  }

  #take(line: Line, file: string, recogniser: FileRecogniser): void {
    const own = isTooLong(line) || !line.terminated ? undefined : this.#own?.read(line.bytes)
    if (own !== undefined) {
      this.#takeOwn(own, line.number)
      return
    }
    const entry = parseEntry(line)
    if (entry.kind === 'value') {
      for (const found of recogniser.recognise(entry.value, line.number)) this.#takeFound(found)
    } else if (entry.kind !== 'malformed') {
      this.#skip(entry.kind)
    } else {
      this.#lines += 1
      this.#malformed += 1
      if (this.#examples.length < MAX_EXAMPLES) {
        this.#examples.push({ file, line: line.number, reason: entry.reason })
      }
    }
  }

  #takeOwn(reading: Reading, line: number): void {
    if (this.#settings.explainInput) this.#explanation.record({ ...OWN_CALL, reading, line })
    this.#countReading(reading, true)
  }

  #takeFound(found: Recognised): void {
    if (found.kind === 'other') {
      this.#skip(found.reason)
      if (found.row && this.#settings.explainInput) this.#explanation.unknown(found.row)
    } else if (found.kind === 'start') {
      this.#skip('start_line')
      const { since, until } = this.#settings
      const time = found.time ?? since
      if (time >= since && time < until) this.#spans.start(found.spanId)
    } else {
      this.#takeCall(found)
    }
  }

  #takeCall(found: Recognised & { kind: 'call' }): void {
    const id = found.shape === 'recount' ? null : toName(found.reading.call_id)
    this.#explanation.record(found)
    if (id === null) this.#count(found)
    else if (this.#merged.add(`${found.shape} ${id}`, found)) this.#skip('repeated')
  }

  #count({ reading, shape }: Recognised & { kind: 'call' }): void {
    this.#countReading(reading, shape === OWN_CALL.shape)
  }

  #countReading(reading: Reading, isOurs: boolean): void {
    const call = toCall(reading)
    this.#lines += 1
    if (isOurs && call.spanId !== null) this.#spans.end(call.spanId)
    const { by } = this.#settings
    const keys = by.length === 0 ? [] : groupKeysOf(by, reading, call.errorType)
    this.#attempts.add({ call, place: this.#tables.groupsFor(call.model, keys) })
  }

  #skip(reason: NotACall): void {
    this.#lines += 1
    this.#notACall.set(reason, (this.#notACall.get(reason) ?? 0) + 1)
  }

  #input(inputs: readonly Input[]): Report['input'] {
    const tables = this.#tables
    const counts = [...this.#notACall.values()]
    return {
      files: inputs.length,
      bytes: this.#bytes,
      lines: this.#lines,
      records: tables.records,
      skipped: {
        malformed: this.#malformed,
        not_a_call: counts.reduce((sum, count) => sum + count, 0),
        outside_window: tables.outsideWindow,
        no_time: tables.noTime,
      },
      not_a_call: Object.fromEntries(this.#notACall) as { [reason in NotACall]: number },
      malformed_examples: this.#examples,
      interrupted: this.#spans.count,
      interrupted_exact: this.#spans.exact,
      maps_unmatched: [...this.#unmatched].map(({ text }) => text),
      retries_unmatched: tables.retriesUnmatched,
      sampled_records: tables.sampled,
      damaged: this.#damaged,
      left_out: inputs.flatMap(({ twin }) => (twin === undefined ? [] : [twin])),
    }
  }
}
