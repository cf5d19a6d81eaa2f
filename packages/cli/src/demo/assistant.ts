import { type Logger, parseTraceparent } from '@recount/logger'
import type OpenAI from 'openai'
import type { Ask, Clients, Messages, Said } from './clients.ts'
import { type FoundPassage, searchHandbook } from './handbook.ts'
import { runTool } from './order-tools.ts'
import { FALLBACK, type ScriptedQuestion } from './script.ts'

/** What a question has become. */
export interface Answered {
  readonly trace_id: string
  readonly message_id: string
  readonly disposition: 'shown' | 'dropped'
  /** What the customer reads, when something was shown. */
  readonly text: string
}

const MAX_ROUNDS = 3
const HANDOVER = 'A colleague will answer you today.'

/** The application: answers a customer's question from the handbook, with tools for orders. It knows nothing of the script but which reply is next. */
export async function answerQuestion(
  log: Logger,
  clients: Clients,
  question: ScriptedQuestion,
): Promise<Answered> {
  const message_id = `message-${question.id}`
  const { user_id, tenant_id } = question.customer
  const bindings = { user_id, tenant_id, session_id: `visit-${user_id}` }
  return log.trace('answer-question', bindings, async (): Promise<Answered> => {
    const passages = await log.retrieval({ source: 'handbook', query: question.text }, async () =>
      searchHandbook(question.text),
    )
    const talk = new Talk(log, clients, question, message_id, systemPrompt(passages))
    const said = await talk.run()
    const text = said === undefined ? undefined : judge(log, question, said.text)
    const disposition = text === undefined ? 'dropped' : 'shown'
    log.finalResponse({ output: text ?? HANDOVER, disposition, message_id })
    const { trace_id = '' } = parseTraceparent(log.traceparent()) ?? {}
    return { trace_id, message_id, disposition, text: text ?? HANDOVER }
  })
}

/** One question's conversation with models: rounds of tools, a fallback, a customer who may leave. The client tries again by itself. */
class Talk {
  readonly #log: Logger
  readonly #clients: Clients
  readonly #question: ScriptedQuestion
  readonly #message_id: string
  readonly #system: string
  readonly #messages: Messages
  readonly #left = new AbortController()
  #asked = 0
  #pieces = 0

  constructor(
    log: Logger,
    clients: Clients,
    question: ScriptedQuestion,
    message_id: string,
    system: string,
  ) {
    this.#log = log
    this.#clients = clients
    this.#question = question
    this.#message_id = message_id
    this.#system = system
    this.#messages = [{ role: 'user', content: question.text }]
  }

  /** The model's last word; undefined when the customer has left. */
  async run(): Promise<Said | undefined> {
    for (let round = 0; round < MAX_ROUNDS; round++) {
      const said = await this.#askStubbornly()
      if (said === undefined || said.toolCalls.length === 0) return said
      this.#messages.push({
        role: 'assistant',
        content: said.text === '' ? null : said.text,
        tool_calls: [...said.toolCalls],
      })
      this.#messages.push(...(await Promise.all(said.toolCalls.map((call) => this.#tool(call)))))
    }
    return undefined
  }

  async #askStubbornly(): Promise<Said | undefined> {
    try {
      const said = await this.#ask({})
      return this.#left.signal.aborted ? undefined : said
    } catch (error) {
      if (this.#left.signal.aborted) return undefined
      if (statusOf(error) !== 529) throw error
      return this.#ask({ ...FALLBACK, stream: false })
    }
  }

  async #ask(changes: Partial<Ask>): Promise<Said> {
    const { provider, model, stream, promptVersion, id, leavesAfter } = this.#question
    this.#asked += 1
    return this.#clients.ask({
      provider,
      model,
      stream,
      labels: {
        prompt: { name: 'support-answer', version: promptVersion },
        message_id: this.#message_id,
      },
      system: this.#system,
      messages: this.#messages,
      reply: replyId(id, this.#asked),
      signal: this.#left.signal,
      onPiece: () => {
        this.#pieces += 1
        if (this.#pieces === leavesAfter) this.#left.abort()
      },
      ...changes,
    })
  }

  async #tool(
    call: OpenAI.ChatCompletionMessageFunctionToolCall,
  ): Promise<OpenAI.ChatCompletionToolMessageParam> {
    const { name, arguments: text } = call.function
    const args = JSON.parse(text) as { order_id?: string }
    const options = { tool: name, tool_call_id: call.id, arguments: args }
    // A tool that fails is an answer too: the model is told and goes on.
    const result = await this.#log
      .tool(options, () => runTool(name, args))
      .catch((error: Error) => ({ error: error.message }))
    return { role: 'tool', tool_call_id: call.id, content: JSON.stringify(result) }
  }
}

/** The name of a question's n-th scripted reply. */
export function replyId(question: string, number: number): string {
  return `${question}/${number}`
}

/** Raw → parsed → verdict. Streams are read by people as they come; whole answers must be JSON. */
function judge(log: Logger, question: ScriptedQuestion, raw: string): string | undefined {
  if (question.stream || (question.provider === 'anthropic' && !raw.startsWith('{'))) return raw
  const verdict = log.validate<AnswerShape>(raw, {
    parse: JSON.parse,
    schema: isAnswer,
    rules: { 'says-something': ({ answer }) => answer.length > 0 },
  })
  return verdict.passed ? verdict.value.answer : undefined
}

interface AnswerShape {
  readonly answer: string
  readonly sources: readonly string[]
}

function isAnswer(value: unknown): boolean {
  const { answer, sources } = (value ?? {}) as Partial<AnswerShape>
  return typeof answer === 'string' && Array.isArray(sources)
}

function systemPrompt(passages: readonly FoundPassage[]): string {
  const handbook = passages.map(({ source_id, text }) => `[${source_id}] ${text}`).join('\n')
  return `You answer customers of a shoe shop, from this handbook alone.\n${handbook}`
}

function statusOf(error: unknown): unknown {
  return (error as { status?: unknown }).status
}
