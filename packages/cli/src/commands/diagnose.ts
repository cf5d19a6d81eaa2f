import { once } from 'node:events'
import { expandInputs } from '@recount/analyze'
import { createDiagnoser, type Diagnosis, readRuleFile } from '@recount/diagnose'
import { Causes } from '../diagnose/causes.ts'
import { diagnosisText, retryText } from '../diagnose/diagnosis-text.ts'
import { type ErrorEntry, errorEntries } from '../diagnose/error-entries.ts'
import { EXIT } from '../errors.ts'
import { plural } from '../numbers-text.ts'
import { plainJson, plainLine } from '../plain-text.ts'
import { painter, type Terminal } from '../terminal.ts'

/** Options of `recount diagnose`. */
export interface DiagnoseCommandOptions {
  readonly json?: boolean
  readonly message?: string
  readonly group?: boolean
  readonly rules?: string
}

/** Says of each error of a file what it is; with `--group` how many errors have how many causes. */
export async function diagnoseFile(
  file: string,
  options: DiagnoseCommandOptions,
  terminal: Terminal,
): Promise<number> {
  const { diagnose, conflicts, redefined } = createDiagnoser(
    options.rules === undefined ? {} : { rules: readRuleFile(options.rules) },
  )
  for (const { rule, other, evidence, category, otherCategory } of conflicts)
    terminal.say(
      plainLine(
        `Warning: ${rule} calls “${evidence}” ${category}, ${other} calls it ${otherCategory}; ${rule} holds`,
      ),
    )
  for (const id of redefined)
    terminal.say(
      plainLine(`Warning: the rules define the built-in category ${id} anew; theirs holds`),
    )
  const counts = { passed: 0 }
  const causes = new Causes()
  for await (const { id, error, context } of entriesOf(file, options, counts)) {
    const diagnosis = diagnose(error, context)
    causes.add(diagnosis, id, messageOf(error))
    if (!options.group) await print(diagnosis, id, options, terminal)
  }
  if (options.group) printCauses(causes, options, terminal)
  if (causes.errors === 0) terminal.say('There is no error in it')
  else if (counts.passed > 0)
    terminal.say(`${plural(counts.passed, 'line')} without an error passed over`)
  return EXIT.done
}

async function* entriesOf(
  file: string,
  { message }: DiagnoseCommandOptions,
  counts: { passed: number },
): AsyncGenerator<ErrorEntry> {
  if (message !== undefined) {
    yield { id: undefined, error: message, context: {} }
    return
  }
  for (const input of await expandInputs([file])) yield* errorEntries(input, counts)
}

function messageOf(error: unknown): string {
  if (typeof error === 'string') return error
  const message = (error as { message?: unknown } | null)?.message
  return typeof message === 'string' ? message : ''
}

async function print(
  diagnosis: Diagnosis,
  id: unknown,
  { json }: DiagnoseCommandOptions,
  terminal: Terminal,
): Promise<void> {
  const text = json
    ? `${plainJson(lineOf(diagnosis, id))}\n`
    : diagnosisText(diagnosis, painter(terminal.color), terminal.columns)
  terminal.print(text)
  if (process.stdout.writableNeedDrain) await once(process.stdout, 'drain')
}

/** A diagnosis as a line of output. */
function lineOf(diagnosis: Diagnosis, id: unknown): object {
  const { category, provider, model, requestId, retryable, retryAfterMs, ...rest } = diagnosis
  return {
    ...(id === undefined ? {} : { id }),
    category,
    provider,
    model,
    request_id: requestId,
    retryable,
    retry_after_ms: retryAfterMs,
    ...rest,
  }
}

function printCauses(causes: Causes, { json }: DiagnoseCommandOptions, terminal: Terminal): void {
  const list = causes.list()
  if (json) {
    const told = list.map(({ fingerprint, count, diagnosis, ids }) => {
      return { fingerprint, count, ids, ...lineOf(diagnosis, undefined) }
    })
    const { errors, others } = causes
    terminal.print(`${plainJson({ errors, causes: told, others }, 2)}\n`)
    return
  }
  const paint = painter(terminal.color)
  terminal.print(`${plural(causes.errors, 'error')}, ${plural(list.length, 'cause')}\n\n`)
  const width = Math.max(5, ...list.map(({ count }) => String(count).length))
  for (const { count, diagnosis, message } of list) {
    const { category, provider, model, suggestions, rule } = diagnosis
    const who = [provider, model].filter((name) => name !== null).join(' ')
    const words = [category, who, retryText(diagnosis)].filter((word) => word !== '')
    terminal.print(
      `${paint('bold', String(count).padStart(width))}  ${plainLine(words.join(' · '))}\n`,
    )
    // Where no rule held, the words are what tells one cause from another.
    if (rule === null && message !== '')
      terminal.print(`${' '.repeat(width + 2)}“${shortened(message)}”\n`)
    if (suggestions[0] !== undefined)
      terminal.print(`${' '.repeat(width + 2)}${paint('dim', plainLine(suggestions[0]))}\n`)
  }
  if (causes.others > 0) terminal.print(`${plural(causes.others, 'error')} of further causes\n`)
}

const MESSAGE_SHOWN = 100

function shortened(message: string): string {
  const line = plainLine(message.slice(0, 4 * MESSAGE_SHOWN).trim())
  return line.length > MESSAGE_SHOWN ? `${line.slice(0, MESSAGE_SHOWN - 1)}…` : line
}
