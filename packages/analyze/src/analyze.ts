import { type Reading, type Row, toNumber } from '@recount/record/shapes'
import { compareTables } from './compare/comparison.ts'
import { Attempts } from './count/attempts.ts'
import { groupKeysOf } from './count/grouping.ts'
import { OpenSpans } from './count/open-spans.ts'
import { Outcomes } from './count/outcomes.ts'
import { type Groups, Tables } from './count/tables.ts'
import { AnalyzeError } from './errors.ts'
import { readEntries } from './input/entries.ts'
import { parseEntry } from './input/entry.ts'
import type { Input } from './input/inputs.ts'
import {
  inputsOf,
  isStdin,
  type LineSource,
  refuseSources,
  sourceEntries,
  toArray,
} from './input/line-source.ts'
import { isTooLong, type Line } from './input/lines.ts'
import { MalformedLines } from './input/malformed-lines.ts'
import { inputCounts } from './input-counts.ts'
import { type AnalyzeOptions, baselineSettings, checkOptions, type Settings } from './options.ts'
import type { BaselineReport, Report } from './report.ts'
import { baselineReport, mergeableState, reportOf } from './report-of.ts'
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
import { Unreadable } from './shape/unreadable.ts'
import { NewLines } from './state/new-lines.ts'
import { readState, writeState } from './state/state-file.ts'
import { lockState } from './state/state-lock.ts'

/** Calls in flight that a state remembers. */
const MAX_REMEMBERED_SPANS = 100_000

/**
 * Reads logs and counts: percentiles, tokens, cost, errors, by model and by whatever `by` names.
 * `patterns` are paths, globs and `-` for stdin; `.gz` is read too; or sources of lines. Memory does not grow with the
 * input. Codes: ANALYZE_OPTION_INVALID, ANALYZE_INPUT_NOT_FOUND, ANALYZE_INPUT_UNREADABLE.
 */
export async function analyze(
  patterns: string | LineSource | readonly (string | LineSource)[],
  options: AnalyzeOptions = {},
): Promise<Report> {
  const settings = checkOptions(options)
  const inputs = await inputsOf(toArray(patterns))
  if (settings.state === undefined) {
    const report = await count(inputs, settings, new Analysis(settings))
    await settings.deliver?.(report)
    return report
  }
  return withState(settings.state, settings, inputs)
}

/** Reads what is new, and remembers it once the report has been delivered. */
async function withState(
  path: string,
  settings: Settings,
  inputs: readonly Input[],
): Promise<Report> {
  refuseSources(inputs)
  const lock = await lockState(path)
  try {
    const { logs, open } = await readState(path)
    const lines = new NewLines(logs)
    const analysis = new Analysis(settings, lines, open)
    const report = await count(inputs, settings, analysis)
    await settings.deliver?.(report)
    // What was not read to its end is read again.
    if (report.partial) return report
    await lock.check()
    await writeState(path, { logs: lines.logs(), open: analysis.open })
    return report
  } finally {
    await lock.release()
  }
}

async function count(
  inputs: readonly Input[],
  settings: Settings,
  analysis: Analysis,
): Promise<Report> {
  const baseline = await countBaseline(inputs, settings)
  for (const input of inputs) await analysis.read(input)
  const report = analysis.report(inputs)
  if (baseline === undefined) return report
  return {
    ...report,
    baseline: baseline.report,
    comparison: compareTables(baseline.tables, analysis.tables),
  }
}

/** What the period that is compared with has; undefined without one. */
async function countBaseline(
  inputs: readonly Input[],
  settings: Settings,
): Promise<{ readonly tables: Tables; readonly report: BaselineReport } | undefined> {
  const { baseline } = settings
  if (baseline === undefined) return undefined
  if (baseline.lengthMs !== undefined && inputs.some(isStdin)) {
    throw new AnalyzeError(
      'ANALYZE_OPTION_INVALID',
      'Expected `baseline` to name files where stdin is read, because that can be read only once, got a duration',
    )
  }
  const analysis = new Analysis(baselineSettings(settings, baseline))
  const others = baseline.lengthMs === undefined ? await inputsOf(baseline.patterns) : inputs
  for (const input of others) await analysis.read(input)
  return { tables: analysis.tables, report: baselineReport(analysis.report(others)) }
}

class Analysis {
  readonly #settings: Settings
  readonly #tables: Tables
  readonly #attempts: Attempts<Groups>
  readonly #spans = new OpenSpans()
  readonly #newLines: NewLines | undefined
  readonly #outcomes: Outcomes
  readonly #explanation = new Explanation()
  readonly #unmatched: Set<FieldMap>
  /** Undefined where the whole line is asked for. */
  readonly #own: OwnLines | undefined
  readonly #merged = new MergedCalls((call) => this.#count(call))
  readonly #notACall = new Map<NotACall, number>(NOT_A_CALL.map((reason) => [reason, 0]))
  readonly #malformed = new MalformedLines()
  readonly #unreadable = new Unreadable()
  readonly #damaged: { file: string; reason: string }[] = []
  #bytes = 0
  #lines = 0

  /** `newLines` reads only what no run has read; `open` are calls that had not ended then. */
  constructor(settings: Settings, newLines?: NewLines, open: readonly string[] = []) {
    this.#settings = settings
    this.#newLines = newLines
    for (const id of open) this.#spans.start(id)
    this.#tables = new Tables(settings)
    this.#outcomes = new Outcomes(settings.zone)
    this.#attempts = new Attempts(this.#tables)
    this.#unmatched = new Set(settings.maps)
    this.#own = settings.maps.length > 0 ? undefined : new OwnLines(settings.by)
  }

  /** Ids of calls that have started and not ended. */
  get open(): string[] {
    return this.#spans.ids(MAX_REMEMBERED_SPANS)
  }

  /** What was counted. */
  get tables(): Tables {
    return this.#tables
  }

  async read(input: Input): Promise<void> {
    if (this.#settings.signal?.aborted) return
    this.#explanation.file(input.name)
    const options = {
      onBytes: (bytes: number) => {
        this.#bytes += bytes
        this.#settings.onBytes?.(bytes)
      },
      signal: this.#settings.signal,
      onDamage: (reason: string) => this.#damaged.push({ file: input.name, reason }),
    }
    const recogniser = new FileRecogniser(this.#settings.maps, (map) => this.#unmatched.delete(map))
    const others = this.#lines - this.#malformed.count
    const batches =
      this.#newLines?.entries(input, options) ??
      (input.source === undefined
        ? readEntries(input, options)
        : sourceEntries(input.source, this.#settings, options))
    for await (const { form, entries } of batches) {
      this.#explanation.entries(form, entries.length)
      for (const entry of entries) this.#take(entry, input.name, recogniser)
      if (this.#settings.signal?.aborted) break
    }
    for (const found of recogniser.end()) this.#takeFound(found)
    const read = this.#lines - this.#malformed.count - others
    for (const hint of this.#malformed.hints(input.name, read)) options.onDamage(hint)
    this.#explanation.inferred(recogniser.inferences)
  }

  report(inputs: readonly Input[]): Report {
    this.#merged.end()
    this.#attempts.end()
    return {
      ...reportOf(this.#tables, this.#input(inputs), this.#outcomes, this.#settings.by),
      ...(this.#settings.signal?.aborted ? { partial: true as const } : {}),
      ...(this.#settings.explainInput ? { explain: this.#explanation.files() } : {}),
      ...(this.#settings.mergeable
        ? { mergeable: mergeableState(this.#tables, this.#outcomes) }
        : {}),
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
      this.#malformed.add(file, line, entry.reason)
    }
  }

  #takeOwn(reading: Reading, line: number): void {
    if (this.#settings.explainInput) this.#explanation.record({ ...OWN_CALL, reading, line })
    this.#countReading(reading, true)
  }

  #takeFound(found: Recognised): void {
    if (found.kind === 'other') {
      this.#skip(found.reason)
      if (found.reason === 'other_event' && found.row) this.#takeEvent(found.row)
      if (found.row && found.reason !== 'other_event' && this.#settings.explainInput)
        this.#explanation.unknown(found.row)
    } else if (found.kind === 'start') {
      this.#skip('start_line')
      if (!this.#isInside(found.time)) return
      this.#outcomes.level(found.level)
      this.#spans.start(found.spanId)
    } else {
      this.#takeCall(found)
    }
  }

  #takeEvent(row: Row): void {
    if (!this.#isInside(toNumber(row.time))) return
    this.#outcomes.level(row.level)
    this.#outcomes.event(row)
  }

  #takeCall(found: Recognised & { kind: 'call' }): void {
    const id = found.shape === 'recount' ? null : toName(found.reading.call_id)
    this.#explanation.record(found)
    for (const [key] of found.unreadable ?? []) this.#unreadable.add(key)
    if (id === null) this.#count(found)
    else if (this.#merged.add(`${found.shape} ${id}`, found)) this.#skip('repeated')
  }

  #count({ reading, shape }: Recognised & { kind: 'call' }): void {
    this.#countReading(reading, shape === OWN_CALL.shape)
  }

  #countReading(reading: Reading, isOurs: boolean): void {
    const call = toCall(reading)
    this.#unreadable.check(call, reading)
    this.#lines += 1
    if (this.#isInside(call.startTime))
      this.#outcomes.call(call, isOurs ? reading.level : undefined)
    this.#outcomes.prompts.call(reading)
    if (isOurs && call.spanId !== null) this.#spans.end(call.spanId)
    const { by } = this.#settings
    const keys = by.length === 0 ? [] : groupKeysOf(by, reading, call.errorType, this.#tables.times)
    this.#attempts.add({ call, place: this.#tables.groupsFor(call.model, keys) })
  }

  /** What says no time may be inside. */
  #isInside(time: number | null): boolean {
    const { since, until } = this.#settings
    return time === null || (time >= since && time < until)
  }

  #skip(reason: NotACall): void {
    this.#lines += 1
    this.#notACall.set(reason, (this.#notACall.get(reason) ?? 0) + 1)
  }

  #input(inputs: readonly Input[]): Report['input'] {
    return inputCounts(this.#tables, this.#spans, inputs, {
      bytes: this.#bytes,
      lines: this.#lines,
      malformed: this.#malformed.count,
      unreadable: this.#unreadable.counts(),
      not_a_call: Object.fromEntries(this.#notACall) as { [reason in NotACall]: number },
      malformed_examples: this.#malformed.examples,
      maps_unmatched: [...this.#unmatched].map(({ text }) => text),
      damaged: this.#damaged,
    })
  }
}
