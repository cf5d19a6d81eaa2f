import { readLiteral } from './loose-literal.ts'

/** A text with the objects that stand in it. */
export interface TextEnvelopes {
  /** What is around the objects. */
  readonly around: string
  /** In order; JSON, Python reprs and the like, also inside each other's texts (those are found when they are read). */
  readonly objects: readonly object[]
}

/** So much of the beginning and of the end of a text is looked at; errors say what they are there. */
const HEAD = 12_288
const TAIL = 4_096
const MAX_OBJECTS = 6
const MAX_TRIES = 24

/** Finds the objects that a text quotes, if they look like what an API or a library says of an error. */
export function textEnvelopes(text: string): TextEnvelopes {
  if (!text.includes('{')) return { around: text, objects: [] }
  const objects: object[] = []
  let around = ''
  let copied = 0
  let at = nextStart(text, 0)
  for (let tries = 0; at !== -1 && tries < MAX_TRIES && objects.length < MAX_OBJECTS; tries++) {
    const { value, end } = readLiteral(text, at)
    const found = envelopeOf(value)
    if (found !== undefined) {
      around += `${text.slice(copied, at)} `
      copied = end
      objects.push(found)
    }
    at = nextStart(text, found === undefined ? at + 1 : end)
  }
  return { around: around + text.slice(copied), objects }
}

/** The beginning and the end of a long text. */
export function clipped(text: string): string {
  return text.length <= HEAD + TAIL ? text : `${text.slice(0, HEAD)}\n${text.slice(-TAIL)}`
}

/** Where an object may begin: after a brace comes a name or the end. */
const START = /\{\s*["'`\w[}]|\[\s*\{/g

function nextStart(text: string, from: number): number {
  START.lastIndex = from
  return START.exec(text)?.index ?? -1
}

/** By one of these an object shows that it tells of an error, or of an answer that may be one. */
const TELLING = new Set([
  'error',
  'errors',
  'message',
  'Message',
  'msg',
  'code',
  'Code',
  'type',
  '__type',
  'status',
  'statusCode',
  'detail',
  'details',
  'reason',
  'cause',
  'isError',
  'error_type',
  'error_message',
  'errorMessage',
  'candidates',
  'choices',
  'finish_reason',
  'finishReason',
  'stop_reason',
  'estimated_time',
  'incomplete_details',
  'error_information',
])

function envelopeOf(value: unknown): object | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  if (!Array.isArray(value))
    return Object.keys(value).some((key) => TELLING.has(key)) ? value : undefined
  const telling = (value as unknown[]).map(envelopeOf).filter((item) => item !== undefined)
  return telling.length > 0 ? { errors: telling } : undefined
}
