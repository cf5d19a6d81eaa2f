import { type Decision, metadataKind, metadataTreatment } from '@recount/policy'
import type { Scalar } from '@recount/record'
import type { Inherited } from './context.ts'
import type { Door, Notes } from './door.ts'
import { reused } from './json.ts'

/** Names and labels of a span as a decision lets them out, and what was redacted in them. */
export interface Labels {
  readonly fields: Inherited
  readonly notes: Notes
}

/** How the labels of one span are let out. */
export interface LabelDoors {
  /** The door of the profile that the decision names. */
  readonly door: Door
  /** The door for what is kept: secrets do not pass it either. */
  readonly kept: Door
}

/** Spans of one trace share their labels, and there are few decisions. */
const known = new WeakMap<Inherited, Map<Decision, Labels>>()

/** The labels under a decision: `keep`, `treat` or `drop` for who and where, the door for all others. The result is shared. */
export function labelsUnder(inherited: Inherited, decision: Decision, doors: LabelDoors): Labels {
  const byDecision = known.get(inherited) ?? new Map<Decision, Labels>()
  known.set(inherited, byDecision)
  const before = byDecision.get(decision)
  if (before !== undefined) return before
  const notes: Notes = { redactions: [], key_id: undefined }
  const { user_id, metadata, ...others } = inherited
  const fields: Inherited = doors.door.fields(others, notes)
  const user = user_id === undefined ? undefined : userUnder(user_id, decision, doors, notes)
  const kept = metadata === undefined ? undefined : metadataUnder(metadata, decision, doors, notes)
  const labels = {
    fields: reused({
      ...fields,
      ...(user === undefined ? {} : { user_id: user }),
      ...(kept === undefined ? {} : { metadata: kept }),
    }),
    notes,
  }
  byDecision.set(decision, labels)
  return labels
}

/** A user's id under a decision; undefined where it is dropped. */
export function userUnder(
  user_id: string,
  { fields }: Decision,
  { door, kept }: LabelDoors,
  notes: Notes,
): string | undefined {
  if (fields.user_id === 'drop') return undefined
  return fields.user_id === 'keep'
    ? kept.text(user_id, 'user_id', notes)
    : door.whole(user_id, 'user_id', 'user_id', notes)
}

function metadataUnder(
  metadata: Readonly<Record<string, Scalar>>,
  decision: Decision,
  doors: LabelDoors,
  notes: Notes,
): Record<string, Scalar> | undefined {
  const kept: [string, Scalar][] = []
  for (const [key, value] of Object.entries(metadata)) {
    const treatment = metadataTreatment(decision.fields, key)
    if (treatment === 'drop') continue
    const door = treatment === 'keep' ? doors.kept : doors.door
    const kind = treatment === 'treat' ? metadataKind(key) : undefined
    if (kind !== undefined && value !== null)
      kept.push([key, door.whole(String(value), kind, `metadata.${key}`, notes)])
    else kept.push(...Object.entries(door.fields({ metadata: { [key]: value } }, notes).metadata))
  }
  const isAllGone = kept.length === 0 && Object.keys(metadata).length > 0
  return isAllGone ? undefined : Object.fromEntries(kept)
}
