/** Units of time that foreign logs use. */
export const TIME_UNITS = ['s', 'ms', 'us', 'ns'] as const
/** One of `TIME_UNITS`. */
export type TimeUnit = (typeof TIME_UNITS)[number]

/**
 * Where a value is in a foreign record: a key, or keys joined by dots. A key that has dots itself
 * (`gen_ai.request.model`) is found as well.
 */
export interface Source {
  readonly path: string
  /** Unit of a length or an epoch; without it lengths are milliseconds, epochs are told by size. */
  readonly unit?: TimeUnit
}

/** Something that can be said of a record: what is at `path`. */
export interface Clue {
  readonly path: string
  /**
   * `number` (also as text), `text` (not empty), `set` (neither absent, null, empty, 0 nor false),
   * `http-error` (a status from 400 to 599), or a list of the values that count.
   */
  readonly is: 'number' | 'text' | 'set' | 'http-error' | readonly (string | number | boolean)[]
}

/** How somebody else's log lines tell about model calls. Data only; `@recount/analyze` applies it. */
export interface LogShape {
  readonly name: string
  /** For people. */
  readonly title: string
  /** A record is a call of this shape when all clues of one of these lists hold … */
  readonly calls: readonly (readonly Clue[])[]
  /** … and none of these. */
  readonly unless: readonly Clue[]
  /** The call failed when one of these holds. */
  readonly failed: readonly Clue[]
  /** It went well when one of these holds and nothing says that it failed. Without any such key nobody says how it ended. */
  readonly succeeded: readonly Clue[]
  /** The caller stopped the call when one of these holds. */
  readonly aborted: readonly Clue[]
  /**
   * For each key the places to look, the first that has a value wins. Keys are those of `llm_call`,
   * and `end_time`, `error_type`, `error_category`, `prompt_name`, `prompt_version`.
   */
  readonly fields: { readonly [key: string]: readonly Source[] }
}
