import type { Diagnosis as RecordedDiagnosis } from '@recount/record'
import { CATEGORIES, type Category, type Retryable, type Severity } from './categories.ts'
import { compileRules } from './compile-rules.ts'
import { clearer, type Decision, decide, type Judge, PRECEDENCE, saysSomething } from './decide.ts'
import { docsFor } from './docs-links.ts'
import { confidenceOf, evidenceOf } from './evidence.ts'
import { hostOf, modelOf, requestIdOf } from './facts.ts'
import type { Unwrapped } from './layer.ts'
import { refined } from './refine.ts'
import { type RetryAfter, retryAfterOf } from './retry-after.ts'
import { RuleIndex } from './rule-index.ts'
import { RULE_TABLES } from './rules/index.ts'
import { fillSuggestions, type Slots, SUGGESTIONS } from './suggestions.ts'
import { unwrap } from './unwrap.ts'
import { valuesIn } from './values.ts'

/** What an error is and what to do. */
export interface Diagnosis {
  /** One of `CATEGORIES`, or of the categories that were added. */
  readonly category: string
  /** Who answered; null where nothing says it. */
  readonly provider: string | null
  readonly model: string | null
  readonly requestId: string | null
  readonly retryable: Retryable
  /** When to try again, milliseconds from now; null where nothing says it, and where trying again does not help. */
  readonly retryAfterMs: number | null
  readonly severity: Severity
  /** 0 to 1: how much the evidence says. */
  readonly confidence: number
  /** Which fields and words decided. */
  readonly evidence: readonly string[]
  /** What to do, likeliest first. */
  readonly suggestions: readonly string[]
  /** Links. */
  readonly docs: readonly string[]
  /** The rule that decided: `openai.insufficient_quota`; null where none did. */
  readonly rule: string | null
}

/** What the caller knows of a failed call. */
export interface DiagnoseContext {
  /** Who was asked; a host or a code in the error that says otherwise wins. */
  readonly provider?: string | undefined
  readonly model?: string | undefined
  /** The tool that raised the error, where it was a tool: its own 401 is not the model's. */
  readonly tool?: string | undefined
  /** Epoch milliseconds; default: now. */
  readonly now?: number | undefined
}

/** Tells what an error is. Takes whatever was thrown, a line of a log, or text; never throws. */
export type Diagnose = (error: unknown, context?: DiagnoseContext) => Diagnosis

/** What a diagnoser knows. */
export interface Knowledge {
  readonly judge: Judge
  readonly categories: ReadonlyMap<string, Category>
  readonly suggestions: ReadonlyMap<string, readonly string[]>
  readonly docs: ReadonlyMap<string, readonly string[]>
}

/** Tells what an error is by the built-in rules. */
export const diagnose: Diagnose = (error, context = {}) => diagnoseWith(builtIn(), error, context)

let known: Knowledge | undefined

/** The built-in rules, compiled when they are first needed. */
export function builtIn(): Knowledge {
  known ??= {
    judge: { index: new RuleIndex(compileRules(RULE_TABLES)), precedence: PRECEDENCE },
    categories: new Map(CATEGORIES.map((category) => [category.id, category])),
    suggestions: new Map(Object.entries(SUGGESTIONS)),
    docs: new Map(),
  }
  return known
}

/** The same with knowledge of one's own. */
export function diagnoseWith(
  knowledge: Knowledge,
  error: unknown,
  context: DiagnoseContext,
): Diagnosis {
  try {
    const known = checked(context)
    return told(knowledge, read(knowledge, error, known), known)
  } catch {
    return UNREADABLE
  }
}

/** What is of another type than it should be is not known: the error is diagnosed all the same. */
function checked(context: DiagnoseContext | null): DiagnoseContext {
  const { provider, model, tool, now } = context ?? {}
  return {
    provider: textOr(provider),
    model: textOr(model),
    tool: textOr(tool),
    now: typeof now === 'number' && Number.isFinite(now) ? now : undefined,
  }
}

function textOr(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}

/** A diagnosis as records have it. */
export function toRecord(diagnosis: Diagnosis): RecordedDiagnosis {
  const { category, retryable, retryAfterMs, suggestions, docs } = diagnosis
  return {
    category,
    retryable,
    retry_after_ms: retryAfterMs,
    suggestions: [...suggestions],
    docs: [...docs],
  }
}

const UNREADABLE: Diagnosis = {
  category: 'not_llm_error',
  provider: null,
  model: null,
  requestId: null,
  retryable: 'unknown',
  retryAfterMs: null,
  severity: 'info',
  confidence: 0,
  evidence: ['the error could not be read'],
  suggestions: ['Look at the code around the call: nothing of the error could be read.'],
  docs: [],
  rule: null,
}

/** Judges an error as it stands, and with its lines put together where some may have been broken. */
function read(knowledge: Knowledge, error: unknown, context: DiagnoseContext): Judged {
  const unwrapped = unwrap(error)
  const asItStands = judged(knowledge, unwrapped, context)
  if (unwrapped.wraps === 'no') return asItStands
  const whole = judged(knowledge, unwrap(error, true), context)
  if (unwrapped.wraps === 'sure' && saysSomething(whole.decision)) return whole
  const best = clearer(knowledge.judge, asItStands.decision, whole.decision)
  return best === whole.decision ? whole : asItStands
}

interface Judged {
  readonly unwrapped: Unwrapped
  readonly decision: Decision
}

function judged(
  { judge }: Knowledge,
  unwrapped: Unwrapped,
  { provider, tool }: DiagnoseContext,
): Judged {
  return { unwrapped, decision: decide(judge, unwrapped, { provider, tool }) }
}

function told(
  knowledge: Knowledge,
  { unwrapped, decision: decided }: Judged,
  { model, now = Date.now() }: DiagnoseContext,
): Diagnosis {
  const decision = refined(decided)
  const { text, status, origin, match } = decision
  const category = knowledge.categories.get(decision.category)
  const mayWait = category?.retryable !== 'no' && category?.retryable !== 'unknown'
  const later = mayWait ? retryAfterOf({ unwrapped, text, status, now }) : undefined
  const retryable = retryableOf(decision, category, later)
  const wait = retryable === 'after_delay' ? later : undefined
  const answered = model ?? unwrapped.model ?? modelOf(unwrapped) ?? null
  const requestId = requestIdOf(unwrapped)
  const slots = slotsOf({ decision, unwrapped, model: answered, wait, requestId })
  return {
    category: decision.category,
    provider: origin.providerName ?? null,
    model: answered,
    requestId,
    retryable,
    retryAfterMs: wait?.ms ?? null,
    severity: category?.severity ?? 'error',
    confidence: confidenceOf(decision),
    evidence: evidenceOf(decision, wait),
    suggestions: fillSuggestions(knowledge.suggestions.get(decision.category) ?? [], slots),
    docs: [
      ...(knowledge.docs.get(decision.category) ?? docsFor(decision.category, origin.provider)),
    ],
    rule: match?.rule.id ?? null,
  }
}

function retryableOf(
  { match, status, origin, retryable }: Decision & { retryable?: Retryable },
  category: Category | undefined,
  later: RetryAfter | undefined,
): Retryable {
  // Credits that calls in flight have reserved come back; the provider says when.
  if (origin.provider === 'openrouter' && status === 402 && later?.by.startsWith('header'))
    return 'after_delay'
  return retryable ?? match?.rule.retryable ?? category?.retryable ?? 'unknown'
}

function slotsOf(found: {
  decision: Decision
  unwrapped: Unwrapped
  model: string | null
  wait: RetryAfter | undefined
  requestId: string | null
}): Slots {
  const { decision, unwrapped, model, wait, requestId } = found
  const { used, limit } = WITH_NUMBERS.has(decision.category) ? valuesIn(decision.text) : {}
  const over = used !== undefined && limit !== undefined && used > limit ? used - limit : undefined
  return {
    used:
      over === undefined && decision.category === 'context_length_exceeded'
        ? undefined
        : grouped(used),
    limit: grouped(limit),
    over: grouped(over),
    wait: wait === undefined ? undefined : lengthText(wait.ms),
    model: model ?? undefined,
    provider: decision.origin.providerName ?? 'the provider',
    host: hostOf(unwrapped),
    request: requestId ?? undefined,
    reason: decision.origin.foreign,
  }
}

/** Categories of which something is said in numbers. */
const WITH_NUMBERS: ReadonlySet<string> = new Set(
  Object.entries(SUGGESTIONS).flatMap(([id, lines]) =>
    lines.some((line) => /\{(?:used|limit|over)\}/.test(line)) ? [id] : [],
  ),
)

function grouped(value: number | undefined): string | undefined {
  return value === undefined ? undefined : String(value).replace(/\B(?=(?:\d{3})+$)/g, ',')
}

function lengthText(ms: number): string {
  if (ms < 1000) return `${ms} ms`
  if (ms < 120_000) return `${Math.ceil(ms / 100) / 10} s`
  if (ms < 7_200_000) return `${Math.ceil(ms / 60_000)} min`
  return `${Math.ceil(ms / 360_000) / 10} h`
}
