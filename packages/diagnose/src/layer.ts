import type { Envelope } from './model-envelope.ts'

/** A code that an error carries, and the field in which it stands. */
export interface Code {
  readonly field: string
  readonly value: string
}

/** One error of those that are wrapped in each other: what it says of itself, without what is inside it. */
export interface Layer {
  /** How deep it was found; the deepest is the one that first went wrong. */
  readonly depth: number
  /** Where: `cause`, `raw.error`; empty for the outermost. */
  readonly path: string
  /** Codes, types, reasons and class names, as they were given. */
  readonly codes: Code[]
  /** HTTP status, where it says one. */
  status: number | undefined
  /** Its words, joined. */
  text: string
  /** Where the request went. */
  readonly urls: string[]
  /** What its shape says of who made it. */
  envelope: Envelope | undefined
}

/** An error taken apart. */
export interface Unwrapped {
  /** From the outermost inwards. */
  readonly layers: readonly Layer[]
  /** Response headers, lower case. */
  readonly headers: ReadonlyMap<string, string>
  /** Google's `retryDelay`, Hugging Face's `estimated_time` and the like, with the field in which they stand. */
  readonly delays: readonly { readonly field: string; readonly value: unknown }[]
  readonly model: string | undefined
  readonly request_id: string | undefined
  /** Who is said to have answered. */
  readonly claim: string | undefined
  /** Whether lines of its words may have been broken at a fixed width, which cuts words. */
  readonly wraps: 'no' | 'likely' | 'sure'
}
