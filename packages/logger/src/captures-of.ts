import type { Captures } from './captures.ts'
import { currentContext } from './context.ts'
import { text } from './field-readers.ts'
import { read, readFields } from './fields.ts'
import type { LlmCallOptions } from './llm-call-options.ts'
import type { Recording } from './recording.ts'
import { spanOptions } from './span-options.ts'

/** What would be kept of a call made here and now. */
export function capturesOf(recording: Recording, call: Partial<LlmCallOptions>): Captures {
  const context = currentContext()
  const { inherited, content } = spanOptions(call)
  const labels = { ...context?.inherited, ...inherited }
  const facts = {
    event: 'llm_call',
    trace_id: context?.trace.trace_id,
    tenant: labels.tenant_id,
    user: labels.user_id,
    step: labels.step,
    consent: labels.consent,
    environment: recording.environment,
    ...readFields(call, { provider: text, model: text }),
    prompt: text(read(read(call, 'prompt'), 'name')) as string | undefined,
  }
  return recording.decisions.captures(facts, { call: content, workflow: context?.debug })
}
