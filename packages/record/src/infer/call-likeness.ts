import { lookUp, type Row } from '../shapes/paths.ts'
import { isSet } from '../shapes/read-shape.ts'
import { toNumber } from '../shapes/times.ts'
import type { Leaf } from './leaves.ts'
import { STATISTICS } from './name-words.ts'
import { wordsOf } from './words.ts'

const EVENT_KEYS = [
  'event',
  'msg',
  'message',
  'type',
  'kind',
  'action',
  'name',
  'phase',
  'stage',
  'op',
  'operation',
  'event_type',
  'eventtype',
  'event_name',
  'run_type',
  'span_kind',
  'state',
  'status',
  'span_type',
]
const BEGINS =
  /\b(?:start|started|starting|begin|began|beginning|pending|queued|enqueued|in progress|initiated|sending|retrying|scheduled|dispatch(?:ed|ing)|invoking|calling|request sent|requested)\b/
const OTHER_KINDS =
  /^(?:tool|chain|agent|workflow|retriev\w*|rerank\w*|guardrail|summary|aggregate|session|trace|metrics?|report|daily|hourly|rollup|tokeniz\w*|health\w*|heartbeat|quota|budget)\b/
const NOT_A_RUN =
  /\b(?:load(?:ed|ing)?|download\w*|warm\w*|deploy\w*|train\w*|register\w*|unload\w*|pull\w*|select\w*|summary|totals?|tokeniz\w*)\b/
const A_RUN =
  /\b(?:llm|completions?|chat|requests?|generat\w*|responses?|calls?|inference|answer\w*|openai|anthropic|message|model|embed\w*|api)\b/

/** What a record's texts say about what kind of thing it tells: `false` where it is no call for sure. */
export interface Likeness {
  /** A summary, a tool, a step: no call, whatever numbers it has. */
  readonly other: boolean
  /** It says that something begins. */
  readonly begins: boolean
  /** Nothing says that it is no run of a model. */
  readonly mayRun: boolean
}

/** Where a record says what it is, the same for all records with the same keys. */
export interface LikenessKeys {
  /** Several numbers are means or percentiles. */
  readonly isSummary: boolean
  /** Numbers that say of how many calls a line is. */
  readonly counts: readonly string[]
  /** Texts that name an event or a kind. */
  readonly events: readonly string[]
}

/** Finds where a record says what it is. */
export function likenessKeysOf(leaves: readonly Leaf[]): LikenessKeys {
  const numbers = leaves.filter(({ value }) => typeof value === 'number')
  const statistics = numbers.filter(({ segments }) =>
    segments.flatMap(wordsOf).some((word) => STATISTICS.has(word)),
  )
  return {
    isSummary: statistics.length >= 2,
    counts: numbers.filter(countsCalls).map(({ path }) => path),
    events: leaves.filter(namesEvent).map(({ path }) => path),
  }
}

function namesEvent({ segments, value }: Leaf): boolean {
  const isError = segments.length > 1 && segments.flatMap(wordsOf).includes('error')
  const isEvent = EVENT_KEYS.includes((segments.at(-1) ?? '').toLowerCase())
  return isEvent && !isError && segments.length <= 2 && typeof value === 'string'
}

const MAX_EVENT_LENGTH = 200

/** Reads what a record says that it is. */
export function likenessOf({ isSummary, counts, events }: LikenessKeys, row: Row): Likeness {
  const textsAt = (paths: readonly string[]) =>
    paths.flatMap((path) => {
      const value = lookUp(row, path)
      return typeof value === 'string' && value.length <= MAX_EVENT_LENGTH ? [spaced(value)] : []
    })
  const texts = textsAt(events)
  // How something ended does not say what it was.
  const names = textsAt(events.filter((path) => !/(?:^|\.)(?:state|status)$/i.test(path)))
  return {
    other:
      isSummary ||
      counts.some((path) => Number(lookUp(row, path)) > 1) ||
      texts.some((text) => OTHER_KINDS.test(text)),
    begins: texts.some((text) => BEGINS.test(text)),
    mayRun:
      !texts.some((text) => NOT_A_RUN.test(text)) &&
      (names.length === 0 || names.some((text) => A_RUN.test(text))),
  }
}

const COUNTING = ['request', 'call', 'total', 'num', 'number', 'n', 'count']

/** `requests: 500`: a line about many calls. */
function countsCalls({ segments }: Leaf): boolean {
  const words = wordsOf(segments.at(-1) ?? '')
  const isCount = words.every((word) => COUNTING.includes(word))
  return isCount && (words.includes('request') || words.includes('call'))
}

function spaced(text: string): string {
  return text
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .replaceAll(/[_.:/-]/g, ' ')
}

/** Whether what was found of a record makes it a model call that ended; `succeeded`: a field says that it went well. */
export function isCall(
  found: Readonly<Record<string, unknown>>,
  { other, begins, mayRun }: Likeness,
  succeeded: boolean,
): boolean {
  const has = (key: string) => toNumber(found[key]) !== null
  if (other || (begins && !hasEnded(found))) return false
  const model = typeof found.model === 'string' && found.model !== ''
  const finished = isSet(found.finish_reason)
  if (has('output_tokens') || has('input_tokens')) {
    return model || has('duration_ms') || (has('output_tokens') && has('input_tokens'))
  }
  const failed = found.status === 'error' || found.status === 'aborted'
  const told = has('ttft_ms') || has('cost_usd') || finished
  return model && (told || (mayRun && (has('duration_ms') || failed || succeeded)))
}

/** Whether what was found says that the call is over. */
function hasEnded(found: Readonly<Record<string, unknown>>): boolean {
  const has = (key: string) => toNumber(found[key]) !== null
  return has('output_tokens') || has('duration_ms') || isSet(found.finish_reason)
}

/** Whether a record with the common names of a call says that it is something else, or only its beginning. */
export function isNoCall(
  found: Readonly<Record<string, unknown>>,
  { other, begins }: Likeness,
): boolean {
  return other || (begins && !hasEnded(found) && found.status !== 'error')
}
