import { isUtf8 } from 'node:buffer'
import { isTooLong, type Line, MAX_LINE_BYTES } from '@recount/analyze'
import type { Finding } from '@recount/record/validate'
import { recordFindings } from '../record-findings.ts'

/** What a line is: a valid record, somebody else's line, nothing, or something with findings. */
export type Verdict =
  | { readonly kind: 'valid' | 'not_ours' | 'blank' }
  | { readonly kind: 'invalid'; readonly findings: readonly Finding[] }

/** Checks one line of a log. A JSON object without the key `recount` is another log line and not judged. */
export function checkLine(line: Line): Verdict {
  if (isTooLong(line)) {
    const message = `the line has ${line.length} bytes, more than ${MAX_LINE_BYTES}`
    return invalid('too-long', message)
  }
  if (!isUtf8(line.bytes)) return invalid('utf-8', 'the line is not UTF-8')
  const text = line.bytes.toString('utf8')
  if (text.trim() === '') return { kind: 'blank' }
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    return line.terminated
      ? invalid('json', `not JSON: ${(error as Error).message}`)
      : invalid('cut', 'the last line is cut: it is not whole JSON and has no line end')
  }
  if (isForeign(value)) return { kind: 'not_ours' }
  const findings = recordFindings(value)
  return findings.length === 0 ? { kind: 'valid' } : { kind: 'invalid', findings }
}

function isForeign(value: unknown): boolean {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
  return isObject && !Object.hasOwn(value, 'recount')
}

function invalid(rule: string, message: string): Verdict {
  return { kind: 'invalid', findings: [{ key: '/', rule, message }] }
}
