// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters that JSON escapes (RFC 8259, 7)
const NEEDS_ESCAPE = /[\u0000-\u001f"\\\ud800-\udfff]/

/** A string as JSON, well-formed: lone surrogates become U+FFFD, because other readers refuse the whole file for one. */
export function jsonString(text: string): string {
  if (!NEEDS_ESCAPE.test(text)) return `"${text}"`
  return JSON.stringify(text.isWellFormed() ? text : text.toWellFormed())
}

/** A field's value as JSON, byte for byte as pino writes it; undefined where pino leaves the key out. */
function jsonValue(value: unknown): string | undefined {
  switch (typeof value) {
    case 'string':
      return jsonString(value)
    case 'number':
      return Number.isFinite(value) ? String(value) : 'null'
    case 'boolean':
      return value ? 'true' : 'false'
    case 'object':
      return JSON.stringify(value)
    default:
      return undefined
  }
}

const keys = new Map<string, string>()

const MEMBERS = Symbol('recount.members')

/** Fields whose JSON is needed more than once: it is made once and kept with them. They must not change afterwards. */
export function reused<T extends object>(fields: T): T {
  ;(fields as { [MEMBERS]?: string | null })[MEMBERS] = null
  return fields
}

/** One field whose JSON is made already. */
export function withJson(name: string, value: unknown, json: string): object {
  return { [name]: value, [MEMBERS]: `${keyOf(name)}${json}` }
}

/** Fields as JSON members, each with a leading comma. Keys are our own names, so they need no escaping. */
export function jsonMembers(fields: object): string {
  const kept = (fields as { [MEMBERS]?: string | null })[MEMBERS]
  if (kept) return kept
  const members = makeMembers(fields)
  if (kept === null) (fields as { [MEMBERS]?: string | null })[MEMBERS] = members
  return members
}

function makeMembers(fields: object): string {
  let members = ''
  for (const name in fields) {
    const value = jsonValue((fields as Record<string, unknown>)[name])
    if (value !== undefined) members += keyOf(name) + value
  }
  return members
}

function keyOf(name: string): string {
  const known = keys.get(name)
  if (known !== undefined) return known
  const key = `,"${name}":`
  keys.set(name, key)
  return key
}
