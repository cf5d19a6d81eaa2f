/** What one word is called by others; the first is ours. */
const SAME: readonly (readonly string[])[] = [
  ['in', 'input', 'prompt', 'context', 'sent', 'inbound', 'ingress'],
  [
    'out',
    'output',
    'completion',
    'generated',
    'generation',
    'received',
    'candidates',
    'candidate',
    'outbound',
  ],
  ['token', 'tok', 'tkn', 'usage'],
  ['cache', 'cached', 'caching'],
  ['write', 'creation', 'created', 'written', 'create'],
  ['reasoning', 'thinking', 'thought', 'thoughts'],
  ['latency', 'duration', 'elapsed', 'runtime', 'took', 'delay', 'dur', 'lat'],
  ['cost', 'price', 'spend', 'charge', 'spent'],
  ['time', 'timestamp', 'ts', 'datetime', 'date'],
  ['start', 'started', 'begin', 'began', 'created', 'requested'],
  ['end', 'ended', 'finished', 'completed', 'finish', 'stop', 'stopped'],
  ['error', 'err', 'exception', 'failure'],
  ['id', 'uuid'],
  ['tenant', 'org', 'organization', 'organisation', 'workspace', 'team'],
  ['session', 'conversation', 'thread', 'chat'],
  ['provider', 'vendor'],
  ['env', 'environment'],
  ['version', 'ver', 'revision'],
]

const CANONICAL: ReadonlyMap<string, string> = new Map(
  SAME.flatMap(([first = '', ...others]) =>
    others.map((other): [string, string] => [other, first]),
  ),
)
/** Ends in s and is no plural. */
const SINGULAR = [
  'status',
  'class',
  'success',
  'access',
  'process',
  'address',
  'ms',
  'us',
  'ns',
  'secs',
  'success',
  'thoughts',
  'millis',
  'micros',
  'nanos',
]

/**
 * The words of a key, whatever its spelling: `promptTokens`, `prompt_tokens`, `PromptTokens` and
 * `prompt-tokens` are the same. Words that mean the same are one word.
 */
export function wordsOf(key: string): string[] {
  return key
    .replace(/([a-z\d])([A-Z])/g, '$1 $2')
    .replace(/([A-Z])([A-Z][a-z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^\p{L}\p{N}$µμ]+/u)
    .filter((word) => word !== '')
    .map(singular)
    .map((word) => CANONICAL.get(word) ?? word)
}

function singular(word: string): string {
  const isPlural = word.length > 3 && word.endsWith('s') && !word.endsWith('ss')
  return isPlural && !SINGULAR.includes(word) ? word.slice(0, -1) : word
}
