import { readdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { expandInputs, type Input } from '@recount/analyze'
import {
  followFiles,
  type IndexCounts,
  indexFiles,
  indexStream,
  openStore,
  type RefusedLine,
} from '@recount/store'
import { EXIT } from '../errors.ts'
import { chooseInputsWithContent } from '../inputs.ts'
import { bytesText, plural } from '../numbers-text.ts'
import { plainLine } from '../plain-text.ts'
import { readingProgress } from '../progress.ts'
import { withoutPassword } from '../store/address.ts'
import { DEFAULT_DB, sayGone } from '../store/open-source.ts'
import { closed } from '../store/released.ts'
import type { Terminal } from '../terminal.ts'

/** Options of `recount index`. */
export interface IndexOptions {
  readonly db?: string
  readonly follow?: boolean
  readonly multiTenant?: boolean
  readonly json?: boolean
}

/** Reads log and content files into a store, from where they were read up to the last time. */
export async function indexLogs(
  patterns: readonly string[],
  options: IndexOptions,
  terminal: Terminal,
): Promise<number> {
  const db = options.db ?? (process.env.RECOUNT_DB || DEFAULT_DB)
  const inputs = await inputsOf(patterns, terminal)
  const store = await openStore(db, { multiTenant: options.multiTenant })
  try {
    const progress = await readingProgress(terminal, inputs, 'indexing')
    let read = 0
    const onBytes = (bytes: number): void => {
      progress.onBytes(bytes - read)
      read = bytes
    }
    const paths = inputs.flatMap(({ path }) => path ?? [])
    const refused: Refused[] = []
    const onRefused = (line: Refused): void => {
      if (refused.length < MAX_EXAMPLES) refused.push(line)
    }
    const reading = { store, onRefused, onGone: (path: string) => sayGone(path, terminal) }
    const counts = await indexFiles({ ...reading, paths, onBytes }).finally(() => progress.end())
    if (inputs.some(({ path }) => path === null))
      addCounts(counts, await indexStream(process.stdin, reading))
    const told = { db: withoutPassword(db), ...counts, refused }
    if (options.json) terminal.print(`${JSON.stringify(told)}\n`)
    else terminal.say(`${countsText(counts)}, into ${plainLine(withoutPassword(db))}`)
    sayRefused(refused, counts, terminal)
    if (options.follow) await follow(patterns, options, store, terminal)
    return EXIT.done
  } finally {
    await closed(store)
  }
}

/** Files, content files beside them, and segments of the streams of an audit log of which a segment was named. */
async function inputsOf(patterns: readonly string[], terminal: Terminal): Promise<Input[]> {
  const named = await chooseInputsWithContent(patterns, terminal)
  const segments = named.flatMap(({ path }) => (SEGMENT.test(path ?? '') ? (path ?? '') : []))
  const folders = [...new Set(segments.map((path) => join(dirname(path), 'streams')))]
  const found = await Promise.all(folders.map(segmentsIn))
  return found.flat().length === 0
    ? named
    : expandInputs([...named.map(({ name }) => name), ...found.flat()])
}

/** As the audit log calls its segments. */
const SEGMENT = /(?:^|[/\\])\d{20}\.jsonl(?:\.gz)?$/

async function segmentsIn(folder: string): Promise<string[]> {
  const names = await readdir(folder, { recursive: true }).catch(() => [])
  return names
    .map((name) => join(folder, name))
    .filter((path) => SEGMENT.test(path))
    .sort()
}

type Refused = RefusedLine & { readonly path: string }

/** Refused lines that are named. */
const MAX_EXAMPLES = 10

/** Lines that `analyze` may count and a store does not have. */
function sayRefused(
  refused: readonly Refused[],
  { invalid, malformed }: IndexCounts,
  terminal: Terminal,
): void {
  for (const { path, line, reason } of refused)
    terminal.say(`  refused ${plainLine(path)}:${line} ${plainLine(reason)}`)
  const more = invalid + malformed - refused.length
  if (more > 0) terminal.say(`  and ${more} more; recount check FILES names all`)
}

/** Until the process is told to end; what was read until then is kept. */
async function follow(
  patterns: readonly string[],
  { json }: IndexOptions,
  store: Parameters<typeof followFiles>[0]['store'],
  terminal: Terminal,
): Promise<void> {
  const controller = new AbortController()
  process.removeAllListeners('SIGINT')
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => controller.abort())
  const quiet: Terminal = { ...terminal, say: () => {} }
  const paths = async (): Promise<string[]> => {
    const inputs = await inputsOf(patterns, quiet).catch(() => [])
    return inputs.flatMap(({ path }) => path ?? [])
  }
  await followFiles({
    ...{ store, paths, signal: controller.signal },
    onIndexed(counts) {
      if (counts.lines === 0) return
      if (json) terminal.print(`${JSON.stringify(counts)}\n`)
      else terminal.say(countsText(counts))
    },
  })
}

function countsText(counts: IndexCounts): string {
  const { lines, bytes, files, added, known } = counts
  const rest = (['erased', 'pruned', 'invalid', 'other', 'malformed', 'cut'] as const)
    .filter((key) => counts[key] > 0)
    .map((key) => `${counts[key]} ${key}`)
  const parts = [
    `${plural(added, 'new record')}`,
    ...(known > 0 ? [`${known} known`] : []),
    ...rest,
  ]
  return `Read ${plural(files, 'file')}, ${plural(lines, 'line')}, ${bytesText(bytes)}: ${parts.join(', ')}`
}

function addCounts(sum: IndexCounts, more: IndexCounts): void {
  for (const key of Object.keys(sum) as (keyof IndexCounts)[]) sum[key] += more[key]
  sum.files += 1
}
