/** Characters of a request that are searched. */
const MAX_UNITS = 4_194_304
const MAX_NODES = 100_000
/** Of encoded data so many characters. */
const MAX_DATA = 65_536
const DATA = /^[\w+/=:;,.-]{1024}/
/** Members that name things; what is one short word there is no text. */
const NAMES: ReadonlySet<string> = new Set(
  'call_id format id media_type mime_type mimeType model name object role status tool_call_id tool_use_id type'.split(
    ' ',
  ),
)
const WORD = /^\S{1,64}$/

/** The texts that stand in values, without names and bytes; undefined where there are more than are searched. */
export function textsIn(values: readonly unknown[]): readonly string[] | undefined {
  const texts: string[] = []
  const open: unknown[] = [...values]
  const seen = new Set<object>()
  let units = 0
  for (let nodes = 0; open.length > 0; nodes += 1) {
    const item = open.pop()
    if (nodes > MAX_NODES || open.length > MAX_NODES) return undefined
    if (typeof item === 'string') {
      const text = DATA.test(item) ? item.slice(0, MAX_DATA) : item
      units += text.length
      if (units > MAX_UNITS) return undefined
      texts.push(text)
    } else if (typeof item === 'object' && item !== null && !seen.has(item)) {
      seen.add(item)
      pushMembers(open, item)
    }
  }
  return texts
}

function pushMembers(open: unknown[], item: object): void {
  if (ArrayBuffer.isView(item) || item instanceof ArrayBuffer) return
  try {
    if (Array.isArray(item)) for (const member of item) open.push(member)
    else
      for (const [key, member] of Object.entries(item))
        if (!(NAMES.has(key) && typeof member === 'string' && WORD.test(member))) open.push(member)
  } catch {
    // What cannot be read was not sent either.
  }
}
