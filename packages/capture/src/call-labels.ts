import { AsyncLocalStorage } from 'node:async_hooks'
import type { LlmCallOptions } from '@recount/logger'
import { CaptureError } from './errors.ts'
import { checkContent } from './options.ts'

/** What the wire cannot say of a call: which prompt it was, your own id of the answer, what it replaces, what of it is kept. */
export type CallLabels = Pick<
  LlmCallOptions,
  | 'prompt'
  | 'message_id'
  | 'fallback_of'
  | 'upstream'
  | 'content'
  | 'session_id'
  | 'user_id'
  | 'tenant_id'
  | 'request_id'
  | 'workflow'
  | 'agent'
  | 'span_name'
  | 'tags'
  | 'metadata'
  | 'consent'
>

const storage = new AsyncLocalStorage<CallLabels>()

/** All of them: a table, so that none is forgotten. */
const KNOWN: Readonly<Record<keyof CallLabels, true>> = {
  prompt: true,
  message_id: true,
  fallback_of: true,
  upstream: true,
  content: true,
  session_id: true,
  user_id: true,
  tenant_id: true,
  request_id: true,
  workflow: true,
  agent: true,
  span_name: true,
  tags: true,
  metadata: true,
  consent: true,
}

/** Labels every model call that is captured while `fn` runs, and returns what `fn` returns; inner labels win. Throws `CAPTURE_OPTION_INVALID` for a label that there is not, before `fn` runs. */
export function labelCalls<T>(labels: CallLabels, fn: () => T): T {
  if (typeof labels !== 'object' || labels === null)
    throw invalid(
      `Expected \`labels\` to be an object, got ${labels === null ? 'null' : typeof labels}`,
    )
  for (const name of Object.keys(labels)) {
    if (!Object.hasOwn(KNOWN, name))
      throw invalid(
        `Expected labels among ${Object.keys(KNOWN)
          .map((known) => `\`${known}\``)
          .join(', ')}, got \`${name}\`; remove it, or put it into \`metadata\``,
      )
  }
  checkContent(labels.content)
  return withLabels(labels, fn)
}

function invalid(message: string): CaptureError {
  return new CaptureError('CAPTURE_OPTION_INVALID', message)
}

/** The same for labels of this package's own, which may be others, too. */
export function withLabels<T>(labels: object, fn: () => T): T {
  return storage.run({ ...storage.getStore(), ...labels }, fn)
}

/** The labels of the call about to be made; every layer of capture gives them to the logger. */
export function currentLabels(): CallLabels {
  return storage.getStore() ?? {}
}
