/** Units of time that foreign logs use. */
export const TIME_UNITS = ['s', 'ms', 'us', 'ns'] as const
/** One of `TIME_UNITS`. */
export type TimeUnit = (typeof TIME_UNITS)[number]

/**
 * Where a value is in a foreign record: a key, or keys joined by dots. A key that has dots itself
 * (`gen_ai.request.model`) is found as well; a number names an element of a list.
 */
export interface Source {
  readonly path: string
  /** Unit of a length or an epoch; without it lengths are milliseconds, epochs are told by size. */
  readonly unit?: TimeUnit
  /** What the value is multiplied by: 0.01 for cents. */
  readonly scale?: number
  /** Paths of numbers that are added where they are there: cached tokens that are counted apart. */
  readonly plus?: readonly string[]
}

/** Something that can be said of a record: what is at `path`. */
export interface Clue {
  readonly path: string
  /**
   * `number` (also as text), `text` (not empty), `object`, `set` (neither absent, null, empty, 0 nor
   * false), `yes` and `no` (what people write for true and false), `http-error` (a status from 400 to 599),
   * `http-success` (200 to 399), `failure-word`,
   * `success-word` and `abort-word` (what loggers write for an ending), or a list of the values
   * that count.
   */
  readonly is: ClueKind | readonly (string | number | boolean)[]
}

/** What a clue can ask for. */
export type ClueKind =
  | 'number'
  | 'text'
  | 'object'
  | 'set'
  | 'yes'
  | 'no'
  | 'http-error'
  | 'http-success'
  | 'failure-word'
  | 'success-word'
  | 'abort-word'

/** How somebody else's log lines tell about model calls. Data only; `ForeignReader` applies it. */
export interface LogShape {
  readonly name: string
  /** For people. */
  readonly title: string
  /** A record is a call of this shape when all clues of one of these lists hold … */
  readonly calls: readonly (readonly Clue[])[]
  /** … and none of these. A record that these keep out is no call by any other shape either. */
  readonly unless: readonly Clue[]
  /** The call failed when one of these holds. */
  readonly failed: readonly Clue[]
  /** It went well when one of these holds and nothing says that it failed. Without any such key nobody says how it ended. */
  readonly succeeded: readonly Clue[]
  /** The caller stopped the call when one of these holds. */
  readonly aborted: readonly Clue[]
  /**
   * For each key the places to look, the first that has a value wins. Keys are those of `llm_call`,
   * and `end_time`, `first_token_time`, `error_type`, `error_category`, `prompt_name`,
   * `prompt_version`, and `call_id`: lines with the same one are about one call, the last is right.
   */
  readonly fields: { readonly [key: string]: readonly Source[] }
  /** Writers differ in the unit of `duration_ms`: start and end of the same line tell it. */
  readonly lengthBySpan?: true
  /** Lines have further keys of their writer's own: what the fields do not find is inferred from names and values. */
  readonly open?: true
  /** Of all calls before it: a record in which it is as in the one before says the same again. */
  readonly total?: string
  /** Lines that are no calls, and say something of all calls that follow in the file. */
  readonly context?: {
    readonly when: readonly Clue[]
    readonly fields: { readonly [key: string]: readonly Source[] }
  }
}

/** Sources with these paths. */
export function at(...paths: readonly string[]): Source[] {
  return paths.map((path) => ({ path }))
}

/** Sources of times in a unit. */
export function inUnit(unit: TimeUnit, ...paths: readonly string[]): Source[] {
  return paths.map((path) => ({ path, unit }))
}

/** One clue for each path. */
export function clues(is: Clue['is'], ...paths: readonly string[]): Clue[] {
  return paths.map((path) => ({ path, is }))
}
