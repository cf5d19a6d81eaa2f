import { once } from 'node:events'
import { expandInputs, type Input, readText } from '@recount/analyze'
import { createRedactor } from '@recount/redact'
import { EXIT } from '../errors.ts'
import { plural } from '../numbers-text.ts'
import { plainLine } from '../plain-text.ts'
import { redactLine } from '../redact/redact-lines.ts'
import { redactStream } from '../redact/redact-stream.ts'
import type { Terminal } from '../terminal.ts'
import { wholeLines } from '../whole-lines.ts'

/** Options of `recount redact`. */
export interface RedactCommandOptions {
  readonly json?: boolean
}

/** Redacts a text, or with `--json` lines `{text}`; 1 when a line is something else. */
export async function redactFile(
  file: string,
  options: RedactCommandOptions,
  terminal: Terminal,
): Promise<number> {
  const redact = createRedactor()
  let problems = 0
  for (const input of await expandInputs([file])) {
    if (options.json) problems += await redactLines(input, redact.text, terminal)
    else {
      for await (const piece of redactStream(readText(input), redact.findings)) {
        await write(piece, terminal)
      }
    }
  }
  if (problems > 0) terminal.say(`${plural(problems, 'line')} could not be redacted`)
  return problems > 0 ? EXIT.no : EXIT.done
}

async function redactLines(
  input: Input,
  redact: Parameters<typeof redactLine>[1],
  terminal: Terminal,
): Promise<number> {
  let problems = 0
  let number = 0
  for await (const line of wholeLines(readText(input))) {
    number++
    if (line.trim() === '') continue
    const { json, problem } = redactLine(line, redact)
    await write(`${json}\n`, terminal)
    if (problem === undefined) continue
    problems++
    if (problems <= 20) terminal.say(`${plainLine(input.name)}:${number}: ${problem}`)
  }
  return problems
}

/** Waits for a reader that is slower than we are. */
async function write(text: string, terminal: Terminal): Promise<void> {
  terminal.print(text)
  if (process.stdout.writableNeedDrain) await once(process.stdout, 'drain')
}
