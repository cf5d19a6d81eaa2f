import { AsyncLocalStorage } from 'node:async_hooks'
import { BoundedMap } from '../bounded-map.ts'
import { bytesOf } from '../bytes-of.ts'
import { announce, callAbove } from '../once.ts'
import { type CaptureOptions, type ResolvedOptions, resolveOptions } from '../options.ts'
import { listAt, textAt } from '../providers/json-values.ts'
import { toolArguments } from '../providers/message.ts'
import { safely } from '../safely.ts'
import { langchainAnswer, langchainProvider, langchainRequest } from './langchain-messages.ts'
import { type OpenCall, openCall } from './open-call.ts'

/** A callback handler for LangChain.js: pass it in `callbacks`. */
export interface LangChainHandler {
  readonly name: string
  /** LangChain waits for it, so that a start line is written before the call. */
  readonly awaitHandlers: true
  handleChatModelStart(...args: ModelStart<unknown[]>): void
  handleLLMStart(...args: ModelStart<string>): void
  handleLLMNewToken(token: string, index: unknown, runId: string): void
  handleLLMEnd(output: unknown, runId: string): void
  handleLLMError(error: unknown, runId: string): void
  handleChainStart(...args: RunStart<unknown>): void
  handleChainEnd(outputs: unknown, runId: string): void
  handleChainError(error: unknown, runId: string): void
  handleToolStart(...args: ToolStart): void
  handleToolEnd(output: unknown, runId: string): void
  handleToolError(error: unknown, runId: string): void
  handleRetrieverStart(...args: RetrieverStart): void
  handleRetrieverEnd(documents: unknown[], runId: string): void
  handleRetrieverError(error: unknown, runId: string): void
}

type ModelStart<Input> = [
  model: unknown,
  inputs: Input[],
  runId: string,
  parentRunId?: string,
  extra?: Record<string, unknown>,
  tags?: string[],
  metadata?: Record<string, unknown>,
]
/** LangChain calls with the parent in fourth place, and the run's name in eighth. */
type RunStart<Input> = [
  chain: unknown,
  inputs: Input,
  runId: string,
  parentRunId?: string,
  tags?: string[],
  metadata?: Record<string, unknown>,
  runType?: string,
  runName?: string,
]
type ToolStart = [
  tool: unknown,
  input: string,
  runId: string,
  parentRunId?: string,
  tags?: string[],
  metadata?: Record<string, unknown>,
  runName?: string,
  toolCallId?: string,
]
type RetrieverStart = [
  retriever: unknown,
  query: string,
  runId: string,
  parentRunId?: string,
  tags?: string[],
  metadata?: Record<string, unknown>,
  runName?: string,
]

/** Records what LangChain runs: chains as steps, models, tools and retrievers, each below the run that began it. Throws `CAPTURE_OPTION_INVALID`. */
export function langchainHandler(options: CaptureOptions = {}): LangChainHandler {
  const runs = new Runs(resolveOptions(options))
  return {
    name: 'recount',
    awaitHandlers: true,
    handleChatModelStart: (model, [messages = []], runId, parentRunId, extra, _, metadata) =>
      runs.model(runId, parentRunId, { model, messages, extra, metadata }),
    handleLLMStart: (model, messages, runId, parentRunId, extra, _, metadata) =>
      runs.model(runId, parentRunId, { model, messages, extra, metadata }),
    handleLLMNewToken: (_token, _index, runId) => runs.get(runId)?.token?.(),
    handleLLMEnd: (output, runId) => runs.end(runId, output),
    handleLLMError: (error, runId) => runs.fail(runId, error),
    handleChainStart: (chain, _inputs, runId, parentRunId, tags, _metadata, _type, runName) =>
      runs.chain(runId, parentRunId, nameOf(chain, runName), tags),
    handleChainEnd: (_outputs, runId) => runs.end(runId, undefined),
    handleChainError: (error, runId) => runs.fail(runId, error),
    handleToolStart: (tool, input, runId, parentRunId, _tags, _metadata, runName, toolCallId) =>
      runs.tool(runId, parentRunId, { name: nameOf(tool, runName), input, toolCallId }),
    handleToolEnd: (output, runId) => runs.end(runId, output),
    handleToolError: (error, runId) => runs.fail(runId, error),
    handleRetrieverStart: (retriever, query, runId, parentRunId, _tags, _metadata, runName) =>
      runs.retrieval(runId, parentRunId, nameOf(retriever, runName), query),
    handleRetrieverEnd: (documents, runId) => runs.end(runId, documents),
    handleRetrieverError: (error, runId) => runs.fail(runId, error),
  }
}

function nameOf(serialized: unknown, runName: string | undefined): string {
  const id = listAt(serialized, 'id').at(-1)
  return runName ?? textAt(serialized, 'name') ?? (typeof id === 'string' ? id : 'run')
}

const MAX_RUNS_BYTES = 67_108_864
/** What a run holds beside what it asks a model, roughly. */
const RUN_BYTES = 2048

/** A run while it is under way. */
interface Run {
  /** Runs something that belongs below it. */
  readonly within: <T>(fn: () => T) => T
  readonly end: (output: unknown) => void
  readonly fail: (error: unknown) => void
  readonly token?: () => void
  /** Bytes of what it holds until it ends. */
  readonly bytes?: number
}

class Runs {
  readonly #options: ResolvedOptions
  readonly #runs = new BoundedMap<Run>({
    what: 'runs under way',
    entries: 10_000,
    bytes: MAX_RUNS_BYTES,
  })

  constructor(options: ResolvedOptions) {
    this.#options = options
  }

  get(id: string): Run | undefined {
    return this.#runs.get(id)
  }

  end(id: string, output: unknown): void {
    safely(() => this.#runs.take(id)?.end(output))
  }

  fail(id: string, error: unknown): void {
    safely(() => this.#runs.take(id)?.fail(error))
  }

  model(
    id: string,
    parent: string | undefined,
    run: { model: unknown; messages: readonly unknown[]; extra: unknown; metadata: unknown },
  ): void {
    this.#open(id, parent, () => {
      const request = langchainRequest(run)
      if (callAbove(request) !== undefined) return undefined
      const provider = langchainProvider(run.metadata, run.model)
      const call = openCall(this.#options, { provider, request })
      return call && { ...modelRun(call, request.input), bytes: bytesOf(request, MAX_RUNS_BYTES) }
    })
  }

  /** Runs that LangChain hides are not there: what they begin belongs to what began them. */
  chain(id: string, parent: string | undefined, name: string, tags: string[] = []): void {
    const above = parent === undefined ? undefined : this.#runs.get(parent)
    if (tags.includes('langsmith:hidden') && above !== undefined) {
      this.#runs.set(id, { within: above.within, end() {}, fail() {} }, RUN_BYTES)
      return
    }
    const { logger } = this.#options
    this.#open(id, parent, () => heldOpen((fn) => logger.step(name, fn)))
  }

  tool(
    id: string,
    parent: string | undefined,
    { name, input, toolCallId }: { name: string; input: string; toolCallId: string | undefined },
  ): void {
    this.#open(id, parent, () => {
      const handle = this.#options.logger.start({
        event: 'tool_call',
        tool: name,
        arguments: toolArguments(input),
        ...(toolCallId !== undefined && { tool_call_id: toolCallId }),
      })
      return {
        within: (fn) => handle.run(fn),
        end: (output) => handle.end(contentOf(output)),
        fail: (error) => handle.fail(error),
      }
    })
  }

  retrieval(id: string, parent: string | undefined, source: string, query: string): void {
    const { logger } = this.#options
    this.#open(id, parent, () => heldOpen((fn) => logger.retrieval({ source, query }, fn)))
  }

  #open(id: string, parent: string | undefined, open: () => Run | undefined): void {
    safely(() => {
      const above = parent === undefined ? undefined : this.#runs.get(parent)
      const run = above === undefined ? open() : above.within(open)
      if (run === undefined) return
      this.#runs.set(id, run, RUN_BYTES + (run.bytes ?? 0))
    })
  }
}

function modelRun(call: OpenCall, input: unknown): Run {
  const withdraw = announce({ call: call.handle, model: call.model, input })
  return {
    within: (fn) => call.handle.run(fn),
    token: () => call.firstToken(),
    end(output) {
      withdraw()
      call.end(langchainAnswer(output))
    },
    fail(error) {
      withdraw()
      call.fail(error)
    },
  }
}

/** Keeps a span that is recorded around a function open until it is ended by hand. */
function heldOpen(record: (fn: () => Promise<unknown>) => Promise<unknown>): Run {
  let within = <T>(fn: () => T): T => fn()
  let end: (value: unknown) => void = () => {}
  let fail: (error: unknown) => void = () => {}
  const recorded = record(() => {
    within = AsyncLocalStorage.snapshot()
    return new Promise((resolve, reject) => {
      end = resolve
      fail = reject
    })
  })
  recorded.catch(() => {})
  return { within, end, fail }
}

/** Tools return messages, or anything. */
function contentOf(output: unknown): unknown {
  const isMessage = typeof output === 'object' && output !== null && 'tool_call_id' in output
  return isMessage ? (output as { content?: unknown }).content : output
}
