import { AuditError, type EventFinding } from './errors.ts'
import type { AuditDataItem, AuditEvent } from './event.ts'
import { type SchemaError, validateDetails, validateEvent } from './validator.js'

/** Throws `AUDIT_EVENT_INVALID` where a value is no event by the schema; messages name places and rules, never values. */
export function checkEvent(event: unknown): asserts event is AuditEvent {
  if (!validateEvent(event)) throw invalidEvent((validateEvent.errors ?? []).map(finding))
  const { action, data, details } = event as AuditEvent
  if (details !== undefined) checkDetails(action, details)
  if (data !== undefined) checkData(data)
}

/** What details may hold depends on the action; those of `app.*` are free. */
function checkDetails(action: string, details: object): void {
  const validate = validateDetails[action]
  if (validate === undefined || validate(details)) return
  const findings = (validate.errors ?? []).map((error) =>
    finding({ ...error, instancePath: `/details${error.instancePath}` }),
  )
  throw invalidEvent(findings)
}

function checkData(data: readonly AuditDataItem[]): void {
  const index = data.findIndex(
    (item) => (item.text === undefined) === (item.commitment === undefined),
  )
  if (index === -1) return
  const message = 'expected either `text` or `commitment`'
  throw invalidEvent([{ path: `/data/${index}`, rule: 'oneOf', message }])
}

function invalidEvent(findings: readonly EventFinding[]): AuditError {
  const all = findings.map(({ path, message }) => `${path} ${message}`).join('; ')
  return new AuditError('AUDIT_EVENT_INVALID', `The event is not valid: ${all}`, { findings })
}

function finding({ instancePath, keyword, params, message }: SchemaError): EventFinding {
  if (keyword === 'required') {
    const path = `${instancePath}/${params.missingProperty}`
    return { path, rule: keyword, message: 'is missing' }
  }
  if (keyword === 'additionalProperties') {
    const path = `${instancePath}/${params.additionalProperty}`
    return { path, rule: keyword, message: 'is no key of an event' }
  }
  const allowed = params.allowedValues
  const text = Array.isArray(allowed) ? `must be one of ${allowed.join(', ')}` : message
  return { path: instancePath || '/', rule: keyword, message: text ?? keyword }
}
