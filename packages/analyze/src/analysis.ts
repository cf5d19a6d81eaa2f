import type { Inference, JoinedLine } from '@recount/record/shapes'
import { Counts } from './count/counts.ts'
import type { CarriedSpans } from './count/open-spans.ts'
import type { Tables } from './count/tables.ts'
import type { ReadOptions } from './input/chunks.ts'
import { type Batch, type Form, readEntries } from './input/entries.ts'
import { type Entry, parseEntry } from './input/entry.ts'
import { FileParts } from './input/file-parts.ts'
import type { Input } from './input/inputs.ts'
import { SCAN_MARGIN } from './input/line-scanner.ts'
import { sourceEntries } from './input/line-source.ts'
import { isTooLong, type Line, type LineRun } from './input/lines.ts'
import { MalformedLines } from './input/malformed-lines.ts'
import { inputCounts } from './input-counts.ts'
import type { Settings } from './options.ts'
import type { Report } from './report.ts'
import { mergeableState, reportOf } from './report-of.ts'
import { toName } from './shape/call.ts'
import { Explanation, type Place } from './shape/explanation.ts'
import type { FieldMap } from './shape/field-map.ts'
import { MergedCalls } from './shape/merged-calls.ts'
import type { NotACall } from './shape/not-a-call.ts'
import { OwnCounter } from './shape/own-counter.ts'
import { runOf } from './shape/own-lines.ts'
import { FileRecogniser, OWN_CALL, type Recognised } from './shape/recognise.ts'
import type { NewLines } from './state/new-lines.ts'

const CUT_PARTS =
  'a part of a line of which the others are not there, or make it longer than 16 MiB'

const MAX_GUESSES = 10

function guessText({ key, path, unit, why }: Inference): string {
  if (unit === null)
    return `${path} was not counted, because its unit cannot be told: ${why}; --map ${key}=${path}:UNIT names it.`
  return `${path} was taken for ${unit}, because ${why}; --map ${key}=${path}:UNIT names another unit.`
}

/** One pass over inputs: what each entry is, and what is counted of it. */
export class Analysis {
  readonly #settings: Settings
  readonly #counts: Counts
  readonly #newLines: NewLines | undefined
  readonly #explanation = new Explanation()
  readonly #unmatched: Set<FieldMap>
  /** Undefined where the whole line is asked for. */
  readonly #own: OwnCounter | undefined
  readonly #merged = new MergedCalls((call) => this.#count(call, call.file))
  readonly #malformed = new MalformedLines()
  readonly #damaged: { file: string; reason: string }[] = []
  #bytes = 0
  readonly #guesses = new Map<string, Inference>()
  #file = ''
  #parts = new FileParts()
  /** What is being counted. */
  #place: Place = { file: '', line: 0, sources: [] }

  /** `newLines` reads only what no run has read; `carried` are calls that had not ended then. */
  constructor(settings: Settings, newLines?: NewLines, carried?: CarriedSpans) {
    this.#settings = settings
    this.#newLines = newLines
    const tell = (key: string) => this.#explanation.unreadable(key, this.#place)
    this.#counts = new Counts(settings, carried, settings.explainInput ? tell : undefined)
    this.#unmatched = new Set(settings.maps)
    this.#own = settings.maps.length > 0 ? undefined : new OwnCounter(this.#counts)
  }

  /** Calls that have begun and not ended, for the next run. */
  get carried(): CarriedSpans {
    return this.#counts.spans.carried()
  }

  /** What was counted. */
  get tables(): Tables {
    return this.#counts.tables
  }

  async read(input: Input): Promise<void> {
    if (this.#settings.signal?.aborted) return
    this.#file = input.name
    this.#parts = new FileParts()
    this.#explanation.file(input.name)
    const options = {
      onBytes: (bytes: number) => {
        this.#bytes += bytes
        this.#settings.onBytes?.(bytes)
      },
      signal: this.#settings.signal,
      onDamage: (reason: string) => this.#damaged.push({ file: input.name, reason }),
    }
    const matched = (map: FieldMap) => this.#unmatched.delete(map)
    const known = this.#newLines?.unitsOf(input)
    const recogniser = new FileRecogniser(this.#settings.maps, matched, known)
    const others = this.#counts.lines - this.#malformed.count
    for await (const batch of this.#batches(input, options)) {
      this.#takeBatch(batch, input.name, recogniser)
      if (this.#settings.signal?.aborted) break
    }
    this.#endFile(input, recogniser)
    const read = this.#counts.lines - this.#malformed.count - others
    for (const hint of this.#malformed.hints(input.name, read)) options.onDamage(hint)
  }

  #takeBatch({ form, entries, run }: Batch, file: string, recogniser: FileRecogniser): void {
    // What was written while logs were read is no future.
    this.#settings.until = this.#settings.endNow?.() ?? this.#settings.until
    const from = run?.number ?? 0
    for (const entry of entries) this.#takeSingle(entry, form, file, recogniser)
    if (run !== undefined) this.#takeRun(run, file, recogniser)
    this.#explanation.entries(form, entries.length + (run?.number ?? 0) - from)
  }

  /** Takes what waited for more of the file, and keeps what was concluded of it. */
  #endFile(input: Input, recogniser: FileRecogniser): void {
    const cut = this.#newLines?.arePartsWaiting ? [] : this.#parts.end()
    for (const one of cut) this.#takeJoined(one, input.name, recogniser)
    for (const found of recogniser.end()) this.#takeFound(found)
    const { inferences } = recogniser
    this.#explanation.inferred(inferences)
    this.#newLines?.keepUnits(input, inferences)
    for (const one of inferences.filter(({ isGuess, unit }) => isGuess || unit === null))
      this.#guesses.set(`${one.key} ${one.path} ${one.unit}`, one)
  }

  report(inputs: readonly Input[]): Report {
    this.#merged.end()
    const { attempts, tables, outcomes } = this.#counts
    attempts.end()
    tables.end()
    const report = reportOf(tables, this.#input(inputs), outcomes, this.#settings.by)
    return {
      ...report,
      notes: [...report.notes, ...[...this.#guesses.values()].slice(0, MAX_GUESSES).map(guessText)],
      ...(this.#settings.signal?.aborted ? { partial: true as const } : {}),
      ...(this.#settings.explainInput ? { explain: this.#explanation.files() } : {}),
      ...(this.#settings.mergeable ? { mergeable: mergeableState(tables, outcomes) } : {}),
    }
  }

  #batches(input: Input, options: ReadOptions): AsyncGenerator<Batch> {
    const { source } = input
    if (this.#newLines !== undefined) return this.#newLines.entries(input, options, this.#parts)
    if (source !== undefined) return sourceEntries(source, this.#settings, options)
    return readEntries(input, options)
  }

  #takeRun(run: LineRun, file: string, recogniser: FileRecogniser): void {
    const end = run.endBefore(SCAN_MARGIN)
    while (run.at < end) {
      if (!this.#takeOwn(run)) this.#take(run.take(), file, recogniser)
    }
    while (run.at < run.end) this.#takeSingle(run.take(), 'lines', file, recogniser)
  }

  #takeSingle(line: Line, form: Form, file: string, recogniser: FileRecogniser): void {
    const mayBeOurs = this.#own?.isPatient && form === 'lines' && line.terminated
    if (mayBeOurs && !isTooLong(line) && this.#takeOwn(runOf(line.bytes, line.number))) return
    this.#take(line, file, recogniser)
  }

  #takeOwn(run: LineRun): boolean {
    const { number } = run
    if (this.#settings.explainInput) this.#place = { file: this.#file, line: number, sources: [] }
    const taken = this.#own?.take(run) ?? false
    if (taken === 'call' && this.#settings.explainInput)
      this.#explanation.record({ ...OWN_CALL, reading: {}, line: number })
    return taken !== false
  }

  #take(line: Line, file: string, recogniser: FileRecogniser): void {
    const entry = parseEntry(line)
    const joined = this.#parts.take(line, entry)
    if (joined === undefined) this.#takeEntry(entry, line, file, recogniser)
    else for (const one of joined) this.#takeJoined(one, file, recogniser)
  }

  /** Lines that were put together, or have to be given up; each further part counts as a line. */
  #takeJoined(
    { place, parts, bytes }: JoinedLine<number>,
    file: string,
    recogniser: FileRecogniser,
  ): void {
    for (let part = 1; part < parts; part++) this.#counts.skip('part')
    const line = { number: place, bytes: bytes ?? Buffer.alloc(0), length: bytes?.length ?? 0 }
    const terminated = { ...line, terminated: true }
    if (bytes === undefined) {
      this.#takeEntry({ kind: 'malformed', reason: CUT_PARTS }, terminated, file, recogniser)
      return
    }
    if (parts > 1) this.#explanation.joined(parts)
    this.#takeEntry(parseEntry(terminated), terminated, file, recogniser)
  }

  #takeEntry(entry: Entry, line: Line, file: string, recogniser: FileRecogniser): void {
    if (entry.kind === 'value') {
      for (const found of recogniser.recognise(entry.value, line.number)) this.#takeFound(found)
    } else if (entry.kind !== 'malformed') {
      this.#counts.skip(entry.kind)
    } else {
      this.#counts.lines += 1
      this.#malformed.add(file, line, entry.reason)
    }
  }

  #takeFound(found: Recognised): void {
    if (found.kind === 'other') this.#takeOther(found)
    else if (found.kind === 'start') this.#counts.start(found.spanId, found.time, found.level)
    else this.#takeCall(found)
  }

  #takeOther({ reason, row }: Recognised & { kind: 'other' }): void {
    if (reason === 'other_event' && row !== undefined) {
      this.#counts.event(row)
      return
    }
    this.#counts.skip(reason)
    if (row !== undefined && this.#settings.explainInput) this.#explanation.unknown(row)
  }

  #takeCall(found: Recognised & { kind: 'call' }): void {
    const id = found.shape === 'recount' ? null : toName(found.reading.call_id)
    this.#explanation.record(found)
    const file = this.#file
    this.#place = { file, line: found.line, sources: found.unreadable ?? [] }
    for (const [key] of found.unreadable ?? []) this.#counts.unreadable.add(key)
    if (id === null) this.#count(found, file)
    else if (this.#merged.add(`${found.shape} ${id}`, { ...found, file }))
      this.#counts.skip('repeated')
  }

  #count({ reading, shape, line, sources }: Recognised & { kind: 'call' }, file: string): void {
    this.#place = { file, line, sources }
    this.#counts.call(reading, shape === OWN_CALL.shape)
  }

  #input(inputs: readonly Input[]): Report['input'] {
    const { tables, notACall, lines, spans, unreadable } = this.#counts
    return inputCounts(tables, spans, inputs, {
      bytes: this.#bytes,
      lines,
      malformed: this.#malformed.count,
      unreadable: unreadable.counts(),
      not_a_call: Object.fromEntries(notACall) as { [reason in NotACall]: number },
      malformed_examples: this.#malformed.examples,
      maps_unmatched: [...this.#unmatched].map(({ text }) => text),
      damaged: this.#damaged,
      waiting_lines: this.#newLines?.waiting ?? 0,
    })
  }
}
