import { LoggerError } from '../errors.ts'

/** What an option may be. */
export type OptionKind = 'boolean' | 'bytes' | 'function' | 'limit' | 'mode' | 'path' | 'period'

/**
 * Throws `LOGGER_OPTION_INVALID` for an option that is not known, not of its kind, or required and not there; undefined
 * means not given.
 */
export function checkOptions(
  options: object,
  kinds: Readonly<Record<string, OptionKind>>,
  required: readonly string[] = [],
): void {
  if (typeof options !== 'object' || options === null) fail('options', 'an object', options)
  for (const [name, value] of Object.entries(options)) {
    const kind = kinds[name]
    if (kind === undefined) {
      const known = Object.keys(kinds).join('`, `')
      throw invalid(`Expected only the options \`${known}\`, got \`${name}\``)
    }
    const { isRight, expected } = CHECKS[kind]
    if (value !== undefined && !isRight(value)) fail(name, expected, value)
  }
  for (const name of required) {
    if (Reflect.get(options, name) === undefined) fail(name, 'given', undefined)
  }
}

interface Check {
  readonly isRight: (value: unknown) => boolean
  readonly expected: string
}

const CHECKS: Readonly<Record<OptionKind, Check>> = {
  boolean: { isRight: (value) => typeof value === 'boolean', expected: 'true or false' },
  bytes: { isRight: isCount, expected: 'an integer >= 1' },
  function: { isRight: (value) => typeof value === 'function', expected: 'a function' },
  limit: {
    isRight: (value) => value === Number.POSITIVE_INFINITY || isCount(value),
    expected: 'an integer >= 1, or Infinity',
  },
  mode: {
    isRight: (value) => Number.isInteger(value) && Number(value) >= 0 && Number(value) <= 0o777,
    expected: 'permission bits such as 0o640',
  },
  path: {
    isRight: (value) => typeof value === 'string' && value !== '' && !value.includes('\0'),
    expected: 'a path',
  },
  period: {
    isRight: (value) => value === 'day' || value === 'never',
    expected: "'day' or 'never'",
  },
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && Number(value) >= 1
}

function fail(name: string, expected: string, value: unknown): never {
  throw invalid(
    `Expected \`${name}\` to be ${expected}, got \`${String(value)}\` (${typeof value})`,
  )
}

function invalid(message: string): LoggerError {
  return new LoggerError('LOGGER_OPTION_INVALID', message)
}
