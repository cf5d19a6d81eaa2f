import { isCredentialKey, MASK } from './credentials.ts'
import type { Finding } from './detect/finding.ts'
import type { RedactWarningCode } from './errors.ts'
import { rewriteJson } from './json-text.ts'
import { type Settings, treatmentOf } from './options.ts'
import { partError } from './part-error.ts'
import type { Plain } from './plain.ts'
import { spelledTexts } from './spelled-texts.ts'
import { type Treating, treated } from './treatment.ts'
import { blocksOf, isChunkList, looksLikeWire, wireLines } from './wire-text.ts'

/** Stands in for what could not be redacted. */
export const FAILED = '[REDACTED:redactor-failed]'

/** Stands in for wire text whose pieces share a finding: rewriting it would take the provider's word for it. */
const SPLIT = '[REDACTED:split-finding]'

/** One call of a redactor. */
export interface Pass {
  readonly settings: Settings
  readonly treating: Treating
  readonly find: (text: string) => Finding[]
  /** Keys of ids, which stay where they have an id's shape. */
  readonly ids: ReadonlySet<string> | undefined
  /** How often, by path and rule with a NUL between. */
  readonly notes: Map<string, number>
  readonly warn: (code: RedactWarningCode, message: string) => void
  /** Whether the texts are pieces of wire text, which is not looked for in them again. */
  readonly isPiece?: boolean
  /** Whether something was hashed or tokenized. */
  keyed: boolean
}

/** Redacts a snapshot in place; the snapshot is ours. */
export function redactPlain(value: Plain, pass: Pass, path: string[] = []): Plain {
  switch (typeof value) {
    case 'string':
      return redactString(value, pass, path, 0)
    case 'number':
      return redactNumber(String(value), pass, path) ?? value
    case 'object':
      return value === null ? null : redactMembers(value, pass, path)
    default:
      return value
  }
}

/** The value is withheld, and it is said once and noted. */
export function withheld(error: unknown, pass: Pass, path: readonly string[]): string {
  const { message } = partError('the redactor', error)
  pass.warn('REDACT_FAILED', `A value was withheld because it could not be redacted: ${message}`)
  note(pass, path, 'redactor-failed', 1)
  return FAILED
}

/** A text with its findings treated. */
export function redactWhole(
  text: string,
  findings: readonly Finding[],
  pass: Pass,
  path: readonly string[],
): string {
  let output = ''
  let copied = 0
  for (const { type, start, end } of findings) {
    const treatment = treatmentOf(pass.settings, type)
    output +=
      text.slice(copied, start) + treated(text.slice(start, end), type, treatment, pass.treating)
    copied = end
    pass.keyed ||= treatment !== 'mask'
    note(pass, path, type, 1)
  }
  return output + text.slice(copied)
}

function redactMembers(
  value: Plain[] | { [key: string]: Plain },
  pass: Pass,
  path: string[],
): Plain {
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index++) {
      path.push(String(index))
      value[index] = redactPlain(value[index] as Plain, pass, path)
      path.pop()
    }
    return value
  }
  const renamed: [string, Plain][] = []
  let changed = false
  for (const [key, item] of Object.entries(value)) {
    const name = redactKey(key, pass, path)
    changed ||= name !== key
    path.push(name)
    const redacted = redactPlain(item, pass, path)
    path.pop()
    if (!changed && key !== '__proto__') value[key] = redacted
    renamed.push([name, redacted])
  }
  return changed || Object.hasOwn(value, '__proto__') ? fromEntries(renamed) : value
}

/** Two keys that became one are kept apart by a number. */
function fromEntries(entries: readonly (readonly [string, Plain])[]): { [key: string]: Plain } {
  const taken = new Map<string, number>()
  return Object.fromEntries(
    entries.map(([key, value]) => {
      const times = (taken.get(key) ?? 0) + 1
      taken.set(key, times)
      return [times === 1 ? key : `${key} ${times}`, value]
    }),
  )
}

/** A key of an object, with what is found in it treated. */
export function redactKey(key: string, pass: Pass, path: readonly string[]): string {
  if (key.length < 6) return key
  try {
    const findings = pass.find(key)
    return findings.length === 0 ? key : redactWhole(key, findings, pass, path)
  } catch (error) {
    return withheld(error, pass, path)
  }
}

/** JSON in JSON in JSON … is decoded so often. */
const MAX_DECODED = 16

function redactString(text: string, pass: Pass, path: string[], decoded: number): string {
  if (text.length < shortest(pass)) return text
  try {
    const isList = isChunkList(text)
    return (
      (isList ? undefined : redactJson(text, pass, path, decoded)) ??
      redactWire(text, pass, path, decoded) ??
      (isList ? redactJson(text, pass, path, decoded) : undefined) ??
      redactText(text, pass, path)
    )
  } catch (error) {
    return withheld(error, pass, path)
  }
}

/** The built-in detectors find nothing in less than four characters. */
function shortest({ settings }: Pass): number {
  return settings.detectors.length + settings.patterns.length === 0 ? 4 : 1
}

function redactJson(text: string, pass: Pass, path: string[], decoded: number): string | undefined {
  if (decoded >= MAX_DECODED) return undefined
  const changed = (before: string, after: string): string | undefined =>
    after === before ? undefined : after
  return rewriteJson(
    text,
    {
      member(key, inner) {
        if (!isCredentialKey(key)) return undefined
        note(pass, inner, 'credential-key', 1)
        return MASK
      },
      key: (key, inner) => changed(key, redactKey(key, pass, inner.slice(0, -1))),
      string: (value, inner) => changed(value, redactString(value, pass, [...inner], decoded + 1)),
      number: (digits, inner) => redactNumber(digits, pass, inner),
    },
    path,
  )
}

/** What a provider streamed: withheld where its pieces share a finding, else each line for itself and what lines share. */
function redactWire(text: string, pass: Pass, path: string[], decoded: number): string | undefined {
  if (pass.isPiece === true || !looksLikeWire(text)) return undefined
  const lines = wireLines(text)
  if (isSplit(spelledTexts(text, lines), pass, decoded)) {
    note(pass, path, 'split-finding', 1)
    return SPLIT
  }
  if (lines.length === 1 || isChunkList(text)) return undefined
  const shared = lines.some(({ kind }) => kind === 'other')
    ? blocksOf(text, lines, pass.find(text))
    : []
  let output = ''
  let at = 0
  let next = 0
  for (const { head, payload, end } of lines) {
    const block = shared[next]
    if (block === undefined || at < block.start)
      output += head + redactPayload(payload, pass, path, decoded) + end
    at += head.length + payload.length + end.length
    if (block === undefined || at < block.end) continue
    output += redactWhole(text.slice(block.start, block.end), block.findings, pass, path)
    next++
  }
  return output
}

/** A finding that pieces share is in their sum only: masked, the sum has less than the masked pieces have. */
function isSplit(spelled: readonly string[][], pass: Pass, decoded: number): boolean {
  const settings = { ...pass.settings, treat: new Map(), otherPersonal: 'mask' as const }
  const silent = { ...pass, settings, notes: new Map(), isPiece: true }
  const left = (piece: string): string => withoutMasks(redactString(piece, silent, [], decoded))
  return spelled.some((pieces) => left(pieces.join('')) !== pieces.map(left).join(''))
}

function withoutMasks(text: string): string {
  return text.includes(MASK_START) ? text.replaceAll(MASKS, '') : text
}

const MASK_START = '[REDACTED'
const MASKS = /\[REDACTED(?::[\w-]{1,60})?\]/g

function redactPayload(payload: string, pass: Pass, path: string[], decoded: number): string {
  if (payload.length < shortest(pass)) return payload
  return redactJson(payload, pass, path, decoded) ?? redactText(payload, pass, path)
}

const ID = /^(?:hmac-sha256:[\da-f]{8}:)?(?:[\da-f]{16}|[\da-f]{32})$/

/** Keys that say what kind of number stands under them. */
const TELLING_KEY = /phone|\btel|mobile|fax|\bcell|ssn|social_?security|contact/i

function redactText(text: string, pass: Pass, path: readonly string[]): string {
  const key = path.at(-1) ?? ''
  if (pass.ids?.has(key) && ID.test(text)) return text
  if (text.length > 40 || !TELLING_KEY.test(key))
    return redactWhole(text, pass.find(text), pass, path)
  const lead = `${key.replaceAll('_', ' ')}: `
  const findings = pass
    .find(lead + text)
    .filter(({ end }) => end > lead.length)
    .map(({ type, start, end }) => ({
      type,
      start: Math.max(0, start - lead.length),
      end: end - lead.length,
    }))
  return redactWhole(text, findings, pass, path)
}

/** Numbers of eight digits and more may be those of cards or phones. */
function redactNumber(digits: string, pass: Pass, path: readonly string[]): string | undefined {
  if (path.length === 1 && pass.ids?.has(path[0] as string)) return undefined
  if (!/^\d{8,19}$/.test(digits)) return undefined
  try {
    const redacted = redactText(digits, pass, path)
    return redacted === digits ? undefined : redacted
  } catch (error) {
    return withheld(error, pass, path)
  }
}

function note({ notes }: Pass, path: readonly string[], rule: string, count: number): void {
  const place = `${path.join('.')}\0${rule}`
  notes.set(place, (notes.get(place) ?? 0) + count)
}
