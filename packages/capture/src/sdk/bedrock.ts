import { recordedAbove } from '../once.ts'
import type { ResolvedOptions } from '../options.ts'
import type { AnswerFacts, RequestFacts } from '../provider.ts'
import { bedrockAnswer, bedrockReader, bedrockRequest } from '../providers/bedrock.ts'
import { safely } from '../warnings.ts'
import { holds, isFunction, isObject } from './client-kind.ts'
import { type OpenCall, openCall } from './open-call.ts'
import { watchIterable } from './watch-iterable.ts'

/** What AWS's SDK hands through its middleware stack. */
interface Handled {
  readonly response: unknown
  readonly output: Readonly<Record<string, unknown>>
}
type Handler = (args: { readonly input: unknown }) => Promise<Handled>
interface MiddlewareStack {
  clone(): MiddlewareStack
  add(middleware: object, options: object): void
}

/**
 * A client of Amazon Bedrock's runtime that records `Converse`, `ConverseStream`, `InvokeModel` and
 * `InvokeModelWithResponseStream`; undefined for other clients. Connections and settings are shared with the one given.
 */
export function recordBedrock(client: object, options: ResolvedOptions): object | undefined {
  if (!isBedrock(client)) return undefined
  const middlewareStack = client.middlewareStack.clone()
  middlewareStack.add(middleware(options), {
    step: 'initialize',
    name: 'recountCapture',
    priority: 'high',
    override: true,
  })
  return Object.create(client, {
    middlewareStack: { value: middlewareStack, writable: true, enumerable: true },
  })
}

function isBedrock(client: object): client is { middlewareStack: MiddlewareStack } {
  return holds(() => {
    const { middlewareStack, config } = client as { middlewareStack?: unknown; config?: unknown }
    const hasStack = isObject(middlewareStack) && isFunction(middlewareStack.clone)
    return hasStack && isObject(config) && config.serviceId === 'Bedrock Runtime'
  })
}

function middleware(options: ResolvedOptions): object {
  return (next: Handler, context: { commandName?: string }): Handler =>
    async (args) => {
      const request = bedrockRequest(context.commandName ?? '', args.input)
      const call = request && openCall(options, { provider: 'aws.bedrock', request })
      if (call === undefined) return next(args)
      try {
        const above = { call: call.handle, model: call.model }
        const handled = await recordedAbove(above, () => next(args))
        return safely(() => finish(call, request as RequestFacts, handled)) ?? handled
      } catch (error) {
        call.fail(withStatus(error), requestId(error))
        throw error
      }
    }
}

/** Ends the call; where the answer is a stream, with the stream. */
function finish(call: OpenCall, request: RequestFacts, handled: Handled): Handled {
  const { output } = handled
  const ids = requestId(output)
  const key = ['stream', 'body'].find((name) => isIterable(output[name]))
  if (!request.stream || key === undefined) {
    call.end({ ...bedrockAnswer(request, output), ...ids })
    return handled
  }
  const reader = bedrockReader(request)
  const facts = (): AnswerFacts => ({ ...reader.result(), ...ids })
  const stream = watchIterable(output[key] as AsyncIterable<unknown>, {
    chunk(event) {
      if (reader.add(event)) call.firstToken()
    },
    done: () => call.end(facts(), reader.complete ? 'ok' : 'partial'),
    failed: (error) => call.fail(error, facts()),
    stopped: () => call.end(facts(), reader.complete ? 'ok' : 'aborted'),
  })
  return { ...handled, output: { ...output, [key]: stream } }
}

function isIterable(value: unknown): boolean {
  return isObject(value) && Symbol.asyncIterator in value && !(value instanceof Uint8Array)
}

/** Outputs and errors of AWS's SDK have it in the same place. */
function requestId(source: unknown): AnswerFacts {
  const metadata = isObject(source) ? source.$metadata : undefined
  const id = isObject(metadata) ? metadata.requestId : undefined
  return typeof id === 'string' ? { provider_request_id: id } : {}
}

/** AWS's errors keep the HTTP status where nobody else does; the error itself stays as it is. */
function withStatus(error: unknown): unknown {
  const metadata = isObject(error) ? error.$metadata : undefined
  const status = isObject(metadata) ? metadata.httpStatusCode : undefined
  return status === undefined
    ? error
    : Object.create(error as object, { status: { value: status } })
}
