import { randomUUID } from 'node:crypto'
import type { LlmCallHandle, LlmResult } from '@recount/logger'
import { type AttemptedRequest, type AttemptLinks, linksOf, rememberFailure } from '../attempts.ts'
import { currentLabels } from '../call-labels.ts'
import { callResult } from '../call-result.ts'
import { providerFailure } from '../fetch/failures.ts'
import { heldState, rememberAnswer } from '../held-state.ts'
import type { ResolvedOptions } from '../options.ts'
import type { AnswerFacts, ProviderFailure, RequestFacts } from '../provider.ts'
import { safely } from '../safely.ts'
import { withShortModel } from '../short-names.ts'
import { recordToolResults, rememberTools } from '../tool-results.ts'

/** A model call that an SDK's own hook tells of. */
export interface HookedCall {
  readonly provider: string
  readonly request: RequestFacts
  /** The signal given to the SDK. */
  readonly signal?: AbortSignal | undefined
}

/** A recorded call until its ending. Nothing here throws; only the first ending counts. */
export interface OpenCall {
  readonly handle: LlmCallHandle
  readonly model: string
  firstToken(): void
  /** The answer is there, whole, cut short or stopped by the caller. */
  end(answer: AnswerFacts, status?: 'ok' | 'partial' | 'aborted'): void
  fail(error: unknown, answer?: AnswerFacts): void
}

/** Opens a call that is recorded here; undefined where recording it failed. */
export function openCall(options: ResolvedOptions, hooked: HookedCall): OpenCall | undefined {
  return safely(() => {
    const { provider, signal } = hooked
    const request = withShortModel(hooked.request)
    const { model, operation, stream, params, system, input, tools } = request
    const { logger } = options
    const place = logger.traceparent()
    const attempted = { place, provider, model, text: wordsOf(request), input, before: undefined }
    const links = linksOf(attempted)
    const { began: _, attempt, ...before } = links
    recordToolResults(logger, place, input)
    const handle = logger.start({
      event: 'llm_call',
      provider,
      model,
      operation,
      stream,
      params: { ...params },
      system,
      input,
      tools,
      ...(Array.isArray(input) && { context_window: { messages: input.length } }),
      ...heldState(request),
      ...(attempt > 1 && { attempt }),
      ...before,
      ...(options.content !== undefined && { content: options.content }),
      ...(signal !== undefined && { signal }),
      ...currentLabels(),
    })
    return recorded({ options, hooked: { ...hooked, request }, handle, attempted, links })
  })
}

interface Opened {
  readonly options: ResolvedOptions
  readonly hooked: HookedCall
  readonly handle: LlmCallHandle
  readonly attempted: AttemptedRequest
  readonly links: AttemptLinks
}

/** What makes two requests the same, where no wire text is seen; one that cannot be told is like no other. */
function wordsOf({ params, system, input, tools }: RequestFacts): string {
  return safely(() => JSON.stringify([params, system, input, tools])) ?? randomUUID()
}

function recorded({ options, hooked, handle, attempted, links }: Opened): OpenCall {
  const { provider, request } = hooked
  const { attempt, began = performance.now() } = links
  const time = Date.now()
  const resultOf = (facts: AnswerFacts, isCut: boolean): LlmResult =>
    safely(() => callResult({ options, provider, request, facts, time, isCut })) ?? facts
  const over = (answer: AnswerFacts): void => {
    safely(() => {
      rememberAnswer(answer.response_id, handle.span_id)
      rememberTools(handle, attempted.place, answer)
    })
  }
  const fail = (error: unknown, answer: AnswerFacts = {}): void => {
    handle.fail(error, {
      ...(answer.output === undefined ? answer : resultOf(answer, true)),
      ...lengthOf(links),
    })
    over(answer)
    safely(() => {
      const { trace_id, span_id } = handle
      rememberFailure(attempted, { attempt, span_id, trace_id, began })
    })
  }
  return {
    handle,
    model: request.model,
    firstToken: () => handle.firstToken(),
    end(answer, status = 'ok') {
      if (answer.failure !== undefined) return fail(errorOf(answer.failure), answer)
      handle.end({ ...resultOf(answer, status !== 'ok'), ...lengthOf(links), status })
      over(answer)
    },
    fail,
  }
}

/** The whole call with the attempts that failed. */
function lengthOf({ began }: AttemptLinks): LlmResult {
  return began === undefined ? {} : { call_duration_ms: performance.now() - began }
}

/** An error that a provider put into an answer, as an error. */
function errorOf(failure: ProviderFailure): Error {
  return Object.assign(new Error(failure.message), providerFailure(failure))
}
