import { isObject, type JsonObject } from '../providers/json-values.ts'

/** Characters at the end of an answer in which providers say what they counted. */
export const TAIL_LENGTH = 16_384
const HEAD_LENGTH = 4096
/** Places in the tail at which is tried. */
const MAX_TRIED = 32
/** Keys that stand behind the content of an answer. */
const LAST_KEYS =
  /(?<=[{,]\s{0,64})"(?:usage|usage_?[mM]etadata|meta|model|model_?[vV]ersion|metrics|prompt_eval_count|total_duration|done|done_reason|stop_reason|finish_reason|stop_sequence|service_tier|created)"\s*:/g

/**
 * What is known of a JSON object whose middle is missing: the plain members before its first list or object, and the
 * members from one of the last on, where they close it.
 */
export function cutJson(head: string, tail: string): JsonObject {
  return { ...firstMembers(head.slice(0, HEAD_LENGTH)), ...lastMembers(tail) }
}

function firstMembers(head: string): JsonObject {
  const nested = /:\s*[[{]/.exec(head)?.index
  const end = nested === undefined ? -1 : head.lastIndexOf(',', nested)
  return end < 0 ? {} : (objectOf(`${head.slice(0, end)}}`) ?? {})
}

/** What parses to the end is of the outermost object: of an inner one too much is closed. */
function lastMembers(tail: string): JsonObject {
  const places = [...tail.matchAll(LAST_KEYS)].map(({ index }) => index)
  for (const place of places.slice(-MAX_TRIED)) {
    const found = objectOf(`{${tail.slice(place)}`)
    if (found !== undefined) return found
  }
  return {}
}

function objectOf(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return isObject(value) ? value : undefined
  } catch {
    return undefined
  }
}
