import { hostname } from 'node:os'
import { dirname, join } from 'node:path'
import {
  type Bindings,
  type ChildLoggerOptions,
  type DestinationStream,
  type Logger as PinoLogger,
  pino,
} from 'pino'
import { type CaptureSettings, contentFlags, decideCaptures } from './captures.ts'
import { systemClock } from './clock.ts'
import { createContentPlane } from './content-plane.ts'
import { contextFields } from './context-fields.ts'
import { dailyFiles } from './destination/daily-files.ts'
import type { Destination, DropReport } from './destination/destination.ts'
import { file } from './destination/file.ts'
import { stdout } from './destination/stdout.ts'
import { type Environment, readEnvironment } from './environment.ts'
import { read } from './fields.ts'
import { jsonMembers } from './json.ts'
import { checkOptions, isStream, type LoggerOptions } from './options.ts'
import { lineEnd, lineStart, plainness } from './pino-internals.ts'
import { readable } from './readable.ts'
import type { Writing } from './record-writer.ts'
import { attachRecording } from './recording.ts'
import { addRecordingMethods, type RecordingMethods } from './recording-methods.ts'
import { warnOnce } from './warnings.ts'

/** A pino logger that records model calls. Everything pino has keeps working. */
export type Logger<CustomLevels extends string = never> = Omit<PinoLogger<CustomLevels>, 'child'> &
  RecordingMethods & {
    child<ChildLevels extends string = never>(
      bindings: Bindings,
      options?: ChildLoggerOptions<ChildLevels>,
    ): Logger<CustomLevels | ChildLevels>
  }

const DEFAULT_CONTENT_BUDGET = 262_144

/** Makes a logger. Throws `LOGGER_OPTION_INVALID` for an option it does not understand, and what pino throws for its own. */
export function createLogger<CustomLevels extends string = never>(
  options: LoggerOptions<CustomLevels>,
): Logger<CustomLevels>
export function createLogger(options?: LoggerOptions): Logger
export function createLogger(given: object = {}): object {
  const options: LoggerOptions = given
  checkOptions(options)
  const environment = readEnvironment(options.env)
  const clock = options.clock ?? systemClock()
  const stream = options.transport === undefined ? openDestination(options, environment) : undefined
  const writing: { plain: Writing['plain']; busy: boolean } = { plain: undefined, busy: false }
  const root = pino(pinoOptions(options, environment, writing), stream as DestinationStream)
  const hasMixin = options.mixin !== undefined || options.mixinMergeStrategy !== undefined
  writing.plain = hasMixin ? undefined : plainness(root)

  const folder = options.contentFolder ?? contentFolder(options, environment)
  const settings = {
    environment,
    option: options.content,
    readable: isReadable(options, environment),
  }
  const files = dailyFiles({ folder })
  attachRecording(root, {
    clock,
    writing,
    plane: createContentPlane({
      files,
      writing,
      keyFile: options.keyFile ?? environment.keyFile,
      budget: options.contentBudget ?? DEFAULT_CONTENT_BUDGET,
    }),
    slow_ms: options.slowMs,
    conversations: environment.saveConversations,
    captures: (call, workflow) => decideCaptures(settings, call, workflow),
  })
  for (const destination of [stream, files]) if (isOurs(destination)) reportDrops(root, destination)
  if (options.reloadOn !== undefined && isOurs(stream))
    process.on(options.reloadOn, () => stream.reopen())
  sayWhatFlagsDo(settings, folder)
  addRecordingMethods(root)
  return root
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

/** In production `LLM_DEBUG` alone does nothing at all. */
function isDebugging({ debug, production, debugInProduction }: Environment): boolean {
  return debug && (!production || debugInProduction)
}

/** Beside the log file, where we know one: a path, `file()`, or a file stream of Node's. */
function contentFolder({ destination }: LoggerOptions, environment: Environment): string {
  const path = typeof destination === 'object' ? read(destination, 'path') : destination
  const known = typeof path === 'string' ? path : environment.logFile
  return join(known === undefined ? 'logs' : dirname(known), 'content')
}

/** pino's options: ours taken out, context on ordinary lines, who we are in the base. */
function pinoOptions(options: LoggerOptions, environment: Environment, writing: Writing): object {
  const {
    destination,
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
  const { mixin } = options
  // As in pino, a `base` of undefined means neither of them.
  const base = 'base' in options ? options.base : { pid: process.pid, hostname: hostname() }
  return {
    level: levelOf(environment, options.customLevels),
    ...ours,
    ...(options.base === null ? {} : { base: { ...base, ...identity } }),
    mixin: (fields: object, level: number, logger: PinoLogger) => {
      const own = mixin === undefined ? {} : mixin(fields, level, logger)
      return writing.busy ? { ...own } : { ...contextFields(), ...own }
    },
  }
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

/** In production flags open nothing, or something that somebody should know of: either is said once. */
function sayWhatFlagsDo(settings: CaptureSettings, folder: string): void {
  const { environment, option } = settings
  const asking = contentFlags(environment)
  if (option === 'files' || option === 'inline') asking.push(`the option content: '${option}'`)
  if (!environment.production || asking.length === 0) return
  if (!environment.debugInProduction) {
    warnOnce(
      'LOGGER_FLAG_IGNORED',
      `${asking.join(', ')} ignored because NODE_ENV is production; set LLM_DEBUG_IN_PRODUCTION=1 to store content of model calls all the same`,
    )
    return
  }
  const { parts, place, conversations } = decideCaptures(settings, undefined, undefined)
  const places = [
    ...(parts.length > 0 ? [place === 'inline' ? "the logger's own stream" : folder] : []),
    ...(conversations.length > 0 ? [environment.saveConversations] : []),
  ]
  if (places.length === 0) return
  warnOnce(
    'LOGGER_CONTENT_IN_PRODUCTION',
    `LLM_DEBUG_IN_PRODUCTION is set: ${asking.join(', ')} will store content of model calls in ${places.join(' and ')}`,
  )
}

/** A level that does not exist must not keep an application from starting. */
function levelOf(environment: Environment, customLevels: object | undefined): string {
  const { level } = environment
  const otherwise = isDebugging(environment) ? 'debug' : 'info'
  if (level === undefined) return otherwise
  const known = { ...pino.levels.values, ...customLevels }
  if (level === 'silent' || Object.hasOwn(known, level)) return level
  warnOnce('LOGGER_FLAG_IGNORED', `LOG_LEVEL ignored: there is no level \`${level}\``)
  return otherwise
}
