/** The part that a verdict blames. */
export const PARTS = [
  'provider',
  'retrieval',
  'tool',
  'context',
  'filter',
  'refusal',
  'length',
  'empty',
  'parser',
  'validator',
  'regression',
  'model',
  'application',
] as const
/** One of `PARTS`. They are in the order in which things go wrong: what comes first causes what comes after. */
export type BlamedPart = (typeof PARTS)[number]

/** Something that stands in the record. */
export interface Proof {
  readonly span_id: string
  /** `tool_call`, `content`, … */
  readonly event: string
  /** Which field or part: `finish_reason`, `raw_response`. */
  readonly field: string
  /** What it says, shortened. */
  readonly says: string
}

/** Which part failed, and by what one sees it. */
export interface Verdict {
  readonly part: BlamedPart
  /** The span in which it failed. */
  readonly span_id: string
  /** One sentence. */
  readonly summary: string
  /** 0 to 1. */
  readonly confidence: number
  readonly proof: readonly Proof[]
  /** What to do. */
  readonly advice: string
}
