import type { InputCounts, Report } from '../report.ts'
import type { NotACall } from '../shape/not-a-call.ts'
import { bytesText, countText, plural } from './number-text.ts'
import { cleanText, type Layout, wrap } from './text-layout.ts'

const REASONS: { readonly [reason in NotACall]: readonly [one: string, many: string] } = {
  start_line: ['start line', 'start lines'],
  content: ['content line', 'content lines'],
  other_event: ['other event', 'other events'],
  blank: ['blank line', 'blank lines'],
  unknown_shape: ['line of unknown shape', 'lines of unknown shape'],
  unknown_version: ['line of another format version', 'lines of another format version'],
  other_log_line: ['other log line', 'other log lines'],
  transcript_line: ['other line of a transcript', 'other lines of transcripts'],
  not_an_object: ['value that is no object', 'values that are no objects'],
  repeated: ['further line of a call', 'further lines of calls'],
  part: ['further part of a line', 'further parts of lines'],
}

const MAX_EXAMPLES = 3

/** What the numbers are over: how much was read, what was left out, and why. */
export function inputLines({ input, notes }: Report, layout: Layout): string[] {
  const { paint } = layout
  const read = `Read ${plural(input.files, 'file')}, ${bytesText(input.bytes)}, ${plural(input.lines, 'line')}:`
  const counted = `${plural(input.records, 'record')} counted, ${countText(input.lines - input.records)} skipped.`
  return [
    ...wrap(`${read} ${counted}`, '', layout),
    ...skippedLines(input, layout).map((line) => paint('dim', line)),
    ...unknownHint(input, layout).map((line) => paint('dim', line)),
    ...malformedLines(input, layout),
    ...warnings(input, notes).flatMap((text) =>
      wrap(text, '  ! ', layout).map((line) => paint('yellow', line)),
    ),
  ]
}

function skippedLines({ skipped, not_a_call }: InputCounts, layout: Layout): string[] {
  const reasons = Object.entries(REASONS).flatMap(([reason, [one, many]]) => {
    const count = not_a_call[reason as NotACall]
    return count > 0 ? [plural(count, one, many)] : []
  })
  const others = [
    ...reasons,
    ...(skipped.outside_window > 0
      ? [`${countText(skipped.outside_window)} outside the window`]
      : []),
    ...(skipped.no_time > 0 ? [`${countText(skipped.no_time)} without a time`] : []),
  ]
  return others.length > 0 ? wrap(others.join(', '), '  skipped: ', layout) : []
}

function malformedLines({ skipped, malformed_examples }: InputCounts, layout: Layout): string[] {
  if (skipped.malformed === 0) return []
  const examples = malformed_examples
    .slice(0, MAX_EXAMPLES)
    .flatMap(({ file, line, reason }) =>
      wrap(`${cleanText(file)}:${line} ${reason}`, '    ', layout),
    )
  const more = skipped.malformed - Math.min(MAX_EXAMPLES, malformed_examples.length)
  return [
    layout.paint('yellow', `  ! ${plural(skipped.malformed, 'line')} could not be read`),
    ...examples,
    ...(more > 0 ? [`    and ${countText(more)} more`] : []),
  ]
}

function unknownHint({ records, not_a_call }: InputCounts, layout: Layout): string[] {
  const { unknown_shape, other_log_line, other_event, start_line } = not_a_call
  const isForeign = records + other_event + start_line === 0
  if (unknown_shape === 0 && !(isForeign && other_log_line > 0)) return []
  const hint = 'Calls among them are counted when --map says where their fields are;'
  return wrap(`${hint} --explain-input names their keys.`, '  ', layout)
}

function warnings(input: InputCounts, notes: readonly string[]): string[] {
  const { interrupted, retries_unmatched, sampled_records, damaged, left_out, unreadable } = input
  const unmatched = input.maps_unmatched.map(cleanText)
  const most = input.interrupted_exact ? '' : 'at most '
  return [
    ...unmatched.map((map) => `--map ${map} matches no line of the input.`),
    ...(interrupted > 0
      ? [`${most}${plural(interrupted, 'call')} started and never ended (interrupted).`]
      : []),
    ...(input.in_flight > 0
      ? [`${plural(input.in_flight, 'call')} had begun and may end in the next run.`]
      : []),
    ...(input.waiting_lines > 0
      ? [
          `${plural(input.waiting_lines, 'last line')} without an end left for the next run, which counts what is whole and has not grown.`,
        ]
      : []),
    ...(input.interrupted_ended > 0
      ? [`${plural(input.interrupted_ended, 'call')} ended that an earlier run called interrupted.`]
      : []),
    ...(retries_unmatched > 0
      ? [`${plural(retries_unmatched, 'retry', 'retries')} of a call that is not in these files.`]
      : []),
    ...(sampled_records > 0
      ? [
          `${plural(sampled_records, 'record')} stand for several, because calls were sampled: weighed by the inverse of the rate, so counts are estimates.`,
        ]
      : []),
    ...(Object.keys(unreadable).length > 0
      ? [
          `Not counted, since they could not be read: ${Object.entries(unreadable)
            .map(([key, count]) => `${countText(count)} × ${cleanText(key)}`)
            .join(', ')}. --explain-input names where they are.`,
        ]
      : []),
    ...damaged.map(({ file, reason }) => `${cleanText(file)}: ${cleanText(reason)}.`),
    ...left_out.map(
      (file) => `${cleanText(file)} was left out: the same log is there uncompressed.`,
    ),
    ...notes.map(cleanText),
  ]
}
