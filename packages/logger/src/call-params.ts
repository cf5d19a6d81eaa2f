import { isCredentialKey, MASK, maskText, type Plain, toPlain } from '@recount/redact'

const CONTENT = '[Content]'
const TOO_LARGE = '[Too large]'
/** Characters of JSON. */
const MAX_PARAMS = 65_536
const MAX_TEXT = 64
const MAX_DEPTH = 4
/** A list of parameters is short; a long one is a text in pieces, or tokens. */
const MAX_ITEMS = 64

/** Keys under which requests of any provider hold content, without case and separators. */
const CONTENT_KEYS: ReadonlySet<string> = new Set(
  `answer arguments args assistant attachments chathistory completion completions content contents context
  conversation data developer developermessage docs document documents example examples file files functions
  generatedtext history image images imageurl imageurls input inputs inputtext instruction instructions message
  messages negativeprompt output outputs passage passages parts preamble prefix prompt prompts query question
  requestbody response suffix system systeminstruction systeminstructions systemmessage systemprompt texts title
  toolresults tools transcript userprompt`.split(/\s+/),
)
/** Keys that hold content as a text, and parameters as an object. */
const TEXT_KEYS: ReadonlySet<string> = new Set(['body', 'json', 'payload', 'request', 'text'])
/** Keys that hold a JSON Schema, whose names and descriptions are prompts. */
const SCHEMA_KEYS: ReadonlySet<string> = new Set(
  `format guidedjson inputschema jsonschema outputformat responseformat responsejsonschema responseschema
  schema structuredoutput structuredoutputs`.split(/\s+/),
)
/** What is said of a schema. */
const SCHEMA_TEXTS = ['type', 'name']

/** One printable ASCII word, perhaps with white space around it: a model's id, `auto`, `\n\nHuman:`; no sentence, no JSON. */
const WORD = /^\s*[!#-~]*\s*$/

/**
 * Parameters of a request as sent: numbers, booleans, null, and texts and lists of texts that are one short word each.
 * Everything else may be content, whatever its key, and is not kept. Undefined for what is no object.
 */
export function callParams(value: unknown): Record<string, unknown> | undefined {
  const plain = toPlain(value, (key) => (isCredentialKey(key) ? MASK : undefined))
  if (!isObject(plain)) return undefined
  const kept = keptMembers(plain, 1, false)
  return JSON.stringify(kept).length <= MAX_PARAMS ? kept : { [TOO_LARGE]: true }
}

function keptMembers(members: PlainObject, depth: number, ofSchema: boolean): PlainObject {
  const kept: PlainObject = {}
  for (const [key, item] of Object.entries(members))
    kept[isWord(key) ? key : CONTENT] = keptMember(key, item, depth, ofSchema)
  return kept
}

function keptMember(key: string, item: Plain, depth: number, ofSchema: boolean): Plain {
  if (isBare(item)) return item
  if (item === MASK) return MASK
  const bare = key.toLowerCase().replaceAll(/[^a-z0-9]/g, '')
  if (CONTENT_KEYS.has(bare) || (TEXT_KEYS.has(bare) && !isObject(item))) return CONTENT
  const isSchema = SCHEMA_KEYS.has(bare)
  if (ofSchema && !(isSchema ? isObject(item) : SCHEMA_TEXTS.includes(key))) return CONTENT
  return keptValue(item, depth, ofSchema || (isSchema && isObject(item)))
}

function keptValue(item: Plain, depth: number, ofSchema: boolean): Plain {
  if (typeof item === 'string') return keptText(item)
  if (Array.isArray(item)) return keptList(item)
  if (!isObject(item)) return item
  return depth < MAX_DEPTH ? keptMembers(item, depth + 1, ofSchema) : CONTENT
}

function keptText(item: string): Plain {
  return isWord(item) ? maskText(item) : CONTENT
}

function keptList(items: readonly Plain[]): Plain {
  if (items.length > MAX_ITEMS || !items.every(isShort)) return CONTENT
  return items.map((item) => (typeof item === 'string' ? maskText(item) : item))
}

/** What cannot hold a text. */
function isBare(item: Plain): boolean {
  return item === null || typeof item === 'number' || typeof item === 'boolean' || isEmpty(item)
}

function isEmpty(item: Plain): boolean {
  return (
    item === '' || (typeof item === 'object' && item !== null && Object.keys(item).length === 0)
  )
}

function isShort(item: Plain): boolean {
  return isBare(item) || (typeof item === 'string' && isWord(item))
}

function isWord(text: string): boolean {
  return text.length <= MAX_TEXT && WORD.test(text)
}

type PlainObject = { [key: string]: Plain }

function isObject(value: Plain): value is PlainObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
