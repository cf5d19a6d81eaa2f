import { type Input, isTooLong, type Line, MAX_LINE_BYTES, readLines } from '@recount/analyze'
import { type LeakForm, leakForms } from './leak-forms.ts'
import { percentDecoded } from './percent-decoded.ts'

/** A place where a canary was found. The canary itself is not repeated. */
export interface Leak {
  readonly file: string
  /** From 1; 0 when the file as a whole could not be read. */
  readonly line: number
  /** Which of the canaries, from 1. */
  readonly canary: number
  /** How it stands there: `clear`, `json`, `base64`, …; `decoded` within JSON, `unread` where nobody can tell. */
  readonly form: string
}

/** What was searched. */
export interface LeakSummary {
  files: number
  lines: number
  leaks: number
  /** Lines and files that could not be searched: they count as leaks. */
  unread: number
}

/** What the search tells while it runs. */
export interface LeakListener {
  onLeak(leak: Leak): void
  onBytes(bytes: number): void
}

/** Looks for canaries in every line of the inputs, whatever they are written like. */
export async function findLeaks(
  inputs: readonly Input[],
  canaries: readonly string[],
  listener: LeakListener,
): Promise<LeakSummary> {
  const summary: LeakSummary = { files: inputs.length, lines: 0, leaks: 0, unread: 0 }
  const sought = canaries.map((text) => ({ text, forms: leakForms(text) }))
  const tell = (file: string, line: number, canary: number, form: string): void => {
    summary[form === UNREAD ? 'unread' : 'leaks'] += 1
    listener.onLeak({ file, line, canary, form })
  }
  const search = (file: string, line: Line): void => {
    if (isTooLong(line)) {
      tell(file, line.number, 0, UNREAD)
      return
    }
    const plain = percentDecoded(line.bytes)
    for (const [index, { text, forms }] of sought.entries()) {
      const form =
        formIn(line.bytes, forms) ??
        (plain.some((bytes) => formIn(bytes, forms) !== undefined) ? 'url' : undefined) ??
        (decodedHas(line.bytes, text) ? 'decoded' : null)
      if (form !== null) tell(file, line.number, index + 1, form)
    }
  }
  for (const input of inputs) {
    const onDamage = (): void => tell(input.name, 0, 0, UNREAD)
    for await (const line of readLines(input, { onBytes: listener.onBytes, onDamage })) {
      summary.lines += 1
      search(input.name, line)
    }
  }
  return summary
}

/** A line beyond the limit, or a file that cannot be decompressed. */
const UNREAD = 'unread'
/** What the limit is, for the message. */
export const SEARCHED_BYTES: number = MAX_LINE_BYTES

function formIn(bytes: Buffer, forms: readonly LeakForm[]): string | undefined {
  return forms.find((form) => bytes.includes(form.bytes))?.name
}

/** Whether a string of a line of JSON, however deep and however often encoded, has the text. */
function decodedHas(bytes: Buffer, text: string): boolean {
  // Without an escape the bytes are what they say.
  return bytes.includes(0x5c) && holds(bytes.toString('utf8'), text, 0)
}

const MAX_DECODED = 8

function holds(json: string, text: string, depth: number): boolean {
  if (depth > MAX_DECODED || !/^\s*[[{"]/.test(json)) return false
  let found = false
  const look = (value: string): void => {
    found ||=
      value.includes(text) ||
      percentDecoded(Buffer.from(value)).some((bytes) => bytes.includes(text)) ||
      holds(value, text, depth + 1)
  }
  try {
    JSON.parse(json, (key, value: unknown) => {
      look(key)
      if (typeof value === 'string') look(value)
      return undefined
    })
  } catch {
    return false
  }
  return found
}
