import { AuditError, type EventFinding } from './errors.ts'
import type { AuditDataItem, AuditEvent } from './event.ts'
import { type SchemaError, validateDetails, validateEvent } from './validator.js'

/** Throws `AUDIT_EVENT_INVALID` where a value is no event by the schema; messages name places and rules, never values. */
export function checkEvent(event: unknown): asserts event is AuditEvent {
  if (!validateEvent(event)) throw invalidEvent(findingsOf(validateEvent.errors ?? []))
  const { action, data, details } = event as AuditEvent
  if (details !== undefined) checkDetails(action, details)
  if (data !== undefined) checkData(data)
}

/** What details may hold depends on the action; those of `app.*` are free. */
function checkDetails(action: string, details: object): void {
  const validate = validateDetails[action]
  if (validate === undefined || validate(details)) return
  const errors = validate.errors ?? []
  throw invalidEvent(
    findingsOf(
      errors.map((error) => ({ ...error, instancePath: `/details${error.instancePath}` })),
    ),
  )
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

/** Of a value that may be one of several kinds, what is wrong with it as one of them, and not that it is none of the others. */
function findingsOf(errors: readonly SchemaError[]): EventFinding[] {
  const isKind = ({ keyword }: SchemaError): boolean => keyword === 'type' || keyword === 'anyOf'
  const wrong = errors.filter((error) => !isKind(error))
  const telling = errors.filter(
    (error) =>
      !isKind(error) || !wrong.some(({ instancePath: path }) => isAt(path, error.instancePath)),
  )
  return telling.map(finding)
}

/** Whether a path is another, or leads into it. */
function isAt(path: string, other: string): boolean {
  return path === other || path.startsWith(`${other}/`)
}

const LENGTH = /^\^\[\\s\\S\]\{0,(\d+)\}\$$/

function finding({ instancePath, keyword, params, message }: SchemaError): EventFinding {
  if (keyword === 'required') {
    const path = `${instancePath}/${params.missingProperty}`
    return { path, rule: keyword, message: 'is missing' }
  }
  if (keyword === 'additionalProperties') {
    const path = `${instancePath}/${params.additionalProperty}`
    return { path, rule: keyword, message: 'is no key of an event' }
  }
  const most = LENGTH.exec(String(params.pattern))?.[1]
  if (most !== undefined)
    return { path: instancePath, rule: keyword, message: `must have at most ${most} characters` }
  const allowed = params.allowedValues
  const text = Array.isArray(allowed) ? `must be one of ${allowed.join(', ')}` : message
  return { path: instancePath || '/', rule: keyword, message: text ?? keyword }
}
