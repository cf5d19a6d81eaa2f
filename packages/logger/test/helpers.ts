import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import { validateRecord } from '@recount/record/validate'
import type { LoggerOptions } from '../src/options.ts'
import { type Recorder, recorder } from '../src/testing.ts'

type Line = Readonly<Record<string, unknown>>

/** Every record among the lines is valid; ordinary pino lines are not looked at. */
export function assertValid(lines: readonly Line[]): void {
  for (const line of lines) {
    if (line.recount === undefined) continue
    assert.deepEqual(validateRecord(line), [], JSON.stringify(line))
  }
}

/** A recorder whose records must all be valid when the test ends. */
export function validRecorder(
  t: TestContext,
  options: Omit<LoggerOptions, 'destination' | 'transport'> = {},
): Recorder {
  const made = recorder(options)
  t.after(() => assertValid(made.lines))
  return made
}
