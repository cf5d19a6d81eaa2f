import type { LlmCall } from '@recount/record'
import { type Damage, damageBy, jsonIn } from './damage.ts'
import type { Facts, Judged, Seen } from './facts.ts'
import { answerOf, brief, isEmpty, valueAt } from './said.ts'
import type { Said } from './said-in.ts'
import { blameValidator, blameWords } from './unread.ts'
import type { Proof, Verdict } from './verdict.ts'

/** What became of answers: parsed or not, empty, refused, cut off, against a rule. */
export function blameAnswers({ calls, verdicts }: Facts): Verdict[] {
  const judged = verdicts.flatMap((verdict, place) =>
    isMadeGood(verdict, verdicts[place + 1]) ? [] : (blameJudged(verdict) ?? []),
  )
  const silent = calls.flatMap((call) => blameEnding(call) ?? [])
  const told = new Set(silent.map(({ span_id }) => span_id))
  return [
    ...silent,
    // A cut or refused answer cannot be parsed: that is no fault of the parser.
    ...judged.filter(({ proof }) => !proof.some(({ span_id }) => told.has(span_id))),
  ]
}

/** The same model was asked again, and the next verdict is a good one. */
function isMadeGood({ call }: Judged, next: Judged | undefined): boolean {
  if (call === undefined || next?.call === undefined || next.call.span_id === call.span_id)
    return false
  return next.call.record.model === call.record.model && next.lines.every(({ passed }) => passed)
}

const ENDINGS: Readonly<
  Record<string, { part: Verdict['part']; summary: string; advice: string }>
> = {
  content_filter: {
    part: 'filter',
    summary: 'The provider’s filter stopped the answer.',
    advice:
      'Find the category that was hit and change the prompt; show the user a neutral message.',
  },
  refusal: {
    part: 'refusal',
    summary: 'The model refused to answer.',
    advice: 'Change the prompt, or ask another model. The parser is not to blame.',
  },
  length: {
    part: 'length',
    summary: 'The budget for output ran out, so the answer is cut off.',
    advice: 'Raise max_tokens, lower the reasoning effort, or ask for less.',
  },
  context_window: {
    part: 'context',
    summary: 'The model’s window was full before the answer was complete.',
    advice: 'Shorten the history or retrieve fewer chunks.',
  },
}

function blameEnding(call: Seen<LlmCall>): Verdict | undefined {
  const { record, span_id } = call
  if (record.status !== 'ok' && record.status !== 'partial') return undefined
  const answer = answerOf(call)
  const reason = reasonOf(record, answer)
  const proof = endingProof(call, answer)
  const ending = isEnding(reason) ? ENDINGS[reason] : undefined
  if (ending !== undefined) return { ...ending, span_id, confidence: 0.95, proof }
  const calledTools = (record.tools?.called?.length ?? 0) > 0 || reason === 'tool_calls'
  const saidNothing = answer?.text === '' || (answer === undefined && record.output_tokens === 0)
  if (calledTools || !saidNothing) return undefined
  return {
    part: 'empty',
    span_id,
    summary: 'The model returned nothing, and gave no reason.',
    confidence: 0.8,
    proof,
    advice:
      'Try again once. Where it repeats: reasoning may have used up the budget, or a local chat template is wrong.',
  }
}

/** Why the model stopped: as recorded, else by a refusal instead of an answer, else by a provider’s own word. */
function reasonOf(record: LlmCall, answer: Said | undefined): string | undefined {
  const { finish_reason } = record
  if (isEnding(finish_reason)) return finish_reason
  if (answer !== undefined && answer.text === '' && answer.refusal !== '') return 'refusal'
  const words = [record.finish_reason_raw, answer?.ending].filter((word) => word !== undefined)
  return words.flatMap((word) => namedEnding(word ?? '') ?? []).at(0) ?? finish_reason ?? undefined
}

function isEnding(reason: string | null | undefined): reason is string {
  return typeof reason === 'string' && Object.hasOwn(ENDINGS, reason)
}

function namedEnding(word: string): string | undefined {
  return Object.keys(WORDS).find((reason) => WORDS[reason]?.test(word))
}

const WORDS: Readonly<Record<string, RegExp>> = {
  content_filter:
    /content.?filter|safety|recitation|blocklist|prohibited|spii|guardrail|jailbreak|model_armor/i,
  refusal: /refus/i,
  context_window: /context_(?:window|length)/i,
  length: /^(?:length|max_(?:output_|new_)?tokens)$/i,
}

function endingProof({ record, span_id }: Seen<LlmCall>, answer: Said | undefined): Proof[] {
  const { finish_reason, finish_reason_raw, output_tokens } = record
  const event = 'llm_call'
  const said = finish_reason_raw ? `${finish_reason} (${finish_reason_raw})` : finish_reason
  const content = { span_id, event: 'content' }
  const proof = [
    { span_id, event, field: 'finish_reason', says: said ?? 'not recorded' },
    ...(typeof output_tokens === 'number'
      ? [{ span_id, event, field: 'output_tokens', says: String(output_tokens) }]
      : []),
  ]
  if (answer === undefined) return proof
  const { text, refusal, ending } = answer
  return [
    ...proof,
    { ...content, field: 'output', says: text === '' ? 'empty' : brief(text) },
    ...(refusal === '' ? [] : [{ ...content, field: 'output.refusal', says: brief(refusal) }]),
    ...(ending === undefined ? [] : [{ ...content, field: 'output.finish_reason', says: ending }]),
  ]
}

function blameJudged(judged: Judged): Verdict | undefined {
  const failed = judged.lines.filter(({ passed }) => !passed)
  const answer = answerOf(judged) ?? (judged.call === undefined ? undefined : answerOf(judged.call))
  const raw = answer?.text
  const isFull = raw === undefined ? isFullBySize(judged) : raw !== ''
  if (!isFull) return undefined
  const parsed = judged.content.get('parsed')
  const unread = failed.find(({ rule }) => rule === 'parse')
  if (unread !== undefined || (judged.content.has('parsed') && isEmpty(parsed)))
    return unread !== undefined && raw !== undefined && !/[{[]/.test(raw)
      ? blameWords(judged, raw, rawProof(judged, raw))
      : unreadAnswer(judged, raw, unread?.message ?? undefined)
  return (
    failed.flatMap((line) => blameLine(judged, line, raw) ?? []).at(0) ??
    brokenFirst(judged, failed)
  )
}

function blameLine(
  judged: Judged,
  line: Judged['lines'][number],
  raw: string | undefined,
): Verdict | undefined {
  const damage = damageBy(line, judged.content.get('parsed'), raw)
  return damage === undefined
    ? blameValidator(judged, line)
    : damagedInParsing(judged, line, damage)
}

function brokenFirst(judged: Judged, [first]: Judged['lines']): Verdict | undefined {
  return first === undefined ? undefined : brokenRule(judged, first)
}

/** Where content was not kept, its size was, and how many tokens were said. */
function isFullBySize({ call }: Judged): boolean {
  return (call?.bytes.get('output') ?? 0) > 4 || (call?.record.output_tokens ?? 0) > 0
}

function unreadAnswer(judged: Judged, raw: string | undefined, message?: string): Verdict {
  const hasJson = raw !== undefined && jsonIn(raw) !== undefined
  return {
    part: 'parser',
    span_id: judged.span_id,
    summary: 'The model answered, and the parser made nothing of it.',
    confidence: hasJson ? 0.95 : raw === undefined ? 0.7 : 0.8,
    proof: [
      ...rawProof(judged, raw),
      {
        span_id: judged.span_id,
        event: 'validation',
        field: 'parsed',
        says: message ? `nothing: ${brief(message, 120)}` : 'empty',
      },
    ],
    advice: hasJson
      ? 'The text holds JSON that can be read: let the parser take off what stands around it.'
      : 'Let the parser deal with words and fences around the answer, or ask for structured output.',
  }
}

function damagedInParsing(
  judged: Judged,
  { rule, path }: { rule?: string | null; path?: string | null },
  { key, said, made }: Damage,
): Verdict {
  const { span_id } = judged
  return {
    part: 'parser',
    span_id,
    summary: `The model gave ${key}, and the parser ${made === undefined ? 'lost' : 'changed'} it.`,
    confidence: made === undefined ? 0.95 : 0.85,
    proof: [
      {
        span_id: judged.call?.span_id ?? span_id,
        event: 'content',
        field: 'output',
        says: `${key}: ${brief(said, 80)}`,
      },
      {
        span_id,
        event: 'content',
        field: 'parsed',
        says: `${path ?? key} is ${brief(made ?? 'empty', 80)}`,
      },
      { span_id, event: 'validation', field: 'rule', says: rule ?? 'failed' },
    ],
    advice: 'Correct the parser: the value is in the raw text. The prompt is not to blame.',
  }
}

function brokenRule(judged: Judged, line: Judged['lines'][number]): Verdict {
  const { span_id, content } = judged
  const place = line.path ? ` at ${line.path}` : ''
  const value = line.path ? valueAt(content.get('parsed'), line.path) : undefined
  return {
    part: 'model',
    span_id,
    summary: `The model’s answer breaks the rule ${line.rule ?? 'of the schema'}${place}.`,
    confidence: content.has('parsed') ? 0.7 : 0.5,
    proof: [
      {
        span_id,
        event: 'validation',
        field: 'rule',
        says: [line.rule, line.message].filter(Boolean).join(': ') || 'failed',
      },
      ...(value === undefined
        ? []
        : [{ span_id, event: 'content', field: `parsed${line.path}`, says: brief(value) }]),
    ],
    advice:
      'Give the rule to the model, in the prompt or in the schema, and try again with the message.',
  }
}

function rawProof({ call, span_id }: Judged, raw: string | undefined): Proof[] {
  const where = call?.span_id ?? span_id
  if (raw !== undefined)
    return [{ span_id: where, event: 'content', field: 'output', says: brief(raw) }]
  const tokens = call?.record.output_tokens
  return [
    { span_id: where, event: 'llm_call', field: 'output_tokens', says: `${tokens ?? 'unknown'}` },
  ]
}
