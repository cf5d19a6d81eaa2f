import { currentContext } from './context.ts'
import { labelFacts } from './context-fields.ts'
import type { Recording } from './recording.ts'

/** What an ordinary line begins with, as pino and our own context write it: nothing of it is anybody's text. */
const HEAD = /^\{"level":\d+,"time":\d+/
const IDS = /^,"trace_id":"[\da-f]{32}","span_id":"[\da-f]{16}"/

/**
 * The door for finished lines that are no records of ours: messages, fields, errors with their stacks, bindings. The same
 * line byte for byte where nothing is found, which a quick look tells of most. `base` are the logger's own members, which
 * are skipped.
 */
export function lineThroughDoor(
  { decisions, profiles, environment }: Recording,
  line: string,
  base: string,
): string {
  const inherited = currentContext()?.inherited
  const { redact } = decisions.end(labelFacts(inherited, environment), NO_WISHES)
  const door = profiles.door(redact, inherited?.tenant_id)
  return door.mayFind(ownPart(line, base)) ? door.line(line) : line
}

const NO_WISHES = { call: undefined, workflow: undefined }

function ownPart(line: string, base: string): string {
  let from = HEAD.exec(line)?.[0].length ?? 0
  if (from > 0 && line.startsWith(base, from)) from += base.length
  const rest = line.slice(from)
  return rest.slice(IDS.exec(rest)?.[0].length ?? 0)
}
