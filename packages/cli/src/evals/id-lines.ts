import { expandInputs, readText } from '@recount/analyze'
import { wholeLines } from '../whole-lines.ts'

/** Ids, one a line: bare, or in JSON with `span_id`, `id` or `trace_id`, as `recount evals export` prints them. */
export async function readIds(file: string): Promise<string[]> {
  const ids: string[] = []
  for (const input of await expandInputs([file]))
    for await (const line of wholeLines(readText(input))) {
      const id = idIn(line.trim())
      if (id !== '') ids.push(id)
    }
  return ids
}

function idIn(line: string): string {
  if (!line.startsWith('{')) return line.replaceAll(/^"|"$/g, '')
  try {
    const row = JSON.parse(line) as Readonly<Record<string, unknown>>
    const { span_id, id, trace_id, message_id } = row
    return String(span_id ?? id ?? message_id ?? trace_id ?? line)
  } catch {
    return line
  }
}
