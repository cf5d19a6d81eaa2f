import { randomUUID } from 'node:crypto'
import { open, readFile, rename, rm } from 'node:fs/promises'
import { isRow, type KnownUnit } from '@recount/record/shapes'
import type { CarriedSpans } from '../count/open-spans.ts'
import { AnalyzeError } from '../errors.ts'
import type { Fingerprint } from './fingerprint.ts'

/** Where lines begin that have more parts: the place of the first, and how many lines after it each begins. */
interface BegunParts {
  readonly from: number
  readonly lines: readonly number[]
}

/** A log that was read. */
export interface KnownLog extends Fingerprint {
  /** Where it was last. */
  readonly path: string
  /** Device and inode, as it was last. */
  readonly inode: string
  /** Size and times of the file when it was read; with the same inode and these it has not changed. */
  readonly stamp: string
  /** Bytes of its last line that has no end yet; 0 where there is none. */
  readonly waiting?: number
  /** Lines of which a container runtime has not written all parts; absent where there are none. */
  readonly parts?: BegunParts
  /** Runs since it was seen. */
  readonly unseen: number
}

/** Units of the log at a path. */
export type UnitsByPath = Readonly<Record<string, readonly KnownUnit[]>>

/** What is remembered from run to run. */
export interface RunState {
  readonly logs: readonly KnownLog[]
  /** By the path of a log: units that its values told, so that all runs read them alike. */
  readonly units: UnitsByPath
  /** Calls that had begun and not ended. */
  readonly carried: CarriedSpans
}

const VERSION = 1

/** Reads what earlier runs left; nothing where there is no file. ANALYZE_STATE_INVALID where it is no such file. */
export async function readState(path: string): Promise<RunState> {
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT')
      return { logs: [], units: {}, carried: { interrupted: [], open: [] } }
    throw stateInvalid(path, `cannot be read: ${(error as Error).message}`, error)
  }
  const state = parsed(text)
  if (state === undefined)
    throw stateInvalid(
      path,
      'is no state of this version of `analyze`; name another, or delete it to read all logs anew',
    )
  return state
}

function parsed(text: string): RunState | undefined {
  try {
    const value: unknown = JSON.parse(text)
    if (!isRow(value) || value.version !== VERSION) return undefined
    // What was written before there was a list of those that were reported has none.
    const { logs, open: spans, interrupted = [], units = {} } = value
    const isState = Array.isArray(logs) && logs.every(isLog) && isTexts(spans)
    return isState && isTexts(interrupted) && areUnits(units)
      ? { logs, units, carried: { interrupted, open: spans } }
      : undefined
  } catch {
    return undefined
  }
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string')
}

function areUnits(value: unknown): value is UnitsByPath {
  const areTexts = (unit: unknown) => isRow(unit) && isTexts([unit.key, unit.path, unit.unit])
  return (
    isRow(value) &&
    Object.values(value).every((list) => Array.isArray(list) && list.every(areTexts))
  )
}

const LOG_TEXTS = ['path', 'inode', 'stamp', 'head', 'tail']

function isLog(log: unknown): log is KnownLog {
  if (!isRow(log) || !LOG_TEXTS.every((key) => typeof log[key] === 'string')) return false
  // What was written before lines waited has none.
  const { offset, unseen, waiting = 0, parts = { from: 0, lines: [] } } = log
  if (!isRow(parts) || !Array.isArray(parts.lines)) return false
  return [offset, unseen, waiting, parts.from, ...parts.lines].every((number) =>
    Number.isSafeInteger(number),
  )
}

/** Writes it so that after a crash there is the old state or the new one. */
export async function writeState(path: string, { logs, units, carried }: RunState): Promise<void> {
  const temporary = `${path}.${randomUUID()}.tmp`
  try {
    const file = await open(temporary, 'w', 0o600)
    try {
      await file.writeFile(`${JSON.stringify({ version: VERSION, logs, units, ...carried })}\n`)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(temporary, path)
  } catch (error) {
    await rm(temporary, { force: true })
    throw stateInvalid(path, `cannot be written: ${(error as Error).message}`, error)
  }
}

/** An error of the state file, that says what is wrong with it. */
export function stateInvalid(path: string, what: string, cause?: unknown): AnalyzeError {
  return new AnalyzeError('ANALYZE_STATE_INVALID', `The state ${path} ${what}`, { cause })
}
