import type { ContentAsk } from '@recount/logger'
import type { LlmCall } from '@recount/record'
import { withLabels } from '../call-labels.ts'
import { CaptureError } from '../errors.ts'
import { type CaptureOptions, type ResolvedOptions, resolveOptions } from '../options.ts'
import { kindOf } from '../sdk/clients.ts'
import { instrument } from '../sdk/instrument.ts'
import { type OpenCall, openCall } from '../sdk/open-call.ts'
import { runRecorded } from '../sdk/run-recorded.ts'
import { clientCall, type DebugClient, type DebugRequest, type ResponseOf } from './client-call.ts'
import { collectRecord } from './collect-record.ts'
import { type DebugJob, debugOf, labelsOf, stepOf, workflowOf } from './job.ts'
import { plainAnswer, plainRequest } from './plain-call.ts'

/** Options of `createDebug`: those of all capture, and these. `fetch`, `baseUrls` and `copyBytes` are for clients of SDKs. */
export interface DebugOptions<Client extends DebugClient = DebugClient> extends CaptureOptions {
  /** Who is asked by `callLlm`: a client of a supported SDK, an object with `complete(request)`, or a function. */
  client?: Client
  /** Keeps content of all calls, or of none; default: as the logger does. Policy and environment can only allow less. */
  enabled?: boolean
  /** The same for workflows, by name; a job's own `debug` is nearer. */
  workflows?: Readonly<Record<string, boolean>>
}

/** Options of a call; all others go to the client as they are. */
export interface DebugCallOptions {
  model: string
  system?: unknown
  /** What this step received from earlier ones. */
  upstreamContext?: unknown
  /** Keeps content of this call, or does not. */
  debug?: boolean
  [option: string]: unknown
}

/** A request that was logged by hand, until its response is. */
export interface DebugEntry {
  readonly trace_id: string
  readonly span_id: string
}

/** Records what each step of a workflow asks a model, and what it got. */
export interface Debug<Response = unknown> {
  /** Asks the client and gives its response as it is, with the line that was recorded; throws what the client throws. */
  callLlm(
    job: DebugJob,
    messages: readonly unknown[],
    options: DebugCallOptions,
  ): Promise<{ response: Response; record: LlmCall | undefined }>
  /** Before a request that you send yourself. */
  logRequest(job: DebugJob, request: DebugRequest): DebugEntry
  /** After its response. */
  logResponse(entry: DebugEntry, response: unknown): void
  /** After its failure. */
  logError(entry: DebugEntry, error: unknown): void
  /** What a step received from earlier ones, apart from any prompt. */
  logUpstreamContext(job: DebugJob, upstream: unknown): void
  /** Whether content is kept, where no workflow or call says otherwise. */
  enabled(): boolean
  /** Whether content of this job is kept. */
  enabledFor(job: DebugJob): boolean
}

/** Makes the step-debugging API over a client. Throws `CAPTURE_OPTION_INVALID`, and `CAPTURE_CLIENT_UNKNOWN` for a client that it cannot ask. */
export function createDebug<Client extends DebugClient>(
  options: DebugOptions<Client> = {},
): Debug<ResponseOf<Client>> {
  checkObject('options', 'an object', options)
  const { client, enabled, workflows, ...capture } = options
  const settings = { enabled, workflows }
  checkSettings(settings)
  const resolved = resolveOptions(capture, ['client', 'enabled', 'workflows'])
  const ask = client === undefined ? undefined : asking(client, capture, resolved)
  const provider = nameOf(resolved)
  const entries = new WeakMap<DebugEntry, OpenCall>()
  const wanted = (job: object, call?: boolean): boolean | undefined =>
    call ?? debugOf(job) ?? settings.workflows?.[workflowOf(job) ?? ''] ?? settings.enabled
  const keeps = (content: ContentAsk | undefined): boolean =>
    resolved.logger.captures(content === undefined ? {} : { content }).parts.length > 0
  return {
    async callLlm(job, messages, options) {
      if (ask === undefined) throw withoutClient()
      checkCall(job, messages, options)
      const { upstreamContext, debug, ...given } = options
      const labels = { ...labelsOf(job), ...asked(wanted(job, debug)), upstream: upstreamContext }
      const request = { ...given, messages }
      const { value, record } = await collectRecord(resolved.logger, () =>
        withLabels(labels, () => ask(request)),
      )
      return { response: value as never, record }
    },
    logRequest(job, request) {
      const labels = { ...labelsOf(job), ...asked(wanted(job)) }
      const hooked = { provider, request: plainRequest(request) }
      const call = withLabels(labels, () => openCall(resolved, hooked))
      const { trace_id = '', span_id = '' } = call?.handle ?? {}
      const entry = { trace_id, span_id }
      if (call !== undefined) entries.set(entry, call)
      return entry
    },
    logResponse: (entry, response) => entries.get(entry)?.end(plainAnswer(response)),
    logError: (entry, error) => entries.get(entry)?.fail(error),
    logUpstreamContext(job, upstream) {
      const { step_attempt: attempt, step: _, ...labels } = labelsOf(job)
      const bindings = { ...labels, ...(attempt && { attempt }), ...asked(wanted(job)), upstream }
      resolved.logger.step(stepOf(job) ?? 'step', bindings, () => {})
    },
    enabled: () => keeps(settings.enabled),
    enabledFor: (job) => keeps(wanted(job)),
  }
}

function asked(content: boolean | undefined): { content?: boolean } {
  return content === undefined ? {} : { content }
}

type Ask = (request: DebugRequest) => Promise<unknown>

/** Clients of SDKs are recorded by what goes over the wire; of others what goes in and what comes out is recorded. */
function asking(client: DebugClient, capture: CaptureOptions, options: ResolvedOptions): Ask {
  const provider = nameOf(options)
  if (kindOf(client) !== undefined) {
    const call = clientCall(instrument(client, capture))
    if (call !== undefined) return async (request) => call(request)
  }
  const call = clientCall(client)
  if (call === undefined) throw unaskable(client)
  return (request) =>
    runRecorded<unknown>(
      options,
      { provider, request: () => plainRequest(request) },
      () => call(request),
      (open, response) => {
        open.end(plainAnswer(response))
        return response
      },
    )
}

/** Whose model it is, where the client does not tell. */
function nameOf({ provider = 'unknown' }: ResolvedOptions): string {
  return typeof provider === 'string' ? provider : provider.name
}

function checkCall(job: unknown, messages: unknown, options: unknown): void {
  checkObject('job', 'an object', job)
  checkObject('options', 'an object with the `model`', options)
  if (!Array.isArray(messages)) throw invalid('Expected `messages` to be a list', messages)
}

function checkObject(name: string, expected: string, value: unknown): void {
  if (typeof value !== 'object' || value === null)
    throw invalid(`Expected \`${name}\` to be ${expected}`, value)
}

function checkSettings({
  enabled,
  workflows,
}: {
  readonly enabled: unknown
  readonly workflows: unknown
}): void {
  if (enabled !== undefined && typeof enabled !== 'boolean')
    throw invalid('Expected `enabled` to be true or false', enabled)
  const values = Object.values(workflows ?? {})
  if (typeof workflows === 'string' || values.some((value) => typeof value !== 'boolean'))
    throw invalid('Expected `workflows` to be an object of names with true or false', workflows)
}

function invalid(expected: string, got: unknown): CaptureError {
  return new CaptureError('CAPTURE_OPTION_INVALID', `${expected}, got ${typeof got}`)
}

function withoutClient(): CaptureError {
  return new CaptureError(
    'CAPTURE_OPTION_INVALID',
    'Expected `client` to be set for `callLlm`, got nothing; give one to `createDebug`',
  )
}

function unaskable(client: object): CaptureError {
  return new CaptureError(
    'CAPTURE_CLIENT_UNKNOWN',
    `Expected a client that can be asked, got ${client.constructor?.name ?? typeof client}; give an object with \`complete(request)\`, or a function`,
  )
}
