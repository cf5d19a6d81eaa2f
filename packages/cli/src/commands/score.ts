import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Evaluation } from '@recount/record'
import { createRedactor } from '@recount/redact'
import { evaluationOf, type Judgement, openStore, type Store } from '@recount/store'
import { CliError, EXIT } from '../errors.ts'
import { appendLine } from '../evals/append-line.ts'
import { plainJson, plainLine } from '../plain-text.ts'
import { isServer, withoutPassword } from '../store/address.ts'
import {
  andClose,
  databaseOf,
  type SourceOptions,
  scopeOf,
  withFiles,
} from '../store/open-source.ts'
import type { Terminal } from '../terminal.ts'

/** Options of `recount score`. */
export interface ScoreOptions extends SourceOptions {
  readonly label?: string
  readonly comment?: string
  readonly evaluator: 'human' | 'model' | 'code'
  /** False with `--no-log`. */
  readonly log?: string | false
  readonly json?: boolean
}

/** What is judged, and how. */
export interface Scored {
  readonly id: string
  readonly name: string
  readonly value: string
}

/** Records a judgement in a log and in the store. `CLI_TRACE_NOT_FOUND` when nothing has the id. */
export async function scoreSpan(
  scored: Scored,
  files: readonly string[],
  options: ScoreOptions,
  terminal: Terminal,
): Promise<number> {
  const log = logOf(files, options)
  const db = await databaseOf(files, options, terminal)
  if (db === undefined && log === undefined)
    throw new CliError('CLI_OPTION_INVALID', 'With --no-log a store is needed: name one with --db')
  const record = async (store: Store): Promise<number> => {
    const line = await judged(store, scored, options)
    if (log !== undefined) await appendLine(log, JSON.stringify(line))
    if (db !== undefined) await store.ingest([line])
    const places = [
      ...(db === undefined ? [] : [withoutPassword(db)]),
      ...(log === undefined ? [] : [log]),
    ]
    terminal.say(
      plainLine(`Recorded ${toldOf(line)} about span ${line.span_id} in ${places.join(' and ')}`),
    )
    if (options.json) terminal.print(`${plainJson(line)}\n`)
    return EXIT.done
  }
  if (db === undefined) return withFiles(files, options, terminal, record)
  if (!isServer(db) && !existsSync(db))
    throw new CliError('CLI_NO_INPUT', `There is no store ${db}; make one with recount index`)
  return andClose(await openStore(db), record)
}

/** Beside the files that have the call, so that whoever reads them reads it, too. */
function logOf(files: readonly string[], { log }: ScoreOptions): string | undefined {
  if (log === false) return undefined
  if (typeof log === 'string') return log
  const [first] = files
  const isPlain = first !== undefined && first !== '-' && !/[*?]/.test(first)
  return join(isPlain ? dirname(first) : 'logs', 'scores.jsonl')
}

async function judged(store: Store, { id, name, value }: Scored, options: ScoreOptions) {
  const trace = await store.trace(id, scopeOf(options))
  const line = trace && evaluationOf(trace, id, judgementOf(name, value, options))
  if (line !== undefined) return line
  throw new CliError('CLI_TRACE_NOT_FOUND', `No trace, span or message has the id ${id}`)
}

/** What nobody means as a label. */
const NUMBER_LIKE = /^[+-]?(?:inf(?:inity)?|nan|\d[\d.]*(?:e[+-]?\d+)?)$/i

function toldOf({ score, label }: Evaluation): string {
  const words = label === undefined ? [] : [`the label ${label}`]
  return [...(score === undefined ? [] : [`the number ${score}`]), ...words].join(' and ')
}

/** Words pass the redactor, as they do in a logger. */
function judgementOf(name: string, value: string, options: ScoreOptions): Judgement {
  const { label, comment, evaluator } = options
  const isNumber = value.trim() !== '' && Number.isFinite(Number(value))
  if (value.trim() === '' || (!isNumber && NUMBER_LIKE.test(value.trim())))
    throw new CliError(
      'CLI_OPTION_INVALID',
      `Expected a finite number or a label, got ${value || "''"}`,
    )
  if (label?.trim() === '')
    throw new CliError('CLI_OPTION_INVALID', 'Expected --label to be a text, got an empty one')
  if (!isNumber && label !== undefined)
    throw new CliError('CLI_OPTION_INVALID', `Expected a number beside --label, got ${value}`)
  const redact = createRedactor()
  const words = { name, label: isNumber ? label : value, explanation: comment }
  const said = Object.entries(words).map(([key, text]) => [
    key,
    text === undefined ? undefined : redact.text(text).text,
  ])
  return {
    ...(Object.fromEntries(said) as { name: string; label?: string; explanation?: string }),
    evaluator,
    score: isNumber ? Number(value) : undefined,
  }
}
