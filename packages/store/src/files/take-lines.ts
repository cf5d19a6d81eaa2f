import type { FileLine } from './file-lines.ts'
import { FileParts, type LinePlace } from './file-parts.ts'
import type { FilePosition } from './file-position.ts'
import { lineValue } from './line-value.ts'
import type { IndexCounts, RecordBatch } from './record-batch.ts'

/** What is counted and told of what is read. */
export interface Reading {
  readonly counts: IndexCounts
  readonly onBytes: ((bytes: number) => void) | undefined
}

/** How far a file was read. */
export type Reached = Required<Pick<FilePosition, 'offset' | 'lines'>> & Pick<FilePosition, 'parts'>

/** Nothing was read. */
export const BEGINNING: Reached = { offset: 0, lines: 0 }

/** Takes lines into a batch, and answers where the last whole one ends. */
export async function takeLines(
  lines: AsyncIterable<FileLine>,
  batch: RecordBatch,
  reading: Reading & { from?: Reached; flush?: (at: Reached) => Promise<void> },
): Promise<Reached> {
  const { counts, onBytes, from = BEGINNING, flush = () => batch.flush(undefined) } = reading
  const parts = new FileParts()
  let before: Reached = from.parts ?? from
  let reached = from
  for await (const line of lines) {
    const { end: next, place = next, isWhole } = line
    const at = { place, number: before.lines + 1, begin: before.offset }
    const after = { offset: next, lines: at.number }
    if (from.parts !== undefined && next <= from.offset) {
      parts.replay(line, at, from.parts.numbers.includes(at.number))
      before = after
      continue
    }
    counts.lines += 1
    counts.bytes += next - before.offset
    onBytes?.(counts.bytes)
    // A last line without its end may be a whole record; it is read again the next time, in case it is not.
    if (!isWhole) reached = withParts(before, parts)
    takeLine(line, at, { batch, counts, parts })
    if (isWhole) reached = withParts(after, parts)
    before = after
    if (batch.isFull) await flush(reached)
  }
  counts.cut += parts.count
  batch.end()
  return reached
}

function withParts({ offset, lines }: Reached, { begun }: FileParts): Reached {
  return { offset, lines, ...(begun === undefined ? {} : { parts: begun }) }
}

interface Taking {
  readonly batch: RecordBatch
  readonly counts: IndexCounts
  readonly parts: FileParts
}

/** Takes a line, or what is whole with it of one that was cut into parts. */
function takeLine(line: FileLine, at: LinePlace, { batch, counts, parts }: Taking): void {
  const text = line.text.replace(/^\ufeff/, '')
  const take = (value: unknown, { place, number }: LinePlace, letters: number) => {
    if (value !== undefined) batch.add(value, place, number, letters)
    else if (line.isWhole) batch.refuse(number)
    else counts.cut += 1
  }
  const isBlank = text.trim() === ''
  const value = isBlank ? undefined : lineValue(text)
  const found = parts.take(line, value, at)
  if (found === undefined && !isBlank) take(value, at, text.length)
  for (const { place, bytes } of found ?? [])
    take(bytes && lineValue(bytes.toString('utf8')), place, bytes?.length ?? 0)
}
