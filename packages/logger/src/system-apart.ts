import { read } from './fields.ts'

/** What a model was told beforehand, apart from what was said. */
export interface SystemApart {
  readonly system: unknown
  readonly input: unknown
}

/** Types of messages that instruct the model. */
const SYSTEM: ReadonlySet<string> = new Set([
  'developer',
  'platform',
  'root',
  'system',
  'system_prompt',
])
/** Roles of those who take part in a conversation, in all spellings known; any other instructs the model. */
const SPEAKERS: ReadonlySet<string> = new Set(
  `agent ai assistant bot chatbot end_user function generic human ipython model observation
  tool tool_response tool_result toolresult user`.split(/\s+/),
)
/** Where requests have their messages. */
const LISTS = ['messages', 'input', 'contents', 'chat_history', 'prompt'] as const
/** Where requests have their system prompt. */
const PROMPTS = ['system', 'instructions', 'preamble', 'system_instruction', 'systemInstruction']
/** Where messages have what they say. */
const CONTENTS = ['content', 'parts'] as const
/** Requests, messages and lists inside of each other that are looked into. */
const MAX_DEPTH = 8

/**
 * Takes the instructions out of an input: messages of the system or the developer, and the system prompt of a request that
 * is given whole. Where one stood behind another message, a message of its role names its parts by their places in
 * `system`. What holds none is given back as it is.
 */
export function systemApart(system: unknown, input: unknown): SystemApart {
  if (!hasSystem(input, 0)) return { system, input }
  const told = system === undefined ? [] : [system].flat()
  const rest =
    Array.isArray(input) || !isSystem(input) ? said(input, told, 0) : said([input], told, 0)
  return { system: told, input: Array.isArray(rest) && rest.length === 0 ? undefined : rest }
}

function hasSystem(value: unknown, depth: number): boolean {
  if (typeof value !== 'object' || value === null || depth > MAX_DEPTH) return false
  if (Array.isArray(value)) return value.some((item) => hasSystem(item, depth + 1))
  if (isSystem(value)) return true
  if (!isMessage(value) && PROMPTS.some((key) => isTold(read(value, key)))) return true
  return listsOf(value).some((key) => {
    const list = read(value, key)
    return Array.isArray(list) && hasSystem(list, depth + 1)
  })
}

/** What is left of a value; what was told is added to `told`. */
function said(value: unknown, told: unknown[], depth: number): unknown {
  if (!hasSystem(value, depth)) return value
  if (Array.isArray(value)) return saidInList(value, told, depth)
  const rest: Record<string, unknown> = { ...(value as object) }
  for (const key of isMessage(value as object) ? [] : PROMPTS) {
    if (!isTold(rest[key])) continue
    told.push(...[rest[key]].flat())
    delete rest[key]
  }
  for (const key of listsOf(value as object)) {
    if (Array.isArray(rest[key])) rest[key] = said(rest[key], told, depth + 1)
  }
  return rest
}

function saidInList(list: readonly unknown[], told: unknown[], depth: number): unknown[] {
  const rest: unknown[] = []
  for (const item of list) {
    if (!isSystem(item)) rest.push(said(item, told, depth + 1))
    else {
      const first = told.length
      told.push(...partsOf(item))
      const parts = told.slice(first).map((_, place) => ({ type: 'system', index: first + place }))
      if (rest.length > 0) rest.push({ role: roleOf(item), parts })
    }
  }
  return rest
}

function listsOf(value: object): readonly string[] {
  return isMessage(value) ? CONTENTS : [...LISTS, ...CONTENTS]
}

function isSystem(item: unknown): boolean {
  const said = roleOf(item)?.trim().toLowerCase()
  if (said === undefined) return false
  return SYSTEM.has(said) || (isMessage(item as object) && !SPEAKERS.has(said))
}

/** The role of a message; LangChain's messages say it as their type. */
function roleOf(item: unknown): string | undefined {
  if (typeof item !== 'object' || item === null) return undefined
  const role = read(item, 'role') ?? read(item, 'type') ?? langchainType(item)
  return typeof role === 'string' ? role : undefined
}

function langchainType(item: object): unknown {
  const getType = read(item, 'getType')
  if (typeof getType !== 'function') return undefined
  try {
    return Reflect.apply(getType as () => unknown, item, [])
  } catch {
    return undefined
  }
}

function isMessage(value: object): boolean {
  return typeof read(value, 'role') === 'string'
}

function isTold(prompt: unknown): boolean {
  return typeof prompt === 'string' ? prompt !== '' : typeof prompt === 'object' && prompt !== null
}

function partsOf(message: unknown): unknown[] {
  const said = read(message, 'parts') ?? read(message, 'content') ?? read(message, 'message')
  return said === undefined || said === null ? [message] : [said].flat()
}
