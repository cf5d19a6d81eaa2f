import type { ScanKeys } from '../input/scan-keys.ts'

const TEXTS = [
  'event',
  'status',
  'model',
  'response_model',
  'error_type',
  'error_category',
  'finish_reason',
] as const
const IDS = ['span_id', 'retry_of', 'trace_id', 'message_id'] as const
const NUMBERS = [
  'recount',
  'level',
  'time',
  'start_time',
  'end_time',
  'duration_ms',
  'call_duration_ms',
  'ttft_ms',
  'input_tokens',
  'output_tokens',
  'cost_usd',
  'sample_rate',
  'cache_read_tokens',
] as const
const NESTED = ['prompt', 'error', 'diagnosis'] as const

/** What a key of `by` needs of a line besides what is read anyway. */
const TEXTS_BY: Readonly<Record<string, readonly string[]>> = {
  user: ['user_id'],
  tenant: ['tenant_id'],
  session: ['session_id'],
  model: [],
  error: [],
  prompt: ['prompt_name', 'prompt_version'],
  tag: [],
  trace: [],
  finish: [],
  minute: [],
  hour: [],
  day: [],
}

type Places<Keys extends readonly string[]> = { readonly [key in Keys[number]]: number }

/** Where the texts of our lines stand among those that are read. */
export const TEXT: Places<typeof TEXTS> = placesOf(TEXTS)
/** Where the ids stand. */
export const ID: Places<typeof IDS> = placesOf(IDS)
/** Where the numbers stand. */
export const NUMBER: Places<typeof NUMBERS> = placesOf(NUMBERS)
/** Where objects and lists stand. */
export const OBJECT: Places<typeof NESTED> = placesOf(NESTED)

/** What is read of our lines where groups are made by these keys. */
export function ownKeys(by: readonly string[]): ScanKeys {
  const texts = by.flatMap((key) => TEXTS_BY[key] ?? (key.startsWith('metadata.') ? [] : [key]))
  return {
    texts: [...new Set([...TEXTS, ...texts])],
    ids: IDS,
    numbers: NUMBERS,
    nested: [
      ...NESTED,
      ...(by.includes('tag') ? ['tags'] : []),
      ...(by.some((key) => key.startsWith('metadata.')) ? ['metadata'] : []),
    ],
  }
}

function placesOf<Keys extends readonly string[]>(keys: Keys): Places<Keys> {
  return Object.fromEntries(keys.map((key, i) => [key, i])) as Places<Keys>
}
