import { Argument, InvalidArgumentError } from 'commander'

/** Runs a command and keeps its exit code. */
export type Run = (command: Promise<number>) => Promise<void>

/** The files that a reading command takes. */
export function files(): Argument {
  return new Argument('[files...]', 'paths, patterns, - for stdin; .gz is read too').default(
    [],
    'what is piped in, else ./logs/**/*.jsonl*',
  )
}

/** The trace that a command is about. */
export function trace(): Argument {
  return new Argument(
    '[trace]',
    'trace id, span id, message id, or 6 or more characters of an id; without it the last trace',
  )
}

/** The values of an option that may be given several times. */
export function collect(value: string, before: readonly string[] = []): string[] {
  return [...before, value]
}

/** A whole number from 0 up. */
export function wholeNumber(value: string): number {
  if (!/^\d{1,9}$/.test(value)) throw new InvalidArgumentError('Expected a whole number from 0 up.')
  return Number(value)
}

/** Examples below a help text. */
export function examples(lines: readonly string[]): string {
  return `\nExamples:\n${lines.map((line) => `  ${line}\n`).join('')}`
}
