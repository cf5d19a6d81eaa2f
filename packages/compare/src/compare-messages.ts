import { align, type Pair } from './align.ts'
import { type CompareOptions, compareText, type TextDifference } from './compare-text.ts'
import { canonicalJson, compareValues, type ValueDifference } from './compare-values.ts'
import { gramsOf, similarity } from './similarity.ts'

/** A message as it is recorded (OpenTelemetry's GenAI shape). */
export interface Message {
  readonly role?: string
  readonly parts: readonly MessagePart[]
}

/** A part of a message: `text`, `reasoning`, `tool_call`, `tool_call_response` and others. */
export type MessagePart = Readonly<Record<string, unknown>>

/** A part of two messages side by side; `text` or `values` say what changed. */
export interface PartRow {
  readonly kind: 'same' | 'changed' | 'added' | 'removed'
  readonly a?: MessagePart
  readonly b?: MessagePart
  readonly text?: TextDifference
  readonly values?: ValueDifference
}

/** A message of two lists side by side; `a` and `b` are its positions from 0. */
export interface MessageRow {
  readonly kind: 'same' | 'changed' | 'added' | 'removed'
  readonly a?: number
  readonly b?: number
  /** Of the second, or of the first where there is no second; empty for a part that stands alone. */
  readonly role: string
  readonly parts: readonly PartRow[]
}

/** The difference of two lists of messages. */
export interface MessagesDifference {
  readonly isEqual: boolean
  readonly rows: readonly MessageRow[]
}

/** The messages in a piece of content; undefined where it holds something else. A part that stands alone is a message. */
export function messagesIn(content: unknown): Message[] | undefined {
  const list = Array.isArray(content) ? content : [content]
  return list.length > 0 && list.every(isSaid) ? list.map(asMessage) : undefined
}

/** Compares two lists of messages: aligned in order, each with its most similar one of the same role, then part by part. */
export function compareMessages(
  a: readonly Message[],
  b: readonly Message[],
  options: CompareOptions = {},
): MessagesDifference {
  const { pairs } = align<Item<Message>>(a.map(itemOf), b.map(itemOf), LIKENESS)
  const rows = pairs.map((pair) => messageRow(pair, options))
  return { isEqual: rows.every(({ kind }) => kind === 'same'), rows }
}

type Said = Readonly<Record<string, unknown>>

const PART_TYPES = ['text', 'reasoning', 'tool_call', 'tool_call_response']

function isSaid(item: unknown): item is Said {
  if (typeof item !== 'object' || item === null) return false
  const { parts, type } = item as Said
  return Array.isArray(parts) || PART_TYPES.includes(String(type))
}

function asMessage(item: Said): Message {
  const { role, parts } = item
  const list: readonly unknown[] = Array.isArray(parts) ? parts : [item]
  return {
    ...(typeof role === 'string' ? { role } : {}),
    parts: list.map((part) =>
      typeof part === 'object' && part !== null
        ? (part as MessagePart)
        : { type: 'text', content: String(part) },
    ),
  }
}

/** A message or a part, with what is needed to find its partner. */
interface Item<T> {
  readonly at: number
  readonly value: T
  readonly kind: string
  readonly text: string
  grams: ReadonlySet<string> | undefined
}

function itemOf(message: Message, at: number): Item<Message> {
  const { role = '', parts } = message
  return { at, value: message, kind: role, text: canonicalJson({ role, parts }), grams: undefined }
}

function partItem(part: MessagePart, at: number): Item<MessagePart> {
  const { type, name } = part
  const kind = `${String(type)} ${typeof name === 'string' ? name : ''}`
  // The provider makes a new id for each call of a tool.
  return { at, value: part, kind, text: canonicalJson(withoutId(part)), grams: undefined }
}

/** Of the same kind rather than not at all, and best with what is most alike. */
function score(a: Item<unknown>, b: Item<unknown>): number {
  if (a.kind !== b.kind) return 0
  a.grams ??= gramsOf(a.text)
  b.grams ??= gramsOf(b.text)
  return 0.1 + similarity(a.grams, b.grams)
}

const LIKENESS = { identity: ({ text }: Item<unknown>): string => text, score }

function messageRow({ a, b }: Pair<Item<Message>>, options: CompareOptions): MessageRow {
  if (b === undefined) return { kind: 'removed', a: a.at, ...alone(a.value, 'removed', 'a') }
  if (a === undefined) return { kind: 'added', b: b.at, ...alone(b.value, 'added', 'b') }
  const [left, right] = [a.value.parts.map(partItem), b.value.parts.map(partItem)]
  const { pairs } = align<Item<MessagePart>>(left, right, LIKENESS)
  const parts = pairs.map((pair) => partRow(pair, options))
  const kind = parts.every((part) => part.kind === 'same') ? 'same' : 'changed'
  return { kind, a: a.at, b: b.at, role: b.kind, parts }
}

function alone(
  { role = '', parts }: Message,
  kind: 'added' | 'removed',
  side: 'a' | 'b',
): Pick<MessageRow, 'role' | 'parts'> {
  return { role, parts: parts.map((part): PartRow => ({ kind, [side]: part })) }
}

function partRow({ a, b }: Pair<Item<MessagePart>>, options: CompareOptions): PartRow {
  if (b === undefined) return { kind: 'removed', a: a.value }
  if (a === undefined) return { kind: 'added', b: b.value }
  const both = { a: a.value, b: b.value }
  if (a.text === b.text) return { kind: 'same', ...both }
  const [textA, textB] = [textOf(a.value), textOf(b.value)]
  if (textA !== undefined && textB !== undefined)
    return { kind: 'changed', ...both, text: compareText(textA, textB, options) }
  const values = compareValues(withoutId(a.value), withoutId(b.value), options)
  // Arguments in another order of keys are the same arguments.
  return values.isEqual ? { kind: 'same', ...both } : { kind: 'changed', ...both, values }
}

function textOf({ type, content }: MessagePart): string | undefined {
  const isText = type === 'text' || type === 'reasoning'
  return isText && typeof content === 'string' ? content : undefined
}

function withoutId(part: MessagePart): MessagePart {
  const { id: _, ...rest } = part
  return part.type === 'tool_call' || part.type === 'tool_call_response' ? rest : part
}
