import type { Content, ContentPart, ContentRef } from '@recount/record'
import { compareMessages, type MessagesDifference, messagesIn } from './compare-messages.ts'
import { type CompareOptions, compareText, type TextDifference } from './compare-text.ts'
import { compareValues, type ValueDifference } from './compare-values.ts'

/** What two spans saw or said of one part; exactly one of `messages`, `text` and `values` says what changed, where both texts are kept. */
export interface ContentDifference {
  readonly part: ContentPart
  /** `unknown` where texts were not kept and digests were made with different keys. */
  readonly kind: 'same' | 'changed' | 'added' | 'removed' | 'unknown'
  /** Whether both sides were there to be compared; where not, digests decided. */
  readonly isKept: boolean
  readonly messages?: MessagesDifference
  readonly text?: TextDifference
  readonly values?: ValueDifference
}

/** A part of one span: its reference, and its text where that was kept. */
export interface HeldPart {
  readonly digest: string
  readonly line: Content | undefined
}

/** What is known of each part of a span. */
export function heldParts(
  refs: readonly ContentRef[],
  lines: readonly Content[],
): ReadonlyMap<ContentPart, HeldPart> {
  const held = new Map<ContentPart, HeldPart>()
  for (const { part, digest } of refs) held.set(part, { digest, line: undefined })
  for (const line of lines) held.set(line.part, { digest: line.digest, line })
  return held
}

/** Compares one part. Equal digests are equal content; with different ones the texts are compared, where both were kept. */
export function compareContent(
  part: ContentPart,
  a: HeldPart | undefined,
  b: HeldPart | undefined,
  options: CompareOptions = {},
): ContentDifference {
  const isKept = a?.line !== undefined && b?.line !== undefined
  if (a === undefined) return { part, kind: 'added', isKept: b?.line !== undefined }
  if (b === undefined) return { part, kind: 'removed', isKept: a.line !== undefined }
  if (a.digest === b.digest) return { part, kind: 'same', isKept }
  if (a.line === undefined || b.line === undefined)
    return { part, kind: keyOf(a.digest) === keyOf(b.digest) ? 'changed' : 'unknown', isKept }
  return { part, isKept, ...compareKept(a.line.content, b.line.content, options) }
}

/** The part of a digest that names its key: digests of different keys cannot be compared. */
export function keyOf(digest: string): string {
  return digest.slice(0, digest.lastIndexOf(':'))
}

type Compared = Pick<ContentDifference, 'kind' | 'messages' | 'text' | 'values'>

function compareKept(a: unknown, b: unknown, options: CompareOptions): Compared {
  const [left, right] = [messagesIn(a), messagesIn(b)]
  if (left !== undefined && right !== undefined) {
    const messages = compareMessages(left, right, options)
    return { kind: kindOf(messages), messages }
  }
  if (typeof a === 'string' && typeof b === 'string' && !(isJson(a) && isJson(b))) {
    const text = compareText(a, b, options)
    return { kind: kindOf(text), text }
  }
  const values = compareValues(a, b, options)
  return { kind: kindOf(values), values }
}

function kindOf({ isEqual }: { isEqual: boolean }): 'same' | 'changed' {
  return isEqual ? 'same' : 'changed'
}

function isJson(text: string): boolean {
  return /^\s*[[{]/.test(text)
}
