import type { AuditEntry } from '../entry.ts'

/** The version of the Open Cybersecurity Schema Framework that events are in. */
const OCSF_VERSION = '1.7.0'

const API_ACTIVITY = 6003
const APPLICATION = 6
const INFORMATIONAL = 1
const OTHER = 99

/** Create, Read, Update, Delete by action; what is none of them is Other, under its own name. */
const ACTIVITIES: Readonly<Record<string, readonly [number, string]>> = {
  query: [1, 'Create'],
  completion: [1, 'Create'],
  data_access: [2, 'Read'],
  config_change: [3, 'Update'],
  'audit.erasure': [4, 'Delete'],
  'audit.prune': [4, 'Delete'],
  'audit.export': [2, 'Read'],
}

/** What each outcome is as a status. */
const STATUSES: Readonly<Record<string, readonly [number, string]>> = {
  success: [1, 'Success'],
  failure: [2, 'Failure'],
  denied: [2, 'Failure'],
  unknown: [0, 'Unknown'],
}

/** An entry as an event of the class API Activity (6003), with the profile AI Operation where a model is named. What has no place there is in `unmapped`. */
export function ocsfEvent(entry: AuditEntry): object {
  const { action, outcome, log, seq, id, ts, tenant, trace, reason } = entry
  const [activity, activityName] = ACTIVITIES[action] ?? [OTHER, action]
  const [status, statusName] = STATUSES[outcome] ?? [OTHER, outcome]
  const model = aiModel(entry)
  return defined({
    activity_id: activity,
    activity_name: activityName,
    category_uid: APPLICATION,
    category_name: 'Application Activity',
    class_uid: API_ACTIVITY,
    class_name: 'API Activity',
    type_uid: API_ACTIVITY * 100 + activity,
    type_name: `API Activity: ${activityName}`,
    severity_id: INFORMATIONAL,
    severity: 'Informational',
    status_id: status,
    status: statusName,
    status_code: outcome,
    status_detail: typeof reason === 'string' ? reason : (reason?.text ?? reason?.code),
    time: Date.parse(ts),
    metadata: defined({
      version: OCSF_VERSION,
      product: { name: 'Recount', vendor_name: 'Recount' },
      uid: id,
      original_event_uid: id,
      event_code: action,
      log_name: log,
      sequence: seq,
      original_time: ts,
      correlation_uid: trace?.trace_id ?? entry.op,
      tenant_uid: tenant,
      profiles: model === undefined ? undefined : ['ai_operation'],
    }),
    actor: actorOf(entry),
    api: apiOf(entry),
    src_endpoint: endpointOf(entry),
    resources: [
      defined({ type: entry.target?.type, uid: entry.target?.id, version: entry.target?.ver }),
    ],
    ai_model: model,
    unmapped: unmappedOf(entry),
  })
}

function actorOf({ actor, trace }: AuditEntry): object {
  const session = trace?.session_id
  const said = actor?.type === 'user' ? { user: { uid: actor.id, type: 'User', type_id: 1 } } : {}
  return defined({
    ...said,
    app_uid: actor?.type === 'user' ? undefined : actor?.id,
    app_name: actor?.type === 'user' ? undefined : actor?.type,
    invoked_by: actor?.via?.at(-1),
    session: session === undefined ? undefined : { uid: session },
  })
}

function apiOf({ action, src, trace }: AuditEntry): object {
  const request = trace?.request_id
  return defined({
    operation: action,
    service: src?.service === undefined ? undefined : { name: src.service },
    version: src?.release,
    request: request === undefined ? undefined : { uid: request },
  })
}

/** An endpoint needs a name of some kind; where the entry has none it is the log's. */
function endpointOf({ src, log }: AuditEntry): object {
  return defined({ name: src?.service ?? log, instance_uid: src?.instance })
}

/** The schema wants both names. */
function aiModel({ llm, target }: AuditEntry): object | undefined {
  const name = llm?.model ?? (target?.type === 'model' ? target.id : undefined)
  if (typeof name !== 'string') return undefined
  return { name, ai_provider: typeof llm?.provider === 'string' ? llm.provider : 'unknown' }
}

function unmappedOf(entry: AuditEntry): object {
  const { subject, stage, op, llm, data, policy, details, ext, sys, src, trace, prev } = entry
  return defined({
    subject,
    stage,
    op,
    span_id: trace?.span_id,
    actor_via: entry.actor?.via,
    llm,
    src,
    data,
    policy,
    details,
    ext,
    sys,
    prev,
  })
}

function defined(value: { readonly [key: string]: unknown }): Record<string, unknown> {
  return Object.fromEntries(Object.entries(value).filter(([, item]) => item !== undefined))
}
