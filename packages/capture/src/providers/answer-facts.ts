import type { FinishReason } from '@recount/record'
import type { AnswerFacts, ProviderFailure } from '../provider.ts'
import { finishReasonOf, messageFinish } from './finish-reason.ts'
import { defined } from './json-values.ts'
import { hasPart, type Message, type Part, toolsAsked } from './message.ts'
import { type Counts, usageFacts } from './usage.ts'

/** One alternative of an answer, before its finish reason is put into words. */
export interface Choice {
  readonly role: string
  readonly parts: readonly Part[]
  /** The provider's word. */
  readonly finish?: string | undefined
  /** What that word means, where it means something else here. */
  readonly reason?: FinishReason | undefined
}

/** What an answer holds, as a provider's module has read it. */
export interface ReadAnswer {
  readonly choices: readonly Choice[]
  readonly model?: string | undefined
  readonly id?: string | undefined
  readonly counts?: Counts | undefined
  readonly failure?: ProviderFailure | undefined
  /** US dollars, where the provider says what it takes. */
  readonly cost?: number | undefined
  /** The tier that served the call, where prices depend on it. */
  readonly tier?: string | undefined
  /** What is paid for beside or instead of the counts. */
  readonly billed?: Readonly<Record<string, number | undefined>> | undefined
}

/** What an answer came to, in the words of the record; its finish reason is that of the first choice. */
export function answerFacts(read: ReadAnswer): AnswerFacts {
  const messages = read.choices.map(messageOf).filter(isSaid)
  const finish = read.choices.find((choice) => choice.finish !== undefined)
  const asked = toolsAsked(messages)
  return defined({
    output: messages.length === 0 ? undefined : messages,
    response_model: read.model,
    response_id: read.id,
    ...(read.counts && usageFacts(read.counts)),
    ...costFacts(read.cost),
    service_tier: read.tier,
    billed: billedOf(read.billed),
    finish_reason: finish && reasonOf(finish),
    finish_reason_raw: finish?.finish,
    tools: asked.names.length === 0 ? undefined : { called: asked.names },
    tool_call_ids: asked.ids.length === 0 ? undefined : asked.ids,
    failure: read.failure,
  })
}

function messageOf(choice: Choice): Message {
  const reason = reasonOf(choice)
  return defined({
    role: choice.role,
    parts: choice.parts,
    finish_reason: reason && messageFinish(reason),
  })
}

function isSaid({ parts, finish_reason }: Message): boolean {
  return parts.length > 0 || finish_reason !== undefined
}

/** Some providers say `stop` also where the model asks for tools or refuses. */
function reasonOf(choice: Choice): FinishReason | undefined {
  if (choice.finish === undefined) return undefined
  if (choice.reason !== undefined) return choice.reason
  const reason = finishReasonOf(choice.finish)
  if (reason !== 'stop') return reason
  if (hasPart(choice, 'tool_call')) return 'tool_calls'
  return hasPart(choice, 'refusal') && !hasPart(choice, 'text') ? 'refusal' : reason
}

function billedOf(billed: ReadAnswer['billed']): AnswerFacts['billed'] {
  const known = Object.entries(billed ?? {}).filter(([, count]) => count !== undefined && count > 0)
  return known.length === 0 ? undefined : (Object.fromEntries(known) as Record<string, number>)
}

function costFacts(cost: number | undefined): AnswerFacts {
  return cost === undefined ? {} : { cost_usd: cost, cost_source: 'provider' }
}
