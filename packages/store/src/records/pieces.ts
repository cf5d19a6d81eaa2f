import type { AnyRecord, Content } from '@recount/record'
import { searchableText } from '../text/searchable-text.ts'

/** What of a line is kept apart from it: stored once however often it is said, and searched. */
export interface Kept {
  /** A part of the content plane, or of a metadata line: `error`, `comment`, `explanation`, `message`. */
  readonly part: string
  /** Digest of a content line; null of what a metadata line says. */
  readonly digest: string | null
  readonly bytes: number
  readonly truncated: boolean
  /** JSON texts: the elements where content is a list, else the value alone. */
  readonly pieces: readonly string[]
  readonly isList: boolean
}

/** The content of a content line, in pieces: each message of a conversation is one. */
export function contentPieces({ part, digest, bytes, truncated, content }: Content): Kept {
  const isList = Array.isArray(content)
  const values: readonly unknown[] = isList ? content : [content]
  const pieces = values.map((value) => JSON.stringify(value) ?? 'null')
  return { part, digest, bytes, truncated: truncated === true, pieces, isList }
}

/** Content from its pieces. */
export function contentOf(pieces: readonly string[], isList: boolean): unknown {
  const values = pieces.map((piece) => JSON.parse(piece) as unknown)
  return isList ? values : values[0]
}

/** The text that is searched in a piece. */
export function pieceText(piece: string): string {
  return searchableText(JSON.parse(piece))
}

/** What a metadata line says in words of people and systems; it stays in the line, too. */
export function saidPieces(record: AnyRecord): Kept[] {
  const line = record as unknown as Readonly<Record<string, unknown>>
  const said = [
    ['error', errorText(line.error)],
    ['comment', line.comment],
    ['explanation', line.explanation],
    ...(record.event === 'validation' ? [['message', line.message]] : []),
  ] as const
  return said.flatMap(([part, value]) => {
    if (typeof part !== 'string' || typeof value !== 'string' || value === '') return []
    const piece = JSON.stringify(value)
    return [
      { part, digest: null, bytes: piece.length, truncated: false, pieces: [piece], isList: false },
    ]
  })
}

function errorText(error: unknown): string | undefined {
  const texts: string[] = []
  let at = error as { type?: unknown; message?: unknown; cause?: unknown } | undefined
  for (let depth = 0; depth < 8 && typeof at === 'object' && at !== null; depth += 1) {
    texts.push(`${String(at.type)}: ${String(at.message)}`)
    at = at.cause as typeof at
  }
  return texts.length === 0 ? undefined : texts.join('\n')
}
