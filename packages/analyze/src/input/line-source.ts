import { AnalyzeError } from '../errors.ts'
import type { Settings } from '../options.ts'
import type { ReadOptions } from './chunks.ts'
import type { Batch } from './entries.ts'
import { expandInputs, type Input } from './inputs.ts'
import type { Line } from './lines.ts'

/** Lines that come from elsewhere than a file, as from a store. */
export interface LineSource {
  /** What the report calls it. */
  readonly name: string
  /**
   * Its lines without line ends, in any order, each time from the beginning: at least those of calls that began from
   * `since` on and before `until` (epoch milliseconds, infinite where all are wanted), and of what became of them.
   */
  readonly lines: (window: {
    readonly since: number
    readonly until: number
  }) => AsyncIterable<string>
}

/** An attempt, or what a person did, may come so much later than the call it belongs to. */
const SLACK_MS = 86_400_000
const BATCH_LINES = 500

/** What is to be read, in the order given: sources as they are, paths and patterns as files. */
export async function inputsOf(given: readonly (string | LineSource)[]): Promise<Input[]> {
  const sources = given.filter((item): item is LineSource => isSource(item))
  const patterns = given.filter((item): item is string => !isSource(item))
  const files = patterns.length === 0 && sources.length > 0 ? [] : await expandInputs(patterns)
  return [...sources.map((source) => ({ name: source.name, path: null, source })), ...files]
}

/** A source or pattern alone is a list of one. */
export function toArray<Item extends string | LineSource>(
  given: Item | readonly Item[],
): readonly Item[] {
  return typeof given === 'string' || isSource(given) ? [given as Item] : (given as readonly Item[])
}

/** Whether an input can be read once only. */
export function isStdin({ path, source }: Input): boolean {
  return path === null && source === undefined
}

/** A state is of files: sources are ANALYZE_OPTION_INVALID with it. */
export function refuseSources(inputs: readonly Input[]): void {
  const found = inputs.find(({ source }) => source !== undefined)
  if (found === undefined) return
  throw new AnalyzeError(
    'ANALYZE_OPTION_INVALID',
    `Expected \`state\` with files alone, because it remembers places in them, got ${found.name}; say \`since\` to read the last hours of a store`,
  )
}

/** Whether something is a source and no pattern. */
export function isSource(item: unknown): item is LineSource {
  return (
    typeof item === 'object' && item !== null && typeof Reflect.get(item, 'lines') === 'function'
  )
}

/** The lines of a source that a window needs, some at a time. */
export async function* sourceEntries(
  source: LineSource,
  { since, until }: Pick<Settings, 'since' | 'until'>,
  { onBytes, signal }: ReadOptions,
): AsyncGenerator<Batch> {
  let entries: Line[] = []
  let number = 0
  const lines = source.lines({ since: since - SLACK_MS, until: until + SLACK_MS })
  for await (const text of lines) {
    const bytes = Buffer.from(text)
    number += 1
    onBytes?.(bytes.length)
    entries.push({ number, bytes, length: bytes.length, terminated: true })
    if (entries.length < BATCH_LINES) continue
    yield { form: 'lines', entries }
    entries = []
    if (signal?.aborted) return
  }
  yield { form: 'lines', entries }
}
