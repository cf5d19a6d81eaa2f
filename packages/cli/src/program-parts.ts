import { InvalidArgumentError } from 'commander'

/** Runs a command and keeps its exit code. */
export type Run = (command: Promise<number>) => Promise<void>

/** Gathers the values of an option that may be repeated. */
export function collect(value: string, before: readonly string[] = []): string[] {
  return [...before, value]
}

/** A whole number from an option's value. */
export function wholeNumber(value: string): number {
  if (!/^\d{1,9}$/.test(value)) throw new InvalidArgumentError('Expected a whole number from 0 up.')
  return Number(value)
}

/** Examples as they stand below the options. */
export function examples(lines: readonly string[]): string {
  return `\nExamples:\n${lines.map((line) => `  ${line}\n`).join('')}`
}
