import { type Input, isTooLong, readLines } from '@recount/analyze'
import { beginsEntry, type DiagnoseContext } from '@recount/diagnose'

/** One error of an input, and what is known of it besides. */
export interface ErrorEntry {
  readonly id: unknown
  readonly error: unknown
  readonly context: DiagnoseContext
}

/** What was read and left out. */
export interface EntryCounts {
  /** Our own lines that tell of no error, and lines of a log that do not look like one. */
  passed: number
}

/** So much text is one error at most. */
const MAX_BLOCK = 256 * 1024

/**
 * The errors of an input of any kind: JSON Lines, our own lines, logs of processes, or one pasted message of many lines.
 * Memory is bounded.
 */
export async function* errorEntries(input: Input, counts: EntryCounts): AsyncGenerator<ErrorEntry> {
  const block = new TextBlock(counts)
  for await (const line of readLines(input)) {
    const text = line.bytes.toString('utf8')
    const values = isTooLong(line) ? undefined : jsonOf(text)
    if (values === undefined || block.expects(values)) {
      yield* block.add(text)
      continue
    }
    yield* block.take()
    for (const value of values) yield* entriesOf(value, counts)
  }
  yield* block.take()
}

/** The errors of one JSON value: our own record, somebody's, or a text. */
function entriesOf(value: unknown, counts: EntryCounts): ErrorEntry[] {
  if (typeof value !== 'object' || value === null)
    return [{ id: undefined, error: value, context: {} }]
  const record = value as Record<string, unknown>
  if (record.recount === undefined) return [{ id: record.id, error: record, context: {} }]
  const { error, provider, model, tool, span_id, rate_limit, event } = record
  if (typeof error !== 'object' || error === null) {
    counts.passed += 1
    return []
  }
  const isCall = event === 'llm_call'
  const context: DiagnoseContext = {
    provider: isCall ? text(provider) : undefined,
    model: isCall ? text(model) : undefined,
    tool:
      isCall || event === 'step' ? undefined : (text(tool) ?? text(record.source) ?? text(event)),
  }
  return [{ id: span_id, error: { ...error, headers: rate_limit }, context }]
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}

/** Lines that are no JSON, collected until another entry begins. */
class TextBlock {
  readonly #counts: EntryCounts
  #lines: string[] = []
  #length = 0

  constructor(counts: EntryCounts) {
    this.#counts = counts
  }

  *add(line: string): Generator<ErrorEntry> {
    const begins = beginsLogEntry(line)
    if ((begins && !this.#goesOn(line)) || this.#length > MAX_BLOCK) yield* this.take()
    if (line.trim() === '' && this.#lines.length === 0) return
    this.#lines.push(line)
    this.#length += line.length
  }

  /** Whether JSON is the body that the line before it has announced, not an entry of its own. */
  expects(values: readonly unknown[]): boolean {
    const before = this.#lines.at(-1)?.trimEnd()
    const [value] = values
    if (before === undefined || values.length !== 1 || !ANNOUNCES.test(before)) return false
    return typeof value === 'object' && value !== null && LOGGED.every((key) => !(key in value))
  }

  *take(): Generator<ErrorEntry> {
    const lines = this.#lines
    this.#lines = []
    this.#length = 0
    const [first] = lines
    if (first === undefined) return
    const error = lines.join('\n')
    if (beginsLogEntry(first) && !LIKE_AN_ERROR.test(error)) this.#counts.passed += 1
    else yield { id: undefined, error, context: {} }
  }

  /** pm2 and journald put a prefix before every line of one error too: its further lines are indented, or close it. */
  #goesOn(line: string): boolean {
    const said = line.replace(/^[^|\]:]{1,120}(?:\||\]:|:) ?/, '')
    return this.#lines.length > 0 && /^(?:\s+\S|[}\])]|Caused by|Traceback|at )/.test(said)
  }
}

function beginsLogEntry(line: string): boolean {
  return beginsEntry(line) || /^\[?\d{4}-\d\d-\d\d[T ]\d\d:\d\d/.test(line)
}

/** How a line ends that a body follows: `API error occurred: Status 429`, `Response body:`, `Error code: 400 -`. */
const ANNOUNCES = /(?:[:=-]|\bstatus(?: code)?:? ?\d{3}|\bbody|\bresponse)$/i
/** What a line of a log has, and the body of an answer has not. */
const LOGGED = ['recount', 'time', 'timestamp', '@timestamp', 'ts', 'level', 'id'] as const

const LIKE_AN_ERROR =
  /error|exception|fail|refused|time[d ]?-?out|denied|invalid|exceeded|limit|overloaded|unavailable|aborted|unauthori[sz]ed|forbidden|quota|\b[45]\d\d\b/i

function jsonOf(line: string): unknown[] | undefined {
  const start = line.trimStart()[0]
  if (start !== '{' && start !== '"' && start !== '[') return undefined
  try {
    const value: unknown = JSON.parse(line)
    return Array.isArray(value) ? value : [value]
  } catch {
    return undefined
  }
}
