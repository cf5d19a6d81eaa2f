import { CONTENT_PARTS, type ContentPart } from '@recount/record'
import type { ContentByPart, ContentDegree } from './policy.ts'

/**
 * How much is kept of each part, two bits a part: 00 none, 01 digest, 11 text. So `&` is the less of two masks and `|` the
 * more, for all parts at once. Thirteen parts are 26 bits.
 */
export type ContentMask = number

/** How much of each part is kept. */
export type ContentDegrees = Readonly<Record<ContentPart, ContentDegree>>

/** What a call, a workflow or a flag may ask for: all, nothing, one degree, these parts, or degrees by part. */
export type ContentAsk = boolean | ContentDegree | readonly string[] | ContentByPart

const BITS: Readonly<Record<ContentDegree, number>> = { none: 0b00, digest: 0b01, text: 0b11 }
const DEGREES: readonly ContentDegree[] = ['none', 'digest', 'none', 'text']

/** All parts as text. */
const ALL: ContentMask = maskOf(() => 'text')
/** One degree for all parts. */
const SAME: Readonly<Record<string, ContentMask>> = {
  none: 0,
  digest: maskOf(() => 'digest'),
  text: ALL,
}
/** Uploads: of `files` a digest at most. */
const ALLOWED: ContentMask = maskOf((part) => (part === 'files' ? 'digest' : 'text'))

/** The mask of a policy's `content`. */
export function contentMask(content: ContentDegree | ContentByPart = 'none'): ContentMask {
  return ALLOWED & wishedMask(content)
}

/** The mask of what somebody asks for. What cannot be understood asks for nothing. */
export function askMask(ask: ContentAsk): ContentMask {
  if (typeof ask === 'boolean') return ask ? ALL : 0
  if (typeof ask === 'string') return SAME[ask] ?? 0
  if (isList(ask)) return maskOf((part) => (ask.includes(part) ? 'text' : 'none'))
  return wishedMask(ask)
}

/** The mask as degrees by part. */
export function degreesOf(mask: ContentMask): ContentDegrees {
  return Object.freeze(
    Object.fromEntries(
      CONTENT_PARTS.map((part, index) => [part, DEGREES[(mask >> (2 * index)) & 0b11]]),
    ),
  ) as ContentDegrees
}

/** Of the parts that differ, how much the larger mask has. */
export function beyond(larger: ContentMask, smaller: ContentMask): ContentMask {
  return maskOfBits((index) => {
    const more = (larger >> (2 * index)) & 0b11
    return more === ((smaller >> (2 * index)) & 0b11) ? 0 : more
  })
}

function wishedMask(content: ContentDegree | ContentByPart): ContentMask {
  if (typeof content === 'string') return maskOf(() => content)
  if (typeof content !== 'object' || content === null) return 0
  return maskOf((part) => {
    const raw = part.startsWith('raw_') ? content.raw : undefined
    return content[part] ?? raw ?? content['*'] ?? 'none'
  })
}

function maskOf(degree: (part: ContentPart) => ContentDegree): ContentMask {
  return maskOfBits((index) => BITS[degree(CONTENT_PARTS[index] as ContentPart)] ?? 0)
}

function maskOfBits(bits: (index: number) => number): ContentMask {
  let mask = 0
  for (let index = 0; index < CONTENT_PARTS.length; index++) mask |= bits(index) << (2 * index)
  return mask
}

/** `Array.isArray` does not know read-only lists. */
function isList(value: unknown): value is readonly string[] {
  return Array.isArray(value)
}
