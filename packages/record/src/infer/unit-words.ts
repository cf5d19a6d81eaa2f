import type { TimeUnit } from '../shapes/shape.ts'

const TIME_WORDS: readonly (readonly [TimeUnit, readonly string[]])[] = [
  ['ms', ['ms', 'msec', 'msecs', 'milli', 'millis', 'millisecond', 'milliseconds']],
  [
    'us',
    ['us', 'usec', 'usecs', 'micro', 'micros', 'microsecond', 'microseconds', 'µs', 'μs', 'mu'],
  ],
  ['ns', ['ns', 'nsec', 'nsecs', 'nano', 'nanos', 'nanosecond', 'nanoseconds']],
  ['s', ['s', 'sec', 'secs', 'second', 'seconds']],
]

const MONEY_WORDS: readonly (readonly [number, readonly string[]])[] = [
  [0.01, ['cent', 'cents', 'usc', '¢']],
  [1e-3, ['millicent', 'mill', 'mills', 'millidollar', 'millidollars', 'millis', 'milli']],
  [1e-6, ['micro', 'micros', 'microdollar', 'microdollars', 'microusd', 'microcent', 'micro_usd']],
  [1e-9, ['nano', 'nanos', 'nanodollar', 'nanodollars', 'nanousd']],
]
const DOLLAR_WORDS = ['usd', 'dollar', 'dollars', '$']
const OTHER_MONEY = [
  'eur',
  'euro',
  'euros',
  'gbp',
  'jpy',
  'cny',
  'rmb',
  'inr',
  'cad',
  'aud',
  'chf',
  'credit',
  'credits',
  'point',
  'points',
]

/** The unit of time that a word names; undefined for other words. */
export function timeUnitOf(word: string): TimeUnit | undefined {
  return TIME_WORDS.find(([, words]) => words.includes(word))?.[0]
}

/** What the words of a key say of a money's unit: a factor to dollars, or null where it is no dollars at all. */
export interface MoneyUnit {
  readonly scale: number | null
  /** Whether a word says so. */
  readonly named: boolean
  readonly words: readonly string[]
}

/** Finds the unit of money among words; millicents and microcents are told from millidollars. */
export function moneyUnitOf(words: readonly string[]): MoneyUnit {
  const used = words.filter((word) => isMoneyWord(word))
  const hasCent = used.some((word) => MONEY_WORDS[0]?.[1].includes(word))
  const small = MONEY_WORDS.slice(1).find(([, names]) => used.some((word) => names.includes(word)))
  if (used.some((word) => OTHER_MONEY.includes(word)))
    return { scale: null, named: true, words: used }
  if (used.some((word) => word === 'millicent')) return { scale: 1e-5, named: true, words: used }
  if (used.some((word) => word === 'microcent')) return { scale: 1e-8, named: true, words: used }
  if (small) return { scale: hasCent ? small[0] / 100 : small[0], named: true, words: used }
  return { scale: hasCent ? 0.01 : 1, named: used.length > 0, words: used }
}

/** Whether a word names a unit of money. */
export function isMoneyWord(word: string): boolean {
  return (
    DOLLAR_WORDS.includes(word) ||
    OTHER_MONEY.includes(word) ||
    MONEY_WORDS.some(([, names]) => names.includes(word))
  )
}
