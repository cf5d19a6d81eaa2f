import { type Input, readLines } from '@recount/analyze'
import type { Finding } from '@recount/record/validate'
import { checkLine } from './check-line.ts'

/** Something wrong in a log, and where. */
export interface LocatedFinding extends Finding {
  readonly file: string
  /** From 1; 0 when the file as a whole is damaged. */
  readonly line: number
}

/** What was looked at; every line is exactly one of valid, not ours (another log line), blank and invalid. */
export interface CheckSummary {
  files: number
  lines: number
  valid: number
  /** Lines of JSON without the key `recount`, such as ordinary pino lines. */
  not_ours: number
  blank: number
  invalid: number
  /** Files that cannot be decompressed to their end. */
  damaged: number
  findings: number
}

/** What the check tells while it runs. */
export interface CheckListener {
  onFinding(finding: LocatedFinding): void
  onBytes(bytes: number): void
}

/** Checks every line of the inputs, in constant memory. */
export async function checkInputs(
  inputs: readonly Input[],
  listener: CheckListener,
): Promise<CheckSummary> {
  const summary: CheckSummary = {
    files: inputs.length,
    lines: 0,
    valid: 0,
    not_ours: 0,
    blank: 0,
    invalid: 0,
    damaged: 0,
    findings: 0,
  }
  const found = (file: string, line: number, finding: Finding): void => {
    summary.findings += 1
    listener.onFinding({ file, line, ...finding })
  }
  for (const input of inputs) {
    const onDamage = (reason: string): void => {
      summary.damaged += 1
      found(input.name, 0, { key: '/', rule: 'gzip', message: reason })
    }
    for await (const line of readLines(input, { onBytes: listener.onBytes, onDamage })) {
      const verdict = checkLine(line)
      summary.lines += 1
      summary[verdict.kind] += 1
      if (verdict.kind !== 'invalid') continue
      for (const finding of verdict.findings) found(input.name, line.number, finding)
    }
  }
  return summary
}
