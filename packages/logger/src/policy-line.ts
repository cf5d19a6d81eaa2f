import { LEVELS, type PolicyChanged } from '@recount/record'
import type { AnyPino } from './pino-internals.ts'
import { writeRecord } from './record-writer.ts'
import { type Recording, safely } from './recording.ts'

/** Writes a change of policy into the logger's own destination. */
export function writePolicyChanged(
  { profiles, writing }: Recording,
  logger: AnyPino,
  { from, to, actor, until }: PolicyChanged,
): void {
  safely(() => {
    const notes = { redactions: [], key_id: undefined }
    const fields = { recount: 1, event: 'policy_changed', from, to, actor, until }
    const clean = profiles.door('personal', undefined).fields(fields, notes)
    writeRecord(writing, logger, LEVELS.info, [clean], 'policy_changed')
  })
}
