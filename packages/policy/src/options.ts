import type { CompileOptions } from './compile-policy.ts'
import { PolicyError } from './errors.ts'

/** Checks the options of `compilePolicy`; throws `POLICY_OPTION_INVALID`. */
export function checkCompileOptions({ clock, profiles, sinks }: CompileOptions): void {
  optional('clock', clock, 'a function', isFunction)
  optional('profiles', profiles, 'a list of names', isNames)
  optional('sinks', sinks, 'a list of names', isNames)
}

/** Throws `POLICY_OPTION_INVALID` where an option that is given is not what it must be. */
export function optional(
  name: string,
  value: unknown,
  expected: string,
  isGood: (value: unknown) => boolean,
): void {
  if (value === undefined || isGood(value)) return
  const got = typeof value === 'object' ? JSON.stringify(value) : `\`${String(value)}\``
  throw new PolicyError(
    'POLICY_OPTION_INVALID',
    `Expected \`${name}\` to be ${expected}, got ${got} (${typeof value})`,
  )
}

/** A function. */
export function isFunction(value: unknown): boolean {
  return typeof value === 'function'
}

/** A finite number above 0. */
export function isPositive(value: unknown): boolean {
  return typeof value === 'number' && Number.isFinite(value) && value > 0
}

function isNames(value: unknown): boolean {
  return Array.isArray(value) && value.every((name) => typeof name === 'string' && name !== '')
}
