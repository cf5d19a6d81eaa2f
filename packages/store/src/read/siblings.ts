import type { Question } from '../engine.ts'
import type { Sibling } from '../store.ts'
import { foldedText } from '../text/folded-text.ts'
import { indexTokens } from '../text/tokens.ts'
import type { SpanSummary } from './span-summary.ts'

/** Calls by how much their query resembles that one's, of those that differ in prompt version, model or release. */
export function rankedSiblings(question: Question, others: readonly Question[]): Sibling[] {
  const weights = rarity([question, ...others])
  const own = features(question.text)
  return others
    .filter(({ span }) => span.span_id !== question.span.span_id)
    .map(({ span, text }) => ({
      span,
      differs: differences(question.span, span),
      similarity: round(similarity(own, features(text), weights)),
    }))
    .filter(({ differs, similarity }) => differs.length > 0 && similarity > 0)
    .sort((a, b) => b.similarity - a.similarity || nearness(question.span, a.span, b.span))
}

/** A query as it is compared: without case, white space and punctuation. */
export function comparableQuery(text: string): string {
  return indexTokens(foldedText(text)).join(' ')
}

const DIFFERENCES = ['prompt_version', 'model', 'release'] as const

function differences(a: SpanSummary, b: SpanSummary): string[] {
  return DIFFERENCES.filter((key) => a[key] !== b[key])
}

/** Of equally similar ones: of the same prompt, then of the same workflow, then the one nearest in time. */
function nearness(to: SpanSummary, a: SpanSummary, b: SpanSummary): number {
  const distance = ({ prompt_name, workflow, start_time }: SpanSummary): readonly number[] => [
    prompt_name === to.prompt_name ? 0 : 1,
    workflow === to.workflow ? 0 : 1,
    Math.abs(start_time - to.start_time),
  ]
  const [left, right] = [distance(a), distance(b)]
  const at = left.findIndex((value, place) => value !== right[place])
  return at === -1 ? 0 : (left[at] ?? 0) - (right[at] ?? 0)
}

interface Features {
  readonly words: ReadonlySet<string>
  readonly stems: ReadonlySet<string>
}

/** Words, and the beginnings of words: a paraphrase changes endings. */
function features(text: string): Features {
  const words = new Set(indexTokens(foldedText(text)))
  return { words, stems: new Set([...words].map((word) => word.slice(0, 5))) }
}

/** How much a word tells: the more queries have it, the less. */
function rarity(questions: readonly Question[]): (stem: string) => number {
  const counts = new Map<string, number>()
  for (const { text } of questions)
    for (const stem of features(text).stems) counts.set(stem, (counts.get(stem) ?? 0) + 1)
  return (stem) => Math.log(1 + questions.length / (counts.get(stem) ?? 1))
}

function similarity(a: Features, b: Features, weigh: (stem: string) => number): number {
  return (weighted(a.stems, b.stems, weigh) * 3 + jaccard(a.words, b.words)) / 4
}

/** What both have, by what each has: weights of words that tell little count little. */
function weighted(
  a: ReadonlySet<string>,
  b: ReadonlySet<string>,
  weigh: (stem: string) => number,
): number {
  const sum = (stems: Iterable<string>): number =>
    [...stems].reduce((total, stem) => total + weigh(stem) ** 2, 0)
  const both = sum([...a].filter((stem) => b.has(stem)))
  const all = Math.sqrt(sum(a) * sum(b))
  return all === 0 ? 0 : both / all
}

function jaccard(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  const both = [...a].filter((word) => b.has(word)).length
  const all = a.size + b.size - both
  return all === 0 ? 0 : both / all
}

function round(value: number): number {
  return Math.round(value * 1e6) / 1e6
}
