import type { LlmCallHandle } from '@recount/logger'
import { currentLabels } from '../call-labels.ts'
import type { ResolvedOptions } from '../options.ts'
import type { AnswerFacts, ProviderFailure, RequestFacts } from '../provider.ts'
import { listAt } from '../providers/json-values.ts'
import { safely } from '../warnings.ts'

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
    const { provider, request, signal } = hooked
    const { model, operation, stream, params, system, input, tools } = request
    const handle = options.logger.start({
      event: 'llm_call',
      provider,
      model,
      operation,
      stream,
      params: { ...params },
      system,
      input,
      tools,
      ...(options.content !== undefined && { content: options.content }),
      ...(signal !== undefined && { signal }),
      ...currentLabels(),
    })
    return recorded(handle, request)
  })
}

function recorded(handle: LlmCallHandle, request: RequestFacts): OpenCall {
  const offered = listAt(request, 'tools').length
  const result = (answer: AnswerFacts): AnswerFacts => ({
    ...answer,
    ...((offered > 0 || answer.tools !== undefined) && {
      tools: { ...(offered > 0 && { offered }), ...answer.tools },
    }),
  })
  return {
    handle,
    model: request.model,
    firstToken: () => handle.firstToken(),
    end(answer, status = 'ok') {
      const { failure } = answer
      if (failure === undefined) handle.end({ ...result(answer), status })
      else handle.fail(errorOf(failure), result(answer))
    },
    fail: (error, answer = {}) => handle.fail(error, result(answer)),
  }
}

/** An error that a provider put into an answer, as an error. */
function errorOf({ type, code, message }: ProviderFailure): Error {
  return Object.assign(new Error(message), { name: type, ...(code !== undefined && { code }) })
}
