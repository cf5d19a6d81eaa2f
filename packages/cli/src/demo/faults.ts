import { type Logger, parseTraceparent } from '@recount/logger'

/** An answer that was wrong without any error, and which part is to blame. */
export interface Fault {
  readonly id: string
  /** What one sees. */
  readonly title: string
  readonly part: 'parser' | 'tool'
  /** What the explanation has to show. */
  readonly says: RegExp
}

/** Two wrong answers: the same symptom to the user, opposite repairs. */
export const FAULTS: readonly Fault[] = [
  {
    id: 'lost-dose',
    title: 'The answer has no delivery date',
    part: 'parser',
    says: /12 December/,
  },
  {
    id: 'stale-stock',
    title: 'The answer says that the shoe is in stock; it is not',
    part: 'tool',
    says: /as_of/,
  },
]

/** Records both with a logger that keeps content, and resolves with the id of each trace. */
export async function recordFaults(log: Logger): Promise<ReadonlyMap<string, string>> {
  return new Map([
    ['lost-dose', await lostInParsing(log)],
    ['stale-stock', await staleTool(log)],
  ])
}

const CALL = {
  provider: 'openai',
  model: 'gpt-4o-mini',
  prompt: { name: 'support-answer', version: 4 },
}
const DAY = 86_400_000

/** The model says when the parcel comes; a pattern that wants digits does not see it. */
function lostInParsing(log: Logger): Promise<string> {
  const raw = '{"answer": "Your parcel is on its way.", "delivery_date": "12 December"}'
  return log.trace('answer-question', {}, async () => {
    const reply = await log.llm({ ...CALL, input: 'When does my parcel arrive?' }, async () => ({
      text: raw,
      usage: { input_tokens: 310, output_tokens: 21 },
    }))
    const { value } = log.validate<{ answer: string }>(reply.text, {
      parse: parseDate,
      schema: hasDate,
    })
    log.finalResponse({ output: value?.answer ?? '', disposition: 'shown' })
    return traceOf(log)
  })
}

/** The stock list has not been refreshed for a month; the model can only repeat it. */
function staleTool(log: Logger): Promise<string> {
  return log.trace('answer-question', {}, async () => {
    const tool_call_id = 'call_demo_stock'
    await log.llm({ ...CALL, input: 'Is the blue runner in stock?' }, async () => ({
      tool_call_ids: [tool_call_id],
      finish_reason: 'tool_calls',
      usage: { input_tokens: 280, output_tokens: 18 },
    }))
    const stock = await log.tool(
      { tool: 'stock_level', tool_call_id, arguments: { article: 'blue-runner' } },
      async () => ({
        article: 'blue-runner',
        pairs: 14,
        as_of: new Date(Date.now() - 31 * DAY).toISOString(),
      }),
    )
    const reply = await log.llm({ ...CALL, input: JSON.stringify(stock) }, async () => ({
      text: 'Yes, 14 pairs are in stock.',
      usage: { input_tokens: 340, output_tokens: 9 },
    }))
    log.finalResponse({ output: reply.text, disposition: 'shown' })
    return traceOf(log)
  })
}

function parseDate(raw: string): { answer: string; delivery_date: string | null } {
  const { answer } = JSON.parse(raw) as { answer: string }
  const [, delivery_date = null] = /"delivery_date": "(\d{4}-\d\d-\d\d)"/.exec(raw) ?? []
  return { answer, delivery_date }
}

/** As ajv says it. */
function hasDate(value: unknown): { valid: boolean; errors?: object[] } {
  if ((value as { delivery_date: unknown }).delivery_date !== null) return { valid: true }
  return {
    valid: false,
    errors: [{ keyword: 'type', instancePath: '/delivery_date', message: 'must be string' }],
  }
}

function traceOf(log: Logger): string {
  return parseTraceparent(log.traceparent())?.trace_id ?? ''
}
