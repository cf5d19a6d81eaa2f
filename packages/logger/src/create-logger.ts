import { hostname } from 'node:os'
import type { WatchedPolicy } from '@recount/policy'
import {
  type Bindings,
  type ChildLoggerOptions,
  type DestinationStream,
  type Logger as PinoLogger,
  pino,
} from 'pino'
import { systemClock } from './clock.ts'
import { contextFields } from './context-fields.ts'
import { maskedForCut } from './cut.ts'
import type { Destination, DropReport } from './destination/destination.ts'
import { file } from './destination/file.ts'
import { stdout } from './destination/stdout.ts'
import { type Environment, isDebugging, readEnvironment } from './environment.ts'
import { jsonMembers } from './json.ts'
import { lineThroughDoor } from './line-door.ts'
import { openRecording } from './open-recording.ts'
import { checkOptions, isStream, type LoggerOptions } from './options.ts'
import { lineEnd, lineStart, plainness } from './pino-internals.ts'
import { readable } from './readable.ts'
import { SELF_KEYS } from './record-bindings.ts'
import type { Writing } from './record-writer.ts'
import { attachRecording, type Recording } from './recording.ts'
import { addRecordingMethods, type RecordingMethods } from './recording-methods.ts'
import { warnOnce } from './warnings.ts'

/** A pino logger that records model calls. Everything pino has keeps working. */
export type Logger<CustomLevels extends string = never> = Omit<PinoLogger<CustomLevels>, 'child'> &
  RecordingMethods & {
    child<ChildLevels extends string = never>(
      bindings: Bindings,
      options?: ChildLoggerOptions<ChildLevels>,
    ): Logger<CustomLevels | ChildLevels>
    /** The policy of the option `policy` where that is a file: what is in force, and how to change it. */
    readonly policy: WatchedPolicy | undefined
  }

/** Makes a logger. Throws `LOGGER_OPTION_INVALID` for an option it does not understand, `POLICY_INVALID` or `POLICY_FILE_UNREADABLE` for a policy, `DIAGNOSE_RULES_INVALID` or `DIAGNOSE_RULES_UNREADABLE` for rules, and what pino throws for its own. */
export function createLogger<CustomLevels extends string = never>(
  options: LoggerOptions<CustomLevels>,
): Logger<CustomLevels>
export function createLogger(options?: LoggerOptions): Logger
export function createLogger(given: object = {}): object {
  const options: LoggerOptions = given
  checkOptions(options)
  const environment = readEnvironment(options.env)
  const stream = options.transport === undefined ? openDestination(options, environment) : undefined
  const opening: Opening = { writing: { plain: undefined, busy: false }, recording: undefined }
  const root = pino(pinoOptions(options, environment, opening), stream as DestinationStream)
  const isChanged =
    options.mixin !== undefined ||
    options.mixinMergeStrategy !== undefined ||
    options.hooks?.streamWrite !== undefined
  opening.writing.plain = isChanged ? undefined : plainness(root)

  const { recording, policy, destinations } = openRecording(root, options, {
    environment,
    clock: options.clock ?? systemClock(),
    writing: opening.writing,
    readable: isReadable(options, environment),
  })
  opening.recording = recording
  attachRecording(root, recording)
  for (const destination of [stream, ...destinations])
    if (isOurs(destination)) reportDrops(root, destination)
  if (options.reloadOn !== undefined && isOurs(stream))
    process.on(options.reloadOn, () => stream.reopen())
  addRecordingMethods(root)
  Object.defineProperty(root, 'policy', { value: policy })
  return root
}

/** What pino's hooks need and is made after pino. */
interface Opening {
  readonly writing: { plain: Writing['plain']; busy: boolean }
  recording: Recording | undefined
}

function openDestination(options: LoggerOptions, environment: Environment): DestinationStream {
  const { destination } = options
  if (isStream(destination)) return destination
  const path = destination ?? environment.logFile
  if (path !== undefined) return file(path)
  return isReadable(options, environment) ? readable(stdout(), environment.color) : stdout()
}

/** `LLM_DEBUG` is for a person at a terminal: files and other programs get JSON all the same. */
function isReadable({ destination, transport }: LoggerOptions, environment: Environment): boolean {
  const elsewhere = destination ?? transport ?? environment.logFile
  return isDebugging(environment) && elsewhere === undefined
}

/** pino's options: ours taken out, context on ordinary lines, who we are in the base. */
function pinoOptions(options: LoggerOptions, environment: Environment, opening: Opening): object {
  const {
    destination,
    policy,
    profiles,
    keys,
    sinks,
    budgets,
    audit,
    content,
    contentFolder,
    contentBudget,
    slowMs,
    keyFile,
    reloadOn,
    clock,
    env,
    ...rest
  } = options
  const { service, environment: place, release, commit, ...ours } = rest
  const identity = {
    service: service ?? environment.service,
    environment: place ?? environment.environment,
    release: release ?? environment.release,
    commit: commit ?? environment.commit,
  }
  const { mixin, hooks } = options
  // As in pino, a `base` of undefined means neither of them.
  const base = 'base' in options ? options.base : { pid: process.pid, hostname: hostname() }
  const allOfBase = options.base === null ? {} : { ...base, ...identity }
  const ownMembers = selfMembers({ ...allOfBase, ...(options.name && { name: options.name }) })
  return {
    level: levelOf(environment, options.customLevels),
    ...ours,
    ...(options.base === null ? {} : { base: allOfBase }),
    mixin: (fields: object, level: number, logger: PinoLogger) => {
      const own = mixin === undefined ? {} : mixin(fields, level, logger)
      const { writing, recording } = opening
      if (writing.busy || recording === undefined) return { ...own }
      return { ...contextFields(recording), ...own }
    },
    hooks: {
      ...hooks,
      streamWrite(line: string) {
        const text = hooks?.streamWrite === undefined ? line : hooks.streamWrite(line)
        const { recording } = opening
        return recording === undefined ? text : lineThroughDoor(recording, text, ownMembers)
      },
    },
  }
}

/** Who writes, as pino writes it: it is told as it is. Empty where the application has put more into `base`. */
function selfMembers(bindings: object): string {
  if (!Object.keys(bindings).every((key) => SELF_KEYS.includes(key))) return ''
  const members = JSON.stringify(bindings).slice(1, -1)
  return members && `,${members}`
}

function isOurs(stream: unknown): stream is Destination {
  return (
    typeof stream === 'object' && stream !== null && 'onReturn' in stream && 'dropped' in stream
  )
}

/** A sink that lost lines is a broken pipeline, the highest level there is. */
function reportDrops(root: PinoLogger, destination: Destination): void {
  destination.onReturn = (report: DropReport) => {
    const fields = { recount: 1, event: 'records_dropped', ...report }
    return `${lineStart(root, 60)}${jsonMembers(fields)}${lineEnd(root, 'records_dropped')}`
  }
}

/** A level that does not exist must not keep an application from starting. */
function levelOf(environment: Environment, customLevels: object | undefined): string {
  const { level } = environment
  const otherwise = isDebugging(environment) ? 'debug' : 'info'
  if (level === undefined) return otherwise
  const known = { ...pino.levels.values, ...customLevels }
  if (level === 'silent' || Object.hasOwn(known, level)) return level
  warnOnce('LOGGER_FLAG_IGNORED', `LOG_LEVEL ignored: there is no level \`${maskedForCut(level)}\``)
  return otherwise
}
