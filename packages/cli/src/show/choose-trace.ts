import { existsSync } from 'node:fs'
import type { Input } from '@recount/analyze'
import { CliError } from '../errors.ts'
import { chooseInputsWithContent } from '../inputs.ts'
import { momentText, plural } from '../numbers-text.ts'
import { plainLine } from '../plain-text.ts'
import { readingProgress } from '../progress.ts'
import { databaseOf, type SourceOptions, scopeOf } from '../store/open-source.ts'
import { closed } from '../store/released.ts'
import { storedTree } from '../store/stored-tree.ts'
import { treatedOf } from '../store/treated-ids.ts'
import type { Terminal } from '../terminal.ts'
import { type CollectedTrace, collectTrace } from './collect-trace.ts'
import { findTraces, type Hits } from './find-trace.ts'
import { findLastTrace } from './last-trace.ts'
import { withPipesAsFiles } from './pipe-files.ts'

/** A trace, and how to find another one in the same place. */
export interface ChosenTrace {
  readonly trace: CollectedTrace
  other(target: string): Promise<CollectedTrace>
}

/**
 * The trace that is named, else the last one, in files or in a store. `CLI_TRACE_NOT_FOUND` when there is none,
 * `CLI_AMBIGUOUS` or `STORE_AMBIGUOUS` when there are several.
 */
export async function chooseTrace(
  target: string | undefined,
  patterns: readonly string[],
  options: SourceOptions,
  terminal: Terminal,
): Promise<ChosenTrace> {
  const isFile = target !== undefined && (namesFiles(target) || existsSync(target))
  const files = isFile ? [target, ...patterns] : patterns
  const db = await databaseOf(files, options, terminal)
  if (db !== undefined) return inStore(db, target, options, terminal)
  const inputs = await withPipesAsFiles(await chooseInputsWithContent(files, terminal))
  const trace_id = target === undefined || isFile ? await lastTrace(inputs, terminal) : undefined
  const trace =
    trace_id === undefined
      ? await namedTrace(target ?? '', inputs, terminal)
      : await collect(trace_id, inputs, terminal)
  return { trace, other: (id) => namedTrace(id, inputs, terminal) }
}

async function inStore(
  db: string,
  target: string | undefined,
  options: SourceOptions,
  terminal: Terminal,
): Promise<ChosenTrace> {
  const find = async (id: string | undefined): Promise<CollectedTrace> => {
    const { openStore } = await import('@recount/store')
    const store = await openStore(db, { readonly: true, treated: treatedOf(options) })
    try {
      const tree = await storedTree(store, id, scopeOf(options))
      if (await store.isForgotten(tree.trace_id, scopeOf(options)))
        terminal.say('Content erased: a person who took part in this trace was forgotten')
      return tree
    } finally {
      await closed(store)
    }
  }
  const trace = await find(target)
  if (target === undefined) terminal.say('No trace was named: this is the last one')
  return { trace, other: find }
}

/** The trace that an id, or the beginning of one, names in these files. */
async function namedTrace(
  target: string,
  inputs: readonly Input[],
  terminal: Terminal,
): Promise<CollectedTrace> {
  return collect(await theTrace(target, inputs, terminal), inputs, terminal)
}

function collect(
  trace_id: string,
  inputs: readonly Input[],
  terminal: Terminal,
): Promise<CollectedTrace> {
  return watching(terminal, inputs, (onBytes) => collectTrace(trace_id, inputs, onBytes))
}

/** Whether it can only be meant as files, there or not: stdin, a pattern, the name of a log. */
export function namesFiles(target: string): boolean {
  return target === '-' || /[*?]|\.(?:jsonl|ndjson|json|log)(?:\.gz)?$/i.test(target)
}

async function theTrace(
  target: string,
  inputs: readonly Input[],
  terminal: Terminal,
): Promise<string> {
  const found = await watching(terminal, inputs, (onBytes) => findTraces(target, inputs, onBytes))
  const [hit] = found.hits
  if (hit === undefined) throw notFound(target, inputs)
  if (found.hits.length > 1) throw ambiguous(target, found, terminal)
  return hit.trace_id
}

async function lastTrace(inputs: readonly Input[], terminal: Terminal): Promise<string> {
  const last = await watching(terminal, inputs, (onBytes) => findLastTrace(inputs, onBytes))
  if (last === undefined)
    throw new CliError('CLI_TRACE_NOT_FOUND', `There is no trace in ${namesOf(inputs)}`)
  terminal.say('No trace was named: this is the last one')
  return last
}

async function watching<T>(
  terminal: Terminal,
  inputs: readonly Input[],
  read: (onBytes: (bytes: number) => void) => Promise<T>,
): Promise<T> {
  const progress = await readingProgress(terminal, inputs)
  try {
    return await read(progress.onBytes)
  } finally {
    progress.end()
  }
}

function notFound(target: string, inputs: readonly Input[]): CliError {
  const hint = /^[0-9a-f-]{1,5}$/i.test(target)
    ? '. Part of an id needs 6 characters or more'
    : /[\\/]/.test(target)
      ? ', and there is no such file'
      : ''
  return new CliError(
    'CLI_TRACE_NOT_FOUND',
    `No trace, span or message has the id ${target} in ${namesOf(inputs)}${hint}`,
  )
}

function ambiguous(target: string, { hits, more }: Hits, terminal: Terminal): CliError {
  for (const { trace_id, time, matched, workflow = '' } of hits)
    terminal.say(plainLine(`${trace_id}  ${momentText(time)}  ${workflow}  (${matched})`))
  if (more) terminal.say('… and more')
  return new CliError(
    'CLI_AMBIGUOUS',
    `${target} names ${more ? 'more than ' : ''}${plural(hits.length, 'trace')}, listed above; name one of them`,
  )
}

function namesOf(inputs: readonly Input[]): string {
  const names = inputs.map(({ name }) => name)
  const shown = names.slice(0, 5).join(', ')
  return names.length > 5 ? `${shown} and ${plural(names.length - 5, 'more file')}` : shown
}
