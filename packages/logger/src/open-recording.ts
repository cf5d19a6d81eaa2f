import { dirname, join } from 'node:path'
import type { WatchedPolicy } from '@recount/policy'
import type { PolicyChanged } from '@recount/record'
import { derivedKeys, ephemeralKey, type Key, type KeyProvider, loadKeyFile } from '@recount/redact'
import { createAuditJoin } from './audit-join.ts'
import { contentFlags } from './captures.ts'
import type { Clock } from './clock.ts'
import { DEFAULT_CONTENT_BUDGET } from './content-plane.ts'
import { createDecisions, type Decisions } from './decisions.ts'
import { dailyFiles } from './destination/daily-files.ts'
import { file } from './destination/file.ts'
import { createDiagnoses } from './diagnoses.ts'
import type { Environment } from './environment.ts'
import { read } from './fields.ts'
import { createHeldMemory } from './held-content.ts'
import { createIncidents, type IncidentLog } from './incidents.ts'
import { isStream, type LoggerOptions } from './options.ts'
import type { AnyPino } from './pino-internals.ts'
import { writePolicyChanged } from './policy-line.ts'
import { openPolicy } from './policy-source.ts'
import { processLog } from './process-log.ts'
import { createProfiles } from './profiles.ts'
import type { Writing } from './record-writer.ts'
import type { Recording } from './recording.ts'
import { createSinks, type LineSink, MAIN_SINK } from './sinks.ts'
import { warnOnce } from './warnings.ts'

/** What a logger has before it records. */
export interface Surroundings {
  readonly environment: Environment
  readonly clock: Clock
  readonly writing: Writing
  /** The output is for people to read. */
  readonly readable: boolean
}

/** What a logger records with, and what it opened for it. */
export interface OpenedRecording {
  readonly recording: Recording
  readonly policy: WatchedPolicy | undefined
  /** Destinations beside the logger's own, to be asked for what they dropped. */
  readonly destinations: readonly unknown[]
}

/** Opens keys, redaction profiles, the policy, sinks and content files. Throws `POLICY_INVALID`, `POLICY_FILE_UNREADABLE`, `DIAGNOSE_RULES_INVALID`, `DIAGNOSE_RULES_UNREADABLE`, and `createRedactor`'s errors. */
export function openRecording(
  root: AnyPino,
  options: LoggerOptions,
  { environment, clock, writing, readable }: Surroundings,
): OpenedRecording {
  const keys = options.keys ?? keysOf(options.keyFile ?? environment.keyFile)
  const profiles = createProfiles(options.profiles ?? {}, keys)
  const { named, bindings } = openSinks(options.sinks ?? {})
  let recording: Recording | undefined
  let first: PolicyChanged | undefined
  const policy =
    options.policy === undefined
      ? undefined
      : openPolicy(options.policy, {
          profiles: profiles.names,
          sinks: [MAIN_SINK, ...Object.keys(named)],
          clock: () => clock.wall(),
          reloadOn: options.reloadOn,
          audit: options.audit,
          onChange(change) {
            if (recording === undefined) first = change
            else writePolicyChanged(recording, root, change)
          },
        })
  const folder = options.contentFolder ?? contentFolder(options, environment)
  const files = dailyFiles({ folder })
  const decisions = createDecisions({
    environment,
    option: options.content,
    readable,
    policy: policy?.deciding,
  })
  recording = {
    clock,
    writing,
    decisions,
    profiles,
    sinks: createSinks(named, (name) => bindings.get(name) ?? policy?.bindings().get(name)),
    diagnoses: createDiagnoses(clock, options.diagnose),
    incidents: createIncidents(clock, options.slowMs, options.budgets),
    processLog: (ids) => processLog(root as unknown as IncidentLog, writing, ids),
    held: createHeldMemory(),
    contentFiles: files,
    contentBudget: options.contentBudget ?? DEFAULT_CONTENT_BUDGET,
    conversations: environment.saveConversations,
    environment: options.environment ?? environment.environment,
    service: options.service ?? environment.service,
    audit: options.audit && createAuditJoin(options.audit),
  }
  if (first !== undefined) writePolicyChanged(recording, root, first)
  if (policy === undefined) sayWhatFlagsDo(environment, options, decisions, folder)
  return { recording, policy: policy?.watched, destinations: [files, ...Object.values(named)] }
}

interface OpenedSinks {
  readonly named: Readonly<Record<string, LineSink>>
  /** Tenants that the option itself binds sinks to, whatever policy comes. */
  readonly bindings: ReadonlyMap<string, string>
}

function openSinks(sinks: NonNullable<LoggerOptions['sinks']>): OpenedSinks {
  const named: Record<string, LineSink> = {}
  const bindings = new Map<string, string>()
  for (const [name, given] of Object.entries(sinks)) {
    const bound =
      typeof given === 'object' && 'to' in given ? given : { to: given, tenant: undefined }
    named[name] = isStream(bound.to) ? bound.to : file(bound.to)
    if (bound.tenant !== undefined) bindings.set(name, bound.tenant)
  }
  return { named, bindings }
}

/** The key is read (or made) when it is first needed. */
function keysOf(path: string | false): KeyProvider {
  let key: Key | undefined
  return derivedKeys(() => {
    key ??= openKey(path)
    return key
  })
}

function openKey(path: string | false): Key {
  if (path === false) return ephemeralKey()
  try {
    return loadKeyFile(path)
  } catch (error) {
    warnOnce(
      'LOGGER_KEY_UNAVAILABLE',
      `The key file ${path} cannot be used (${(error as Error).message}); digests of this process will not match those of others`,
    )
    return ephemeralKey()
  }
}

/** Beside the log file, where we know one: a path, `file()`, or a file stream of Node's. */
function contentFolder({ destination }: LoggerOptions, environment: Environment): string {
  const path = typeof destination === 'object' ? read(destination, 'path') : destination
  const known = typeof path === 'string' ? path : environment.logFile
  return join(known === undefined ? 'logs' : dirname(known), 'content')
}

/** In production flags open nothing, or something that somebody should know of: either is said once. */
function sayWhatFlagsDo(
  environment: Environment,
  { content }: LoggerOptions,
  decisions: Decisions,
  folder: string,
): void {
  const asking = contentFlags(environment)
  if (content === 'files' || content === 'inline') asking.push(`the option content: '${content}'`)
  if (!environment.production || asking.length === 0) return
  if (!environment.debugInProduction) {
    warnOnce(
      'LOGGER_FLAG_IGNORED',
      `${asking.join(', ')} ignored because NODE_ENV is production; set LLM_DEBUG_IN_PRODUCTION=1 to store content of model calls all the same`,
    )
    return
  }
  const wishes = { call: undefined, workflow: undefined }
  const { parts, place, conversations } = decisions.captures({ event: 'llm_call' }, wishes)
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
