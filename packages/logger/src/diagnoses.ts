import {
  createDiagnoser,
  type Diagnose,
  type DiagnoseContext,
  type Diagnosis,
  diagnose,
  fingerprint,
  type RuleFile,
  readRuleFile,
  toRecord,
} from '@recount/diagnose'
import {
  LEVELS,
  type Diagnosis as RecordedDiagnosis,
  type RecordedError,
  type Status,
} from '@recount/record'
import type { Clock } from './clock.ts'
import { OpenSpan } from './open-span.ts'
import type { AnyPino } from './pino-internals.ts'
import { messageOf, recordedError } from './recorded-error.ts'
import { recordingOf, safely } from './recording.ts'
import { warnOnce } from './warnings.ts'
import { withoutKnownEchoes } from './withheld.ts'

/** Rules of one’s own beside the built-in ones, or the path of a file of them; `false`: no diagnosis. */
export type DiagnoseOption = { readonly rules: RuleFile | string } | false

/** What a terminal line says of a failure. */
export interface Failure {
  readonly error: RecordedError
  readonly diagnosis?: RecordedDiagnosis
}

/** Tells apart the errors of a logger, so that each is told of once a window. */
export interface Diagnoses {
  /** What an error is; the same object is counted once, however many spans it passes through. */
  of(thrown: unknown, context: DiagnoseContext): Told
}

/** A diagnosis, and the window that is to be told of, where one began with it. */
export interface Told {
  readonly diagnosis: Diagnosis
  readonly window?: { readonly fingerprint: string; readonly count: number } | undefined
}

/** So long the same error is told of once. */
const WINDOW_MS = 60_000
/** More different errors than this are forgotten, oldest first. */
const MAX_ERRORS = 1000

/** Diagnoses that count; undefined where none are wanted. Throws `DIAGNOSE_RULES_INVALID`, `DIAGNOSE_RULES_UNREADABLE`. */
export function createDiagnoses(
  clock: Clock,
  option: DiagnoseOption | undefined,
): Diagnoses | undefined {
  if (option === false) return undefined
  const diagnose = diagnoserOf(option)
  const known = new WeakMap<object, Diagnosis>()
  const windows = new Map<string, { until: number; count: number }>()
  return {
    of(thrown, context) {
      const isObject = typeof thrown === 'object' && thrown !== null
      const before = isObject ? known.get(thrown) : undefined
      if (before !== undefined) return { diagnosis: before }
      const diagnosis = diagnose(thrown, { now: clock.wall(), ...context })
      if (isObject) known.set(thrown, diagnosis)
      return { diagnosis, window: count(windows, diagnosis, thrown, clock.monotonic()) }
    },
  }
}

function diagnoserOf(option: Exclude<DiagnoseOption, false> | undefined): Diagnose {
  if (option === undefined) return diagnose
  const rules = typeof option.rules === 'string' ? readRuleFile(option.rules) : option.rules
  const own = createDiagnoser({ rules })
  for (const { rule, other, evidence, category, otherCategory } of own.conflicts)
    warnOnce(
      'LOGGER_RULES_CONFLICT',
      `${rule} calls “${evidence}” ${category}, ${other} calls it ${otherCategory}; ${rule} holds`,
    )
  for (const id of own.redefined)
    warnOnce(
      'LOGGER_RULES_CONFLICT',
      `The rules define the built-in category ${id} anew; theirs holds`,
    )
  return own.diagnose
}

/** The count since the last line about this error, where its window is over; undefined while it is not. */
function count(
  windows: Map<string, { until: number; count: number }>,
  diagnosis: Diagnosis,
  thrown: unknown,
  now: number,
): Told['window'] {
  const key = fingerprint(diagnosis, messageOf(thrown))
  const seen = windows.get(key)
  const counted = (seen?.count ?? 0) + 1
  const isOpen = seen !== undefined && now < seen.until
  windows.delete(key)
  windows.set(
    key,
    isOpen ? { until: seen.until, count: counted } : { until: now + WINDOW_MS, count: 0 },
  )
  const oldest = windows.size > MAX_ERRORS ? windows.keys().next().value : undefined
  if (oldest !== undefined) windows.delete(oldest)
  return isOpen ? undefined : { fingerprint: key, count: counted }
}

/** What a span's terminal line says of what was thrown; the first of its kind in a window has a line of its own. */
export function failureOf(
  logger: AnyPino,
  span: OpenSpan,
  thrown: unknown,
  status: Status,
  context: DiagnoseContext = {},
): Failure {
  const error = withoutKnownEchoes(recordedError(thrown), span.context.trace)
  // Who stopped it knows why.
  if (status === 'aborted') return { error }
  const told = safely(() => recordingOf(logger).diagnoses?.of(thrown, context))
  if (told === undefined) return { error }
  const diagnosis = toRecord(told.diagnosis)
  if (told.window !== undefined) safely(() => writeDiagnosed(logger, span, told, diagnosis))
  return { error, diagnosis }
}

const SEVERITIES: Readonly<Record<Diagnosis['severity'], number>> = {
  critical: LEVELS.error,
  error: LEVELS.error,
  warning: LEVELS.warn,
  info: LEVELS.info,
}

function writeDiagnosed(
  logger: AnyPino,
  { trace_id, span_id, context }: OpenSpan,
  { diagnosis: { category, severity }, window }: Told,
  diagnosis: RecordedDiagnosis,
): void {
  const place = { trace_id, inherited: context.inherited }
  const line = new OpenSpan(logger, recordingOf(logger), place, { event: 'error_diagnosed' })
  const level = SEVERITIES[severity]
  line.settle(line.endedFacts(level))
  line.writeLoosely('error_diagnosed', level, {
    trace_id,
    span_id,
    category,
    ...window,
    window_ms: WINDOW_MS,
    diagnosis,
  })
}
