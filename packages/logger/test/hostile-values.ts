/** Thrown by getters and traps; must never reach a caller. */
class Trap extends Error {
  override readonly name = 'Trap'
}

function trap(): never {
  throw new Trap('a trap of the test')
}

class Instance {
  readonly visible = 1
  readonly #hidden = 2
  get sum(): number {
    return this.visible + this.#hidden
  }
}

/** One text for all tests, because making it takes time. */
const LARGE = 'x'.repeat(16 * 1024 * 1024)

function circular(): object {
  const self: Record<string, unknown> = { a: 1 }
  self.self = self
  self.list = [self]
  return self
}

function revoked(target: object): object {
  const { proxy, revoke } = Proxy.revocable(target, {})
  revoke()
  return proxy
}

const TRAPS = Object.fromEntries(Object.getOwnPropertyNames(Reflect).map((name) => [name, trap]))

/** Values that nobody expects, by name, each made anew. */
export const HOSTILE: Readonly<Record<string, () => unknown>> = {
  undefined: () => undefined,
  null: () => null,
  'a number': () => 5,
  NaN: () => Number.NaN,
  'an empty text': () => '',
  'lone surrogates': () => '\ud800\u0000"',
  'a text of 16 MB': () => LARGE,
  BigInt: () => 10n ** 40n,
  Symbol: () => Symbol('hostile'),
  'a function': () => trap,
  'an array': () => [undefined, null, 1n, [[]]],
  'a sparse array': () => Array(10),
  Map: () => new Map<unknown, unknown>([[{}, 1n]]),
  Set: () => new Set([circular()]),
  'an invalid Date': () => new Date(Number.NaN),
  'a class instance': () => new Instance(),
  'a frozen object': () => Object.freeze({ a: Object.freeze([1]) }),
  'an object without a prototype': () => Object.create(null),
  'a cycle': circular,
  'getters that throw': () =>
    Object.defineProperties(
      {},
      Object.fromEntries(
        GETTERS.map((key) => [key, { get: trap, enumerable: true, configurable: true }]),
      ),
    ),
  'a toJSON that throws': () => ({ toJSON: trap }),
  'a toJSON that gives a cycle': () => ({ toJSON: circular }),
  'a proxy that throws': () => new Proxy({}, TRAPS),
  'a proxy of an array that throws': () => new Proxy([], TRAPS),
  'a proxy of a function that throws': () => new Proxy(() => 1, { get: trap }),
  'a revoked proxy': () => revoked({}),
  'a revoked proxy of an array': () => revoked([]),
  'an error with throwing getters': () => {
    const error = new Error('x')
    // Node makes the text of the stack when it is first looked at, and would meet the traps.
    void error.stack
    return Object.defineProperties(error, {
      message: { get: trap },
      name: { get: trap },
      stack: { get: trap },
      cause: { get: trap },
      code: { get: trap },
    })
  },
  'an error that is its own cause': () => {
    const error = new Error('x')
    error.cause = error
    return error
  },
  'a text that cannot become one': () => ({ toString: trap, [Symbol.toPrimitive]: trap }),
  'a prototype that throws': () => Object.create(new Proxy({}, { get: trap })),
}

const GETTERS = [
  'provider',
  'model',
  'input',
  'content',
  'signal',
  'then',
  'tool',
  'arguments',
  'source',
  'query',
  'chunks',
  'text',
  'output',
  'usage',
  'choices',
  'trace_id',
  'span_id',
  'request_id',
  'metadata',
  'tags',
  'debug',
  'parse',
  'schema',
  'rules',
  'action',
  'name',
  'evaluator',
  'message',
  'status',
  'event',
  'user_edit',
  'length',
]

/** Every field that any method reads. */
const FIELDS = [
  'provider', 'model', 'operation', 'params', 'stream', 'prompt', 'message_id', 'attempt', 'retry_of',
  'fallback_of', 'held_state', 'continues', 'inferred', 'context_window', 'input', 'system', 'tools', 'upstream', 'raw_request', 'files', 'content',
  'signal', 'reply', 'session_id', 'user_id', 'tenant_id', 'request_id', 'workflow', 'agent', 'span_name',
  'tags', 'metadata', 'consent', 'tool', 'tool_call_id', 'arguments', 'source', 'query', 'subject_id',
  'chunks', 'trace_id', 'parent_span_id', 'span_id', 'debug', 'step_attempt', 'disposition', 'output', 'action',
  'edit_distance', 'score', 'comment', 'user_edit', 'name', 'label', 'evaluator', 'explanation', 'raw_response',
  'response_model', 'input_tokens', 'output_tokens', 'cost_usd', 'usage_source', 'cost_source', 'finish_reason',
  'finish_reason_raw', 'rate_limit', 'tool_call_ids', 'validation', 'ttft_ms', 'call_duration_ms', 'status',
] // biome-ignore format: a list

/** Where 16 MB are put: in all fields they would only take a minute longer. */
const LARGE_FIELDS = ['model', 'input', 'metadata', 'output']

/** An object that has the value in each field that any method reads. */
export function filled(value: unknown): Record<string, unknown> {
  const fields = value === LARGE ? LARGE_FIELDS : FIELDS
  return Object.fromEntries(fields.map((field) => [field, value]))
}
