import type { Question } from '../engine.ts'
import type { Sibling } from '../store.ts'
import { foldedText } from '../text/folded-text.ts'
import { indexTokens } from '../text/tokens.ts'
import type { SpanSummary } from './span-summary.ts'

/** Calls by how much their query resembles that one's, of those that differ in prompt version, model or release. */
export function rankedSiblings(question: Question, others: readonly Question[]): Sibling[] {
  const own = features(question.text)
  const asked = others.map(({ span, text }) => ({ span, features: features(text) }))
  const weigh = rarity([own, ...asked.map((other) => other.features)])
  return asked
    .filter(({ span }) => span.span_id !== question.span.span_id)
    .map((other) => ({
      span: other.span,
      differs: differences(question.span, other.span),
      similarity: round(similarity(own, other.features, weigh)),
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
    Math.abs((start_time ?? 0) - (to.start_time ?? 0)),
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

/** How much a word tells: the more queries have it, and the shorter it is, the less. */
function rarity(questions: readonly Features[]): (stem: string) => number {
  const counts = new Map<string, number>()
  for (const { stems } of questions)
    for (const stem of stems) counts.set(stem, (counts.get(stem) ?? 0) + 1)
  return (stem) => {
    const rare = Math.log(1 + questions.length / (counts.get(stem) ?? 1)) ** 2
    // Short words of alphabets are those that any sentence has.
    return /^[a-z]{1,3}$/.test(stem) ? (rare * stem.length) / 10 : rare
  }
}

/** Most of all how much of what the one asks the other asks, too; then the reverse, and the very words. */
function similarity(a: Features, b: Features, weigh: (stem: string) => number): number {
  const sum = (stems: Iterable<string>): number =>
    [...stems].reduce((total, stem) => total + weigh(stem), 0)
  const both = sum([...a.stems].filter((stem) => b.stems.has(stem)))
  if (both === 0) return 0
  return (
    0.7 * (both / sum(a.stems)) + 0.25 * (both / sum(b.stems)) + 0.05 * jaccard(a.words, b.words)
  )
}

function jaccard(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  const both = [...a].filter((word) => b.has(word)).length
  const all = a.size + b.size - both
  return all === 0 ? 0 : both / all
}

function round(value: number): number {
  return Math.round(value * 1e6) / 1e6
}
