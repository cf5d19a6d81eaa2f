import { prefixedRecord } from '@recount/record/shapes'

/** What a line says; undefined where it is no JSON. */
export function lineValue(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return prefixedRecord(text)
  }
}
