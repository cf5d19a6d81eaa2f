import type { Validation } from '@recount/record'
import { isEmpty, namedIn, valueAt } from './said.ts'

/** A value that stands in the raw text, and that parsing took away or changed. */
export interface Damage {
  readonly key: string
  /** What the raw text says. */
  readonly said: string
  /** What parsing made of it; undefined for nothing. */
  readonly made: string | undefined
}

/** What parsing did to the value that a rule is about: by its path, by the rule's name, or by what the message misses. */
export function damageBy(
  { path, rule, message }: Validation,
  parsed: unknown,
  raw: string | undefined,
): Damage | undefined {
  if (raw === undefined) return undefined
  const pointers = path ? [path] : [missedIn(message), rule].flatMap((key) => pointerOf(key) ?? [])
  return pointers.flatMap((pointer) => damageAt(pointer, parsed, raw, path !== pointer) ?? []).at(0)
}

function missedIn(message: string | null | undefined): string | undefined {
  const [, key] = /["'`]?\b([\w-]{1,60})["'`]? (?:is |was )?missing\b/i.exec(message ?? '') ?? []
  return key
}

function pointerOf(key: string | null | undefined): string | undefined {
  return key ? `/${key.replaceAll('~', '~0').replaceAll('/', '~1')}` : undefined
}

function damageAt(
  pointer: string,
  parsed: unknown,
  raw: string,
  isGuessed: boolean,
): Damage | undefined {
  // A name alone points into an object, and nowhere else.
  if (isGuessed && (typeof parsed !== 'object' || parsed === null)) return undefined
  const key = pointer.split('/').at(-1) ?? ''
  const said = key === '' ? undefined : namedIn(raw, key)
  if (said === undefined) return undefined
  const value = valueAt(parsed, pointer)
  if (isEmpty(value)) return { key, said, made: undefined }
  return standsIn(value, raw, pointer) ? undefined : { key, said, made: String(value) }
}

/** Whether a value stands in a text, in digits or in letters; what is neither number nor text is taken to stand there. */
function standsIn(value: unknown, raw: string, pointer: string): boolean {
  if (typeof value !== 'number' && typeof value !== 'string') return true
  const json = jsonIn(raw)
  if (json !== undefined && valueAt(json.value, pointer) === value) return true
  if (typeof value === 'number') return numbersIn(raw).has(value)
  return plain(raw).includes(plain(value))
}

function plain(text: string): string {
  return text.toLowerCase().replace(/\\[nrt]|\s+/g, ' ')
}

/** The numbers of a text, with `,` and `.` each read as thousands and as decimals. */
function numbersIn(text: string): Set<number> {
  const found = text.match(/-?\d[\d.,_]{0,40}(?:e[+-]?\d{1,3})?/gi) ?? []
  const readings = found.flatMap((digits) => {
    const bare = digits.replace(/[.,_]$/, '')
    return [bare, bare.replace(/[,_]/g, ''), bare.replace(/\./g, '').replace(',', '.')]
  })
  return new Set(readings.map(Number))
}

/** The JSON in a text, once words and fences around it are taken off. */
export function jsonIn(raw: string): { readonly value: unknown } | undefined {
  const start = raw.search(/[{[]/)
  const end = Math.max(raw.lastIndexOf('}'), raw.lastIndexOf(']'))
  if (start === -1 || end <= start) return undefined
  try {
    return { value: JSON.parse(raw.slice(start, end + 1)) as unknown }
  } catch {
    return undefined
  }
}
