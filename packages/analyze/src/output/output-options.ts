import type { BoundResult } from '../compare/bounds.ts'

/** What goes into an output besides the report. */
export interface OutputOptions {
  /** Results of `checkBounds`; default none. */
  readonly bounds?: readonly BoundResult[]
}
