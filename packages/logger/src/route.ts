import type { Decision } from '@recount/policy'
import type { Door, Notes } from './door.ts'
import type { LabelDoors } from './labels.ts'
import { type AnyPino, writingTo } from './pino-internals.ts'
import { writeRecord } from './record-writer.ts'
import type { Recording } from './recording.ts'

/** The doors of a decision for a tenant. */
export function doorsFor(
  { profiles, decisions }: Pick<Recording, 'profiles' | 'decisions'>,
  { redact }: Decision,
  tenant: string | undefined,
): LabelDoors {
  // Personal data is kept where a policy says so; without one nobody has.
  const kept = decisions.hasPolicy ? 'secrets' : redact
  return { door: profiles.door(redact, tenant), kept: profiles.door(kept, tenant) }
}

/** Writes a record to where the decision sends it: the logger's own destination, named sinks, or both. Its fields have passed the door. */
export function writeRouted(
  { writing, sinks }: Pick<Recording, 'writing' | 'sinks'>,
  logger: AnyPino,
  decision: Decision,
  level: number,
  fields: readonly (object | undefined)[],
  message: string | undefined,
): void {
  if (sinks.main(decision)) writeRecord(writing, logger, level, fields, message)
  for (const sink of sinks.reached(decision))
    writeRecord(writing, writingTo(logger, sink), level, fields, message)
}

/** Groups of fields as they leave the process. */
export function throughDoor(
  door: Door,
  groups: readonly (object | undefined)[],
  notes: Notes,
): (object | undefined)[] {
  return groups.map((group) => group && door.fields(group, notes))
}

/** What a line says of what was redacted in it; undefined where nothing was. */
export function notesFields(...all: readonly Notes[]): object | undefined {
  const redactions = all.flatMap((notes) => notes.redactions)
  if (redactions.length === 0) return undefined
  const key_id = all.find((notes) => notes.key_id !== undefined)?.key_id
  return key_id === undefined ? { redactions } : { redactions, key_id }
}
