import type { LoggerOptions as PinoOptions } from 'pino'
import { createLogger, type Logger } from '../src/index.ts'
import type { LoggerOptions } from '../src/options.ts'

/** Control characters, quotes, lone surrogates, line separators, emoji, what terminals obey. */
export const HOSTILE_TEXTS: readonly string[] = [
  '"quoted" \\back\\slash\\',
  'line\r\nfeeds\ttabs\u0000nul\u001f\u007f',
  'lone \ud800 high and low \udc00',
  '\udc00',
  'separators \u2028 and \u2029',
  'emoji 💥👩‍👩‍👧 and é in two pieces: e\u0301',
  '\u001b[31mred\u202eright to left',
  '},{"level":60,"recount":1}\n{"event":"forged"',
  `${'x'.repeat(101)}"\ud800`,
  '__proto__',
  '',
]

/** Clocks that stand still, so that two loggers write the same times. */
export const STILL: LoggerOptions = {
  clock: { wall: () => 1_795_000_000_000.5, monotonic: () => 0 },
  timestamp: () => ',"time":1795000000001',
  keyFile: false,
  env: {},
}

/** The lines of one story told to a logger with these options, as they were written; ids by the order in which they came. */
export function linesOf(
  options: LoggerOptions,
  story: (logger: Logger) => void,
  childOf: (logger: Logger) => Logger = (logger) => logger,
): string {
  let text = ''
  const destination = {
    write(line: string): void {
      text += line
    },
  }
  story(childOf(createLogger({ ...STILL, ...options, destination })))
  return withoutIds(text)
}

/** Random ids and digests replaced, so that two runs can be compared byte for byte. */
export function withoutIds(text: string): string {
  const ids = new Map<string, string>()
  return text.replaceAll(/\b(?:[0-9a-f]{32}|[0-9a-f]{16})\b|hmac-sha256:[0-9a-f:]+/g, (id) => {
    const known = ids.get(id) ?? `id ${ids.size + 1}`
    ids.set(id, known)
    return known
  })
}

/** Every kind of record, with the texts in every field that takes one. */
export function tellStory(logger: Logger, text: string): void {
  const metadata = { plan: text, [text]: 1, n: 1.5, no: null, yes: true, secret: 's' }
  const bindings = {
    session_id: text,
    user_id: text,
    tenant_id: text,
    request_id: text,
    agent: text,
    tags: [text, 'b'],
    metadata,
    consent: [text],
  }
  const error = Object.assign(new RangeError(text), { code: text, status: 429 })
  logger.trace(text, bindings, () => {
    logger.step(text, { attempt: 2 }, () => {
      logger.retrieval({ source: text, subject_id: text, query: text }, () => [
        { id: text, score: 0.25, text },
      ])
    })
    const call = logger.start({
      event: 'llm_call',
      provider: text,
      model: text,
      operation: text,
      params: { temperature: 0, stop: [text], [text]: text },
      prompt: { name: text, version: 3 },
      message_id: text,
      input: text,
    })
    call.end({
      response_model: text,
      finish_reason_raw: text,
      finish_reason: 'stop',
      provider_request_id: text,
      price_version: text,
      cost_usd: 0.000_001_5,
      input_tokens: 0,
      output_tokens: null,
      rate_limit: { remaining: 3, [text]: text },
      tools: { offered: 1, called: [text] },
      validation: { passed: false, rule: text },
      output: text,
    })
    logger.start({ event: 'llm_call', provider: text, model: text }).fail(error)
    logger.start({ event: 'tool_call', tool: text, tool_call_id: text, arguments: text }).end(text)
    logger.validate(text, { rules: { [text]: () => text } })
    logger.finalResponse({ output: text, message_id: text })
    logger.userAction({ action: 'edited', message_id: text, comment: text, user_edit: text })
    logger.evaluation({ name: text, label: text, explanation: text, evaluator: 'code', score: -1 })
  })
}

/** One option each of those that pino may be given; the second value says what makes its lines other than plain ones. */
export const HARMLESS: Readonly<Record<string, readonly PinoOptions[]>> = {
  name: [{}, { name: 'support "desk"' }],
  base: [{}, { base: null }, { base: { app: 'x', nested: { name: 'inner' } } }],
  timestamp: [{}, { timestamp: false }],
  messageKey: [{}, { messageKey: 'message' }],
  msgPrefix: [{}, { msgPrefix: '[my "app"] ' }],
  crlf: [{}, { crlf: true }],
  levels: [{}, { customLevels: { audit: 35 } }],
  formatters: [
    {},
    { formatters: { level: (label, number) => ({ severity: label, level: number }) } },
  ],
}

/** Options that send records through pino, and change nothing. */
export const IDENTITIES: Readonly<Record<string, PinoOptions>> = {
  mixin: { mixin: () => ({}) },
  mixinMergeStrategy: { mixinMergeStrategy: (object, mixin) => Object.assign(mixin, object) },
  'formatters.log': { formatters: { log: (object) => object } },
  serializers: { serializers: { user_id: (value) => value, error: (value) => value } },
  'hooks.logMethod': {
    hooks: {
      logMethod(args, method) {
        method.apply(this, args)
      },
    },
  },
  'hooks.streamWrite': { hooks: { streamWrite: (line) => line } },
  redact: { redact: ['no.such.path', 'absent'] },
}
