import type { Facts } from '@recount/policy'
import { currentContext, type Inherited } from './context.ts'
import { labelsUnder } from './labels.ts'
import { activeOtelSpan, isNearer } from './otel.ts'
import { type Recording, safely } from './recording.ts'
import { doorsFor } from './route.ts'

const NO_WISHES = { call: undefined, workflow: undefined }

/** What an ordinary line says about where it was written: trace, span, and what the spans around it hand down, as the policy lets it out. */
export function contextFields(recording: Recording): object {
  const context = currentContext()
  const otel = safely(activeOtelSpan)
  const labels = context && safely(() => labelsOf(recording, context.inherited))
  if (otel !== undefined && isNearer(otel, context)) return { ...otel, ...labels }
  if (context === undefined) return {}
  return { trace_id: context.trace.trace_id, span_id: context.span_id, ...labels }
}

/** What a policy is asked about an ordinary line: it decides how the line is redacted, not whether it is written. */
export function labelFacts(
  inherited: Inherited | undefined,
  environment: string | undefined,
): Facts {
  return {
    event: 'log',
    environment,
    tenant: inherited?.tenant_id,
    user: inherited?.user_id,
    step: inherited?.step,
    consent: inherited?.consent,
  }
}

function labelsOf(recording: Recording, inherited: Inherited): object {
  const decision = recording.decisions.end(labelFacts(inherited, recording.environment), NO_WISHES)
  return labelsUnder(inherited, decision, doorsFor(recording, decision, inherited.tenant_id)).fields
}
