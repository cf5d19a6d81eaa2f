import type { Retrieval } from '@recount/record'
import type { Facts, Seen } from './facts.ts'
import { brief, saidText } from './said.ts'
import type { Verdict } from './verdict.ts'

/** Lookups that failed, found nothing, found somebody else's data, or did not find what was needed or cited. */
export function blameRetrievals(facts: Facts, needed: readonly string[]): Verdict[] {
  const found = facts.retrievals.flatMap((retrieval, place) =>
    isMadeGood(retrieval, facts.retrievals.slice(place + 1)) ? [] : (blame(retrieval) ?? []),
  )
  return [...found, ...missing(facts, needed), ...citedInVain(facts, needed)]
}

/** Nothing was found at first, and something by a later lookup; a failure is made good by the same source alone. */
function isMadeGood({ record }: Seen<Retrieval>, later: readonly Seen<Retrieval>[]): boolean {
  if (record.status !== 'error' && record.chunks.length > 0) return false
  return later.some(
    ({ record: { source, chunks } }) =>
      chunks.length > 0 && (record.status !== 'error' || source === record.source),
  )
}

function blame(retrieval: Seen<Retrieval>): Verdict | undefined {
  const { record, span_id } = retrieval
  const { source, status, error, chunks, subject_id } = record
  if (status === 'error')
    return verdict(
      retrieval,
      `The lookup in ${source} failed.`,
      'error',
      brief(error?.message ?? 'no message'),
      0.95,
    )
  const others = chunks.filter(
    (chunk) => chunk.subject_id !== undefined && chunk.subject_id !== subject_id,
  )
  if (subject_id !== undefined && others.length > 0) {
    return {
      part: 'retrieval',
      span_id,
      summary: `The lookup in ${source} was for ${subject_id} and found data of ${others[0]?.subject_id}.`,
      confidence: 0.95,
      proof: [
        { span_id, event: 'retrieval', field: 'subject_id', says: subject_id },
        ...others.slice(0, 3).map((chunk) => ({
          span_id,
          event: 'retrieval',
          field: 'chunks.subject_id',
          says: `${chunk.source_id ?? 'a chunk'} is of ${chunk.subject_id}`,
        })),
      ],
      advice: 'Filter by subject in the query itself. The model used what it was given.',
    }
  }
  if (chunks.length > 0) return undefined
  return verdict(retrieval, `The lookup in ${source} found nothing.`, 'chunks', 'none', 0.75)
}

function verdict(
  { span_id, record }: Seen<Retrieval>,
  summary: string,
  field: string,
  says: string,
  confidence: number,
): Verdict {
  return {
    part: 'retrieval',
    span_id,
    summary,
    confidence,
    proof: [{ span_id, event: 'retrieval', field, says }],
    advice: `Look at the query and the index ${record.source} before you change a prompt.`,
  }
}

function sourcesOf({ retrievals }: Facts): Set<string> {
  return new Set(
    retrievals.flatMap(({ record }) => record.chunks.flatMap((chunk) => chunk.source_id ?? [])),
  )
}

/** Sources that the answer needs, as somebody who knows says. */
function missing(facts: Facts, needed: readonly string[]): Verdict[] {
  const sources = sourcesOf(facts)
  const absent = needed.filter((source) => !sources.has(source))
  const last = facts.retrievals.at(-1)
  if (absent.length === 0 || last === undefined) return []
  const summary = `What the answer needs was not found: ${absent.join(', ')}.`
  return [
    verdict(last, summary, 'chunks', `found ${brief([...sources].join(', ') || 'none')}`, 0.95),
  ]
}

/** Sources that the answer names and nobody retrieved. */
function citedInVain(facts: Facts, needed: readonly string[]): Verdict[] {
  const last = facts.retrievals.at(-1)
  if (last === undefined) return []
  const sources = sourcesOf(facts)
  const absent = citedIn(facts).filter(
    ({ source }) => !sources.has(source) && !needed.includes(source),
  )
  const [first] = absent
  if (first === undefined) return []
  const names = [...new Set(absent.map(({ source }) => source))].join(', ')
  return [
    {
      part: 'retrieval',
      span_id: last.span_id,
      summary: `The answer cites ${names}, which was not retrieved.`,
      confidence: 0.8,
      proof: [
        { span_id: first.span_id, event: 'content', field: first.field, says: `cites ${names}` },
        {
          span_id: last.span_id,
          event: 'retrieval',
          field: 'chunks',
          says: `found ${brief([...sources].join(', ') || 'none')}`,
        },
      ],
      advice:
        'Find out why it was not found. Where it should not be cited at all, refuse answers whose sources were not retrieved.',
    },
  ]
}

interface Cited {
  readonly source: string
  readonly span_id: string
  readonly field: string
}

function citedIn({ verdicts, finals, calls }: Facts): Cited[] {
  const parsed = verdicts.flatMap(({ content, span_id }) =>
    citationsOf(content.get('parsed')).map((source) => ({ source, span_id, field: 'parsed' })),
  )
  if (parsed.length > 0) return parsed
  return [...finals, ...calls.slice(-1)].flatMap(({ content, span_id }) =>
    namedSources(saidText(content.get('output'))).map((source) => ({
      source,
      span_id,
      field: 'output',
    })),
  )
}

const CITATION_KEYS = ['citations', 'sources', 'source_ids', 'cited', 'references'] as const

function citationsOf(parsed: unknown): string[] {
  if (typeof parsed !== 'object' || parsed === null) return []
  return CITATION_KEYS.flatMap((key) => {
    const list = (parsed as Record<string, unknown>)[key]
    return Array.isArray(list) ? (list as unknown[]).flatMap((item) => idOf(item) ?? []) : []
  })
}

function idOf(item: unknown): string | undefined {
  if (typeof item === 'string') return item
  if (typeof item !== 'object' || item === null) return undefined
  const { source_id, id, source } = item as Record<string, unknown>
  return [source_id, id, source].find((value): value is string => typeof value === 'string')
}

/** `[source: returns]`, `(source_id: returns)`: only what says that it is a source. */
function namedSources(text: string): string[] {
  const found = text.matchAll(
    /[[(【](?:source|source_id|doc|ref)\s?[:=]\s?([\w./#-]{1,80})[\])】]/gi,
  )
  return Array.from(found, ([, source = '']) => source)
}
