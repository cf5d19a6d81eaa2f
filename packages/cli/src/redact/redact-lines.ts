import type { RedactedText } from '@recount/redact'

/** A line of output, and what was wrong with the line of input. */
export interface RedactedLine {
  readonly json: string
  readonly problem?: string
}

/** One line `{text}` as a line `{text, findings}`; one that is something else as `{error}`, so that lines keep their order. */
export function redactLine(line: string, redact: (text: string) => RedactedText): RedactedLine {
  const text = textOf(line)
  if (text !== undefined) return { json: JSON.stringify(redact(text)) }
  const problem = 'Expected a JSON object with a string `text`'
  return { json: JSON.stringify({ error: problem }), problem }
}

function textOf(line: string): string | undefined {
  try {
    const value: unknown = JSON.parse(line)
    if (typeof value !== 'object' || value === null || !('text' in value)) return undefined
    return typeof value.text === 'string' ? value.text : undefined
  } catch {
    return undefined
  }
}
