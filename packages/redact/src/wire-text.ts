import type { Finding } from './detect/finding.ts'

/** One line of wire text, in parts that are the line when put together again. */
export interface WireLine {
  /** `data:` and white space, the `0:` of Vercel's data stream, a byte order mark; often empty. */
  readonly head: string
  readonly payload: string
  /** What ends it: CRLF, LF, CR, the record separator of RFC 7464; empty at the end. */
  readonly end: string
  readonly kind: 'data' | 'field' | 'json' | 'comment' | 'blank' | 'other'
}

/** What begins a record of RFC 7464. */
const RECORD = '\u001e'
const LINE_END = new RegExp(`(\\r\\n|[\\r\\n${RECORD}])`)
const LIST = /^\s{0,64}\[[\s,]{0,64}\{/
const CHUNK_KEY = /"(?:candidates|choices|contentBlockDelta|delta|done|usageMetadata)"\s{0,8}:/
const FIRST = /^[\uFEFF\s,]{0,64}[[{]/
const LINE = /^\uFEFF?[ \t]{0,64}(?:(?:data|event|id|retry)[ \t]{0,8}(?::|$)|[\da-z]:["[{]|\{["}])/m

/** Whether a text may be what a provider streamed: server-sent events, lines or a list or a sequence of JSON; also cut, or with other text around. */
export function looksLikeWire(text: string): boolean {
  return FIRST.test(text) || LINE.test(text) || text.includes(RECORD)
}

/** Whether a text is a list of what a stream sends piece by piece, as Gemini answers without server-sent events. */
export function isChunkList(text: string): boolean {
  return LIST.test(text) && CHUNK_KEY.test(text)
}

/** The lines of wire text. */
export function wireLines(text: string): WireLine[] {
  const parts = text.split(LINE_END)
  return Array.from({ length: (parts.length + 1) / 2 }, (_, index) =>
    wireLine(parts[2 * index] ?? '', parts[2 * index + 1] ?? ''),
  )
}

const HEAD =
  /^\uFEFF?[ \t]{0,64}(?:(data|event|id|retry)[ \t]{0,8}(?::|$)|[\da-z]:(?=["[{]))?[ \t]{0,64}/

function wireLine(line: string, end: string): WireLine {
  const [head = '', field] = HEAD.exec(line) ?? []
  const payload = line.slice(head.length)
  return { head, payload, end, kind: kindOf(head, field, payload) }
}

function kindOf(head: string, field: string | undefined, payload: string): WireLine['kind'] {
  if (field !== undefined) return field === 'data' ? 'data' : 'field'
  if (payload === '') return 'blank'
  if (head.includes(':')) return 'data'
  if (payload.startsWith('{') || payload.startsWith('[')) return 'json'
  return payload.startsWith(':') ? 'comment' : 'other'
}

/** Lines that share findings, with all findings in them; offsets of the findings are within the block. */
export interface Block {
  readonly start: number
  end: number
  readonly findings: Finding[]
}

/** Where findings reach over the end of a line, their lines are one block. */
export function blocksOf(
  text: string,
  lines: readonly WireLine[],
  findings: readonly Finding[],
): Block[] {
  const blocks: Block[] = []
  let start = 0
  let next = 0
  for (const { head, payload, end } of lines) {
    const lineEnd = start + head.length + payload.length + end.length
    const here: Finding[] = []
    for (; (findings[next]?.start ?? text.length) < lineEnd; next++)
      here.push(findings[next] as Finding)
    const last = blocks.at(-1)
    const reach = here.at(-1)?.end ?? 0
    if (last !== undefined && start < last.end) {
      last.findings.push(...moved(here, last.start))
      last.end = Math.max(last.end, reach, lineEnd)
    } else if (reach > lineEnd) blocks.push({ start, end: reach, findings: moved(here, start) })
    start = lineEnd
  }
  return blocks
}

function moved(findings: readonly Finding[], by: number): Finding[] {
  return findings.map(({ type, start, end }) => ({ type, start: start - by, end: end - by }))
}
