import { Argument } from 'commander'

/** Runs a command, so that its exit code is that of the process. */
export type Run = (command: Promise<number>) => Promise<void>

/** The argument of commands that read files. */
export function files(): Argument {
  return new Argument('[files...]', 'paths, patterns, - for stdin; .gz is read too').default(
    [],
    'what is piped in, else ./logs/**/*.jsonl*',
  )
}

/** Examples, as they stand at the end of a help text. */
export function examples(lines: readonly string[]): string {
  return `\nExamples:\n${lines.map((line) => `  ${line}\n`).join('')}`
}
