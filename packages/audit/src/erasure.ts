import type { Appended } from './batch.ts'
import type { Checkpoints } from './checkpoints.ts'
import { removeContent } from './content-store.ts'
import { AuditError } from './errors.ts'
import type { AuditActor } from './event.ts'
import type { EventContent } from './event-content.ts'
import { checkSubject } from './holds.ts'
import type { HoldsInForce } from './holds-in-force.ts'
import { type CheckedOptions, check, isText } from './options.ts'
import { SubjectKeys } from './subject-keys.ts'
import type { SystemEntry } from './system-entry.ts'

/** Whose content is to go, and why. */
export interface ErasureRequest {
  readonly subject: string
  /** Of this tenant only. Default: of all tenants in this log. */
  readonly tenant?: string
  readonly reason: string
  /** The request's number elsewhere. */
  readonly request?: string
  /** Refuses where no key of theirs is there (`AUDIT_SUBJECT_NOT_FOUND`), and writes nothing. Default: the entry says that nothing was found. */
  readonly mustExist?: boolean
  /** Who asked for it. */
  readonly actor?: AuditActor
}

/** What an erasure did. */
export interface Erasure {
  /** Place of the `audit.erasure` entry. */
  readonly seq: number
  /** Keys that were destroyed, and with them what they had encrypted. */
  readonly kids: readonly string[]
}

interface Log {
  readonly dir: string
  readonly options: CheckedOptions
  readonly content: EventContent
  readonly holds: HoldsInForce
  readonly checkpoints: Pick<Checkpoints, 'sign'>
}

type AppendSystem = (entry: SystemEntry) => Promise<Appended>

/** Erases a subject's content: sets its keys aside, says so in the log, signs that, then destroys them. A crash in between is made good at the next start. Throws `AUDIT_ON_HOLD`, `AUDIT_SUBJECT_NOT_FOUND`. */
export async function erase(
  log: Log,
  request: ErasureRequest,
  append: AppendSystem,
): Promise<Erasure> {
  check('subject', request.subject, 'whose content is erased', isText)
  check('reason', request.reason, 'why it is erased', isText)
  await checkSubject(log, request.subject)
  const keys = (await SubjectKeys.exist(log.dir)) ? await log.content.keys() : undefined
  const act = (): Promise<Erasure> => eraseWith(log, keys, request, append)
  return keys === undefined ? act() : keys.inTurn(act)
}

async function eraseWith(
  log: Log,
  keys: SubjectKeys | undefined,
  { subject, tenant, reason, request, mustExist = false, actor }: ErasureRequest,
  append: AppendSystem,
): Promise<Erasure> {
  const ids = (await keys?.idsOf(subject, tenant)) ?? []
  if (mustExist && ids.length === 0) {
    const message = 'No key of this subject is in the log: nothing was erased'
    throw new AuditError('AUDIT_SUBJECT_NOT_FOUND', message)
  }
  for (const id of ids) await keys?.setAside(id)
  const aside = (await keys?.setAsides()) ?? []
  const kids = aside.map(({ kid }) => kid)
  const names = log.options.pseudonyms ? aside.map(({ alias }) => alias)[0] : subject
  const { seq } = await append({
    action: 'audit.erasure',
    sys: { ids: aside.map(({ id }) => id), kids, request: request ?? null },
    reason,
    ...(names !== undefined && { subject: names }),
    ...(tenant !== undefined && { tenant }),
    ...(actor !== undefined && { actor }),
  })
  await log.checkpoints.sign(true)
  await destroy(log.dir, keys, aside)
  return { seq, kids }
}

/** Makes good what a crash during an erasure left: says once more that the keys go, and destroys them. */
export async function finishErasures(log: Log, append: AppendSystem): Promise<void> {
  if (!(await SubjectKeys.areAside(log.dir))) return
  const keys = await log.content.keys()
  const aside = await keys.setAsides()
  if (aside.length === 0) return
  await append({
    action: 'audit.erasure',
    sys: { ids: aside.map(({ id }) => id), kids: aside.map(({ kid }) => kid), request: null },
    reason: 'completed after a crash',
  })
  await log.checkpoints.sign(true)
  await destroy(log.dir, keys, aside)
}

async function destroy(
  dir: string,
  keys: SubjectKeys | undefined,
  aside: readonly { readonly id: string; readonly kid: string }[],
): Promise<void> {
  for (const { id, kid } of aside) {
    // The key's file goes last: as long as it is there, the next start knows what is left to do.
    await removeContent(dir, kid)
    await keys?.destroy(id)
  }
}
