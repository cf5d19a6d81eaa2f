import {
  type AnyRecord,
  type Content,
  type EventName,
  type EventTypes,
  spanTrees,
  type TraceTree,
} from '@recount/record'
import { createLogger, type Logger } from './create-logger.ts'
import type { LoggerOptions } from './options.ts'

/** A logger for tests whose lines stay in memory. */
export interface Recorder {
  /** The logger to hand to the code under test; it keeps all content. */
  readonly logger: Logger
  /** Every line so far, parsed; ordinary pino lines too. */
  readonly lines: readonly Record<string, unknown>[]
  /** Every record so far, or those of one event. */
  records(): AnyRecord[]
  records<Name extends EventName>(event: Name): EventTypes[Name][]
  /** The records as trees, one a trace. */
  tree(): TraceTree[]
  /** The content of a span's part; undefined where none was kept. */
  content(span_id: string, part: Content['part']): unknown
  /** Forgets everything. */
  clear(): void
}

/** Makes a recorder; options are those of `createLogger`, except where lines go. The environment is not read. */
export function recorder(options: Omit<LoggerOptions, 'destination' | 'transport'> = {}): Recorder {
  const lines: Record<string, unknown>[] = []
  const destination = { write: (line: string): void => void lines.push(JSON.parse(line)) }
  const logger = createLogger({
    env: {},
    content: 'inline',
    keyFile: false,
    level: 'debug',
    ...options,
    destination,
  })
  const all = (): AnyRecord[] =>
    lines.filter((line) => line.recount === 1) as unknown as AnyRecord[]
  return {
    logger,
    lines,
    records: (event?: EventName): never =>
      all().filter((record) => event === undefined || record.event === event) as never,
    tree: () => spanTrees(all()),
    content(span_id, part) {
      const contents = all().filter((record) => record.event === 'content')
      return contents.find((record) => record.span_id === span_id && record.part === part)?.content
    },
    clear: () => void lines.splice(0),
  }
}
