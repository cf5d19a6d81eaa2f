import { type CheckSummary, checkInputs, type LocatedFinding } from '../check/check-inputs.ts'
import { EXIT } from '../errors.ts'
import { chooseInputs } from '../inputs.ts'
import { countText, plural } from '../numbers-text.ts'
import { plainJson, plainLine } from '../plain-text.ts'
import { readingProgress } from '../progress.ts'
import { type Paint, painter, type Terminal } from '../terminal.ts'

/** Options of `recount check`. */
export interface CheckOptions {
  readonly json?: boolean
  /** How many findings are printed; all are counted. */
  readonly maxFindings: number
}

/** Checks files line by line; 1 when a line is not valid, and when there is no line to check. */
export async function checkFiles(
  patterns: readonly string[],
  options: CheckOptions,
  terminal: Terminal,
): Promise<number> {
  const inputs = await chooseInputs(patterns, terminal)
  const progress = await readingProgress(terminal, inputs, 'checking')
  const paint = painter(terminal.color)
  let printed = 0
  const summary = await checkInputs(inputs, {
    onBytes: progress.onBytes,
    onFinding(finding) {
      if (printed >= options.maxFindings) return
      printed += 1
      progress.end()
      terminal.print(`${options.json ? plainJson(finding) : findingText(finding, paint)}\n`)
    },
  }).finally(() => progress.end())
  const more = summary.findings - printed
  if (more > 0) terminal.say(`${plural(more, 'more finding')} not printed (--max-findings)`)
  const isNothing = summary.valid === 0 && summary.findings === 0
  if (isNothing) terminal.say('Warning: nothing to check: no line is a record of Recount')
  if (options.json) terminal.say(JSON.stringify(summary))
  else terminal.print(`${summaryText(summary, paint)}\n`)
  return summary.findings > 0 || isNothing ? EXIT.no : EXIT.done
}

function findingText({ file, line, key, rule, message }: LocatedFinding, paint: Paint): string {
  const place = line === 0 ? plainLine(file) : `${plainLine(file)}:${line}`
  const where = key === '/' ? '' : `${plainLine(key)} `
  return `${paint('bold', place)}: ${where}${plainLine(message)} ${paint('dim', `(${rule})`)}`
}

function summaryText(summary: CheckSummary, paint: Paint): string {
  const { files, lines, valid, not_ours, blank, invalid, damaged } = summary
  const broken = invalid + damaged > 0
  const verdict = broken
    ? paint('red', 'Not all valid')
    : valid > 0
      ? paint('green', 'All valid')
      : paint('yellow', 'Nothing checked')
  const parts = [
    `${countText(valid)} valid`,
    `${countText(invalid)} invalid`,
    ...(not_ours > 0 ? [plural(not_ours, 'other log line')] : []),
    ...(blank > 0 ? [plural(blank, 'blank line')] : []),
    ...(damaged > 0 ? [plural(damaged, 'damaged file')] : []),
  ]
  return `${verdict}: ${plural(lines, 'line')} in ${plural(files, 'file')}: ${parts.join(', ')}`
}
