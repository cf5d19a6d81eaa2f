import { existsSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { AnalyzeError, expandInputs, type Input } from '@recount/analyze'
import { CliError } from './errors.ts'
import { plural } from './numbers-text.ts'
import { plainLine } from './plain-text.ts'
import { stdinSpeaks } from './stdin.ts'
import { withoutPassword } from './store/address.ts'
import type { Terminal } from './terminal.ts'

/** What is read where no files are named. */
export const DEFAULT_PATTERN = './logs/**/*.jsonl*'

/** The inputs that were named; without names what is piped in, else those of `./logs`, and it says so. */
export async function chooseInputs(
  patterns: readonly string[],
  terminal: Terminal,
): Promise<Input[]> {
  return patterns.length > 0 ? expandInputs(patterns) : discover(terminal)
}

/** The same, with the content files that lie beside the named ones. */
export async function chooseInputsWithContent(
  patterns: readonly string[],
  terminal: Terminal,
): Promise<Input[]> {
  const named = await chooseInputs(patterns, terminal)
  const paths = named.flatMap(({ path }) => path ?? [])
  const folders = new Set(paths.map((path) => join(dirname(path), 'content')))
  const beside = (await Promise.all([...folders].map(contentFiles))).flat()
  return beside.length === 0 ? named : expandInputs([...named.map(({ name }) => name), ...beside])
}

async function discover(terminal: Terminal): Promise<Input[]> {
  const piped = await stdinSpeaks()
  if (piped === 'yes') {
    terminal.say('Reading stdin: no FILES were named')
    return expandInputs(['-'])
  }
  if (piped === 'silent')
    terminal.say('stdin is a pipe on which nothing comes, so it is left out; say - to wait for it')
  sayWhichDatabaseIsNotRead(terminal)
  const inputs = await expandInputs([DEFAULT_PATTERN]).catch((error: unknown) => {
    if (!(error instanceof AnalyzeError) || error.code !== 'ANALYZE_INPUT_NOT_FOUND') throw error
    throw new CliError(
      'CLI_NO_INPUT',
      `No files were named, and none match ${DEFAULT_PATTERN}. Name the log files to read, or - for stdin`,
    )
  })
  terminal.say(`Reading ${DEFAULT_PATTERN} (${plural(inputs.length, 'file')})`)
  return inputs
}

function sayWhichDatabaseIsNotRead(terminal: Terminal): void {
  const { RECOUNT_DB } = process.env
  const database = RECOUNT_DB
    ? `$RECOUNT_DB (${plainLine(withoutPassword(RECOUNT_DB))})`
    : './recount.db'
  if (RECOUNT_DB || existsSync('recount.db'))
    terminal.say(`${database} is left out: this command reads files`)
}

async function contentFiles(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => [])
  return names
    .filter((name) => /\.jsonl(\.gz)?$/.test(name))
    .sort()
    .map((name) => join(folder, name))
}
