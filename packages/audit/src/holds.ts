import type { Appended } from './batch.ts'
import { AuditError } from './errors.ts'
import type { AuditActor } from './event.ts'
import type { EventContent } from './event-content.ts'
import type { HoldsInForce } from './holds-in-force.ts'
import { check, isText, optional } from './options.ts'
import { SubjectKeys } from './subject-keys.ts'
import type { SystemEntry } from './system-entry.ts'
import { uuidv7 } from './uuid.ts'

/** A legal hold: nothing of the subject (or, without one, of the whole log) may be erased or expire. */
export interface Hold {
  /** UUID. */
  readonly hold: string
  /** Whose data it is, as entries name him; null for the whole log. */
  readonly subject: string | null
  readonly reason: string
  /** Where names are replaced by pseudonyms: stands for him in all tenants. */
  readonly who?: string
}

/** What is to be held, and why. */
export interface HoldRequest {
  /** Default: the whole log. */
  readonly subject?: string
  readonly reason: string
  readonly actor?: AuditActor
}

/** Which hold ends, and why. */
export interface HoldRelease {
  /** The `hold` that `hold()` gave, which its `audit.hold` entry has in `sys`. */
  readonly hold: string
  readonly reason: string
  readonly actor?: AuditActor
}

interface Log {
  readonly dir: string
  readonly content: EventContent
  readonly holds: HoldsInForce
}

type AppendSystem = (entry: SystemEntry) => Promise<Appended>

/** Puts a hold in force, and says so. Throws `AUDIT_OPTION_INVALID`. */
export async function beginHold(
  { content, holds }: Pick<Log, 'content' | 'holds'>,
  { subject, reason, actor }: HoldRequest,
  append: AppendSystem,
): Promise<Hold> {
  optional('subject', subject, 'whose data is held', isText)
  check('reason', reason, 'why it is held', isText)
  const held = subject === undefined ? { subject: null } : await content.heldAs(subject)
  const hold = { hold: uuidv7(Date.now()), reason, ...held }
  await holds.begin(hold, () => append(holdEntry('audit.hold', hold, actor)))
  return hold
}

/** Ends a hold, and says so. Throws `AUDIT_OPTION_INVALID` where no such hold is in force. */
export async function endHold(
  { holds }: Pick<Log, 'holds'>,
  { hold: id, reason, actor }: HoldRelease,
  append: AppendSystem,
): Promise<void> {
  check('hold', id, 'the id of a hold, as `hold()` gave it', isText)
  check('reason', reason, 'why the hold ends', isText)
  await holds.end(
    (inForce) => holdAmong(inForce, id),
    (held) => append(holdEntry('audit.hold_release', { ...held, reason }, actor)),
  )
}

function holdAmong(holds: readonly Hold[], id: string): Hold {
  const held = holds.find(({ hold }) => hold === id)
  if (held !== undefined) return held
  const ids = holds.map(({ hold }) => hold).join(', ') || 'none'
  const message = `Expected \`hold\` to be the id of a hold in force (${ids}), got \`${id}\`; nothing was released`
  throw new AuditError('AUDIT_OPTION_INVALID', message)
}

/** The names under which entries may be of somebody whose data is held, for each hold; null for a hold on everything. */
export type HeldNames = ReadonlyMap<Hold, readonly string[] | null>

/** The holds in force with the names that they are about: as given, and the pseudonyms. */
export async function heldNames({ dir, content, holds: inForce }: Log): Promise<HeldNames> {
  const holds = await inForce.list()
  const isNamed = holds.some(({ subject }) => subject !== null)
  const keys = isNamed && (await SubjectKeys.exist(dir)) ? await content.keys() : undefined
  const entries = holds.map(async (hold): Promise<[Hold, readonly string[] | null]> => {
    const { subject } = hold
    if (subject === null) return [hold, null]
    const who = hold.who ?? (await keys?.whoHas(subject)) ?? keys?.whoIs(subject)
    const aliases = who === undefined ? [] : await keys?.aliasesOf(who)
    return [hold, [subject, ...(aliases ?? [])]]
  })
  return new Map(await Promise.all(entries))
}

/** Throws `AUDIT_ON_HOLD` where a hold forbids to erase a subject, under whatever name entries have of it. */
export async function checkSubject(log: Log, subject: string): Promise<void> {
  const keys = (await SubjectKeys.exist(log.dir)) ? await log.content.keys() : undefined
  const aliases = (await keys?.aliasesOf(keys.whoIs(subject))) ?? []
  checkHolds(await heldNames(log), [subject, ...aliases])
}

/** Throws `AUDIT_ON_HOLD` where a hold forbids to touch what is of any of these names. */
export function checkHolds(holds: HeldNames, names: readonly string[]): void {
  const found = [...holds].find(([, held]) => held?.some((name) => names.includes(name)) ?? true)
  const hold = found?.[0]
  if (hold === undefined) return
  const message = `A legal hold (${hold.hold}: ${hold.reason}) forbids it; release the hold first`
  throw new AuditError('AUDIT_ON_HOLD', message)
}

function holdEntry(
  action: 'audit.hold' | 'audit.hold_release',
  { hold, subject, reason }: Hold,
  actor: AuditActor | undefined,
): SystemEntry {
  return {
    action,
    sys: { hold },
    reason,
    ...(subject !== null && { subject }),
    ...(actor !== undefined && { actor }),
  }
}
