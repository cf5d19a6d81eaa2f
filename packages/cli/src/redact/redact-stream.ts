import type { Finding } from '@recount/redact'

/** Finds in one text what is to be redacted. */
export type Find = (text: string) => readonly Finding[]

/** So much text is looked at together. */
const BLOCK = 4 * 1024 * 1024
/** So much of a block waits for the next one: nothing that is found is longer, but a line of base64 without an end. */
const HELD = 128 * 1024
/** So much that was written already is looked at again, for the words before a number. */
const LEAD = 256

/** A text of any length in pieces, with what was found masked as `[REDACTED:type]`; memory is bounded. */
export async function* redactStream(
  chunks: AsyncIterable<Buffer>,
  find: Find,
): AsyncGenerator<string> {
  const decoder = new TextDecoder()
  const blocks = { lead: '', rest: '' }
  for await (const chunk of chunks) {
    blocks.rest += decoder.decode(chunk, { stream: true })
    if (blocks.rest.length >= BLOCK) yield take(blocks, find, blocks.rest.length - HELD)
  }
  blocks.rest += decoder.decode()
  if (blocks.rest !== '') yield take(blocks, find, blocks.rest.length)
}

interface Blocks {
  lead: string
  rest: string
}

/** Redacts the text up to a place at the end of a line, or up to what was found across it. */
function take(blocks: Blocks, find: Find, most: number): string {
  const { lead, rest } = blocks
  const findings = find(lead + rest)
    .map(({ type, start, end }) => ({ type, start: start - lead.length, end: end - lead.length }))
    .filter(({ end }) => end > 0)
  const cut = cutBefore(rest, findings, most)
  blocks.lead = rest.slice(Math.max(0, cut - LEAD), cut)
  blocks.rest = rest.slice(cut)
  const complete = findings.filter(({ end }) => end <= cut)
  return masked(rest.slice(0, cut), complete)
}

function cutBefore(text: string, findings: readonly Finding[], most: number): number {
  if (most === text.length) return most
  const line = text.lastIndexOf('\n', most - 1) + 1
  const cut = line > 0 ? line : most
  const across = findings.find(({ start, end }) => start < cut && end > cut)
  return across === undefined ? cut : Math.max(0, across.start)
}

function masked(text: string, findings: readonly Finding[]): string {
  let output = ''
  let copied = 0
  for (const { type, start, end } of findings) {
    output += `${text.slice(copied, Math.max(0, start))}[REDACTED:${type}]`
    copied = end
  }
  return output + text.slice(copied)
}
