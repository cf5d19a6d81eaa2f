/** Why an entry is no call; all of them together are `skipped.not_a_call`. */
export const NOT_A_CALL = [
  'blank',
  'start_line',
  'content',
  'other_event',
  'unknown_version',
  'unknown_shape',
  'other_log_line',
  'transcript_line',
  'not_an_object',
  'repeated',
  'part',
] as const
/** One of `NOT_A_CALL`. */
export type NotACall = (typeof NOT_A_CALL)[number]
