import type { Logger } from '../src/index.ts'

const CALL = { provider: 'acme', model: 'acme-large' }

/** Tells the value to a logger in one place of a call or beside it. */
export type Position = (logger: Logger, value: string) => void

/** Tells the value in pieces, cut at every second offset from the first one on, which is 1 or 2. */
export type CutPosition = (logger: Logger, value: string, first: number) => void

function failing(error: unknown): () => never {
  return () => {
    throw error
  }
}

function quietly(fn: () => unknown): void {
  try {
    fn()
  } catch {
    // It is the application's.
  }
}

const sse = (deltas: readonly object[]): string =>
  deltas.map((delta) => `data: ${JSON.stringify(delta)}\n\n`).join('')

/** Every place where something of a call can go; the issue that brings a new one adds it here. */
export const POSITIONS: Readonly<Record<string, Position>> = {
  system: (log, value) => log.llm({ ...CALL, system: `Be kind. ${value}` }, () => 'ok'),
  user: (log, value) =>
    log.llm({ ...CALL, input: [{ role: 'user', content: `I am ${value}, hi` }] }, () => 'ok'),
  'tool definition': (log, value) =>
    log.llm(
      { ...CALL, tools: [{ name: 'look_up', parameters: { default: value, description: value } }] },
      () => 'ok',
    ),
  'tool argument': (log, value) =>
    log.tool({ tool: 'look_up', arguments: { query: value, [value]: 1 } }, () => 1),
  'tool result': (log, value) => log.tool({ tool: 'look_up' }, () => ({ rows: [[value]] })),
  'error message': (log, value) =>
    quietly(() => log.llm(CALL, failing(new Error(`Cannot find ${value} here`)))),
  stack: (log, value) => log.error(new Error(`deep ${value}`), 'failed'),
  'cause chain': (log, value) => {
    const inner = new Error('a', { cause: new AggregateError([], `b ${value}`, { cause: value }) })
    quietly(() => log.tool({ tool: 'x' }, failing(new Error('outer', { cause: inner }))))
    log.error({ err: new Error('outer', { cause: inner }) })
  },
  'error code and type': (log, value) => {
    const error = Object.assign(new Error('no'), { code: value, name: value })
    quietly(() => log.step('x', failing(error)))
  },
  header: (log, value) => {
    log
      .start({ event: 'llm_call', ...CALL, params: { headers: { 'x-user': value }, user: value } })
      .end({ rate_limit: { remaining: value, [value]: 1 }, provider_request_id: value })
    log.info({ req: { headers: { authorization: value, 'x-note': value } } })
  },
  'metadata key': (log, value) => log.trace('t', { metadata: { [value]: 1 } }, () => log.info('x')),
  'metadata value': (log, value) => {
    log.trace('t', { metadata: { plan: value, note: `about ${value}` }, tags: [value] }, () =>
      log.llm(CALL, () => 'ok'),
    )
  },
  'feedback comment': (log, value) => {
    log.userAction({ message_id: 'm', action: 'rated', comment: `was ${value}` })
    log.userAction({ message_id: 'm', action: 'edited', user_edit: `now ${value}` })
    log.evaluation({
      message_id: 'm',
      name: 'n',
      evaluator: 'human',
      explanation: value,
      label: value,
    })
  },
  'prompt variable': (log, value) =>
    log.llm(
      { ...CALL, prompt: { name: value, version: value }, upstream: { name: value } },
      () => 'ok',
    ),
  'message and bindings': (log, value) => {
    log.info(`user said ${value}`)
    log.warn('%s and %j', value, { value })
    log.child({ note: value, nested: { deep: [value] } }).info({ [value]: value }, 'child')
    quietly(() => log.child({ note: value }).llm(CALL, () => 'ok'))
  },
  'names and ids': (log, value) => {
    const names = { session_id: value, request_id: value, agent: value, span_name: value }
    log.trace(value, names, () => log.step(value, () => log.info('in')))
    log.llm({ provider: value, model: value, message_id: value }, () => 'ok')
  },
  'retrieved chunk': (log, value) =>
    log.retrieval({ source: value, query: value, subject_id: value }, () => [
      { id: value, text: `about ${value}`, score: 1 },
    ]),
  validation: (log, value) =>
    log.validate(`{"name": "${value}"`, { parse: JSON.parse, rules: { [value]: () => value } }),
  'final response': (log, value) =>
    log.finalResponse({ output: `Dear ${value}`, message_id: value }),
  'JSON in JSON in JSON': (log, value) => {
    const inner = JSON.stringify({ v: JSON.stringify({ w: JSON.stringify([value]) }) })
    log.llm({ ...CALL, input: inner, raw_request: inner }, () => inner)
    log.info({ inner }, inner)
  },
  'straddling a cut': (log, value) => {
    for (const limit of [256, 512, 1024, 8192]) {
      const text = `${'x '.repeat((limit - value.length / 2) / 2)}${value} ${'y '.repeat(limit)}`
      quietly(() => log.llm({ ...CALL, input: text }, failing(new Error(text))))
      log.userAction({ message_id: text, action: 'rated', comment: text })
      log.trace(text, { tags: [text], metadata: { text } }, () => log.info('in'))
    }
  },
  'wire text': (log, value) => {
    const body = { id: 'x', choices: [{ message: { content: value } }] }
    log
      .start({ event: 'llm_call', ...CALL, raw_request: JSON.stringify({ messages: [value] }) })
      .end({ raw_response: JSON.stringify(body), output: body })
  },
}

/** Every place where something comes in pieces. */
export const CUT_POSITIONS: Readonly<Record<string, CutPosition>> = {
  'text deltas': (log, value, first) => {
    for (let cut = first; cut < value.length; cut += 2) {
      const delta = (content: string) => ({ choices: [{ index: 0, delta: { content } }] })
      const raw_response = sse([
        delta('It is '),
        delta(value.slice(0, cut)),
        delta(value.slice(cut)),
      ])
      log.start({ event: 'llm_call', ...CALL }).end({ raw_response, output: `It is ${value}` })
    }
  },
  'argument deltas': (log, value, first) => {
    const args = JSON.stringify({ q: value })
    for (let cut = first; cut < args.length; cut += 2) {
      const delta = (partial_json: string) => ({
        type: 'content_block_delta',
        index: 1,
        delta: { type: 'input_json_delta', partial_json },
      })
      const raw_response = sse([delta(args.slice(0, cut)), delta(args.slice(cut))])
      log.start({ event: 'llm_call', ...CALL }).end({ raw_response })
    }
  },
}
