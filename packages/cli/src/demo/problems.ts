/** Something that goes wrong in the demo, by the id of its question. */
export interface Problem {
  readonly id: string
  readonly title: string
  /** What the record adds to what the user saw. */
  readonly lesson: string
}

/** What goes wrong in the script, in the order in which it is told. */
export const PROBLEMS: readonly Problem[] = [
  {
    id: 'tool-error',
    title: 'A tool failed',
    lesson: 'The model got the error as the result of its tool and told the customer.',
  },
  {
    id: 'parser-failure',
    title: 'An answer could not be parsed',
    lesson:
      'The call itself was ok: only the verdict shows it. The wire text is kept, see raw_response with --full.',
  },
  {
    id: 'rate-limit',
    title: 'A rate limit, and a retry that worked',
    lesson:
      'The client tried again by itself. Two attempts, two spans, one call: the second takes the error back in the numbers.',
  },
  {
    id: 'fallback',
    title: 'A provider was overloaded, another one answered',
    lesson: 'A fallback is a call of its own: the failed one stays an error of its model.',
  },
  {
    id: 'aborted',
    title: 'The customer left in the middle of a stream',
    lesson:
      'Not an error: counted apart, with the text that had come by then, and with what that much of it is estimated to cost.',
  },
  {
    id: 'stream',
    title: 'An answer was fine, and still edited by its reader',
    lesson: 'The edit came later and named only a message id; it found its trace by that.',
  },
]
