import { findLeaks, type Leak, type LeakSummary, SEARCHED_BYTES } from '../check/find-leaks.ts'
import { CliError, EXIT } from '../errors.ts'
import { chooseInputsWithContent } from '../inputs.ts'
import { plural } from '../numbers-text.ts'
import { plainJson, plainLine } from '../plain-text.ts'
import { readingProgress } from '../progress.ts'
import { type Paint, painter, type Terminal } from '../terminal.ts'

/** Options of `recount check --leaks`. */
export interface LeakOptions {
  readonly json?: boolean
  /** How many places are printed; all are counted. */
  readonly maxFindings: number
  readonly leaks: readonly string[]
}

const LEAST_CHARACTERS = 6

/** Searches files for texts that must not be in them; 1 when one is, and where a line cannot be searched. */
export async function checkLeaks(
  patterns: readonly string[],
  options: LeakOptions,
  terminal: Terminal,
): Promise<number> {
  for (const canary of options.leaks) {
    if (canary.length < LEAST_CHARACTERS)
      throw new CliError(
        'CLI_OPTION_INVALID',
        `Expected --leaks to be a text of at least ${LEAST_CHARACTERS} characters, got ${canary.length}: shorter ones stand everywhere by chance`,
      )
  }
  const inputs = await chooseInputsWithContent(patterns, terminal)
  const progress = await readingProgress(terminal, inputs, 'searching')
  const paint = painter(terminal.color)
  let printed = 0
  const summary = await findLeaks(inputs, options.leaks, {
    onBytes: progress.onBytes,
    onLeak(leak) {
      if (printed >= options.maxFindings) return
      printed += 1
      progress.end()
      terminal.print(`${options.json ? plainJson(leak) : leakText(leak, paint)}\n`)
    },
  }).finally(() => progress.end())
  const found = summary.leaks + summary.unread
  if (found > printed)
    terminal.say(`${plural(found - printed, 'more place')} not printed (--max-findings)`)
  if (options.json) terminal.say(JSON.stringify(summary))
  else terminal.print(`${summaryText(summary, paint)}\n`)
  return found > 0 ? EXIT.no : EXIT.done
}

function leakText({ file, line, canary, form }: Leak, paint: Paint): string {
  const place = paint('bold', line === 0 ? plainLine(file) : `${plainLine(file)}:${line}`)
  if (form !== 'unread') return `${place}: text ${canary} is here ${paint('dim', `(${form})`)}`
  const why = line === 0 ? 'cannot be decompressed' : `has more than ${SEARCHED_BYTES} bytes`
  return `${place}: not searched, it ${why} ${paint('dim', '(unread)')}`
}

function summaryText({ files, lines, leaks, unread }: LeakSummary, paint: Paint): string {
  const verdict =
    leaks > 0
      ? paint('red', `Found in ${plural(leaks, 'place')}`)
      : unread > 0
        ? paint('yellow', 'Not found, but not all was searched')
        : paint('green', 'Not found')
  return `${verdict}: ${plural(lines, 'line')} in ${plural(files, 'file')} searched`
}
