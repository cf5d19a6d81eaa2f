import type { RecordedError, SpanLine, Status, TerminalLine } from '../line.ts'
import type { ContentRef } from './content.ts'
import type { Diagnosis } from './llm-call.ts'

/** A step (or a whole trace, when it has no `step`) began. */
export interface StepStarted extends SpanLine {
  event: 'step_started'
}

/** A step (or a whole trace, when it has no `step`) ended. */
export interface Step extends TerminalLine {
  event: 'step'
  /** How it ended. */
  status: Status
  /** What failed. */
  error?: RecordedError
  /** What it received from earlier steps, by digest. */
  content?: ContentRef[]
  /** What that failure is. */
  diagnosis?: Diagnosis
}
