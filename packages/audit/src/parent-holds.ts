import { basename, dirname, resolve } from 'node:path'
import { EventContent } from './event-content.ts'
import type { Hold } from './holds.ts'
import { readListedHolds } from './holds-in-force.ts'
import { readNewestCheckpoint, readPublicKeys } from './log-file.ts'
import type { CheckedOptions } from './options.ts'
import { isPseudonym } from './pseudonym.ts'
import { readSignedHolds } from './signed-holds.ts'
import { SubjectKeys } from './subject-keys.ts'

/** The log in whose folder a stream lies. */
interface Parent {
  readonly dir: string
  readonly origin: string
}

/** The legal holds of the log that a stream lies in, as they are now; none for what is no stream. What is held there is held in its streams, too. Throws `AUDIT_DAMAGED`. */
export async function readParentHolds(
  dir: string,
  origin: string,
  options: CheckedOptions,
): Promise<readonly Hold[]> {
  const parent = parentOf(dir, origin)
  if (parent === undefined) return []
  const keys = await readPublicKeys(parent.dir)
  const checkpoint = await readNewestCheckpoint(parent.dir, parent.origin, keys)
  const listed = await readListedHolds(parent.dir)
  const known = new Map<string, Hold>()
  const { held, released } =
    checkpoint === undefined
      ? { held: new Map<string, Hold>(), released: new Set<string>() }
      : await readSignedHolds(parent.dir, {
          size: checkpoint.size,
          root: checkpoint.root.toString('base64'),
        })
  for (const hold of [...held.values(), ...listed])
    if (!released.has(hold.hold)) known.set(hold.hold, hold)
  return Promise.all([...known.values()].map((hold) => whose(hold, parent, options)))
}

function parentOf(dir: string, origin: string): Parent | undefined {
  const place = resolve(dir)
  const end = `/${basename(place)}`
  if (basename(dirname(place)) !== 'streams' || !origin.endsWith(end)) return undefined
  return { dir: dirname(dirname(place)), origin: origin.slice(0, -end.length) }
}

/** Who has a pseudonym the parent's keys know; the stream has another one for him. */
async function whose(hold: Hold, parent: Parent, options: CheckedOptions): Promise<Hold> {
  const { subject, who } = hold
  if (who !== undefined || subject === null || !(await SubjectKeys.exist(parent.dir))) return hold
  if (!isPseudonym(subject)) return hold
  const keys = await new EventContent(parent.dir, parent.origin, options).keys()
  const found = await keys.whoHas(subject)
  return found === undefined ? hold : { ...hold, who: found }
}
