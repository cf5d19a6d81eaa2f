import { join } from 'node:path'
import { EventContent } from '../event-content.ts'
import type { CheckedOptions } from '../options.ts'
import { readStreamNames } from '../verify/log-folder.ts'
import type { ExportFilter } from './export-request.ts'

interface NamedLog {
  readonly dir: string
  readonly origin: string
  readonly options: CheckedOptions
  readonly content: EventContent
}

/** A filter in the names that entries have: where people have pseudonyms, those of the log and of each stream. */
export async function filterInLog(log: NamedLog, filter: ExportFilter): Promise<ExportFilter> {
  const { subject, actor } = filter
  if (!log.options.pseudonyms) return filter
  const { dir, origin, options } = log
  const { names } = await readStreamNames(dir)
  const streams = names.map(
    (name) => new EventContent(join(dir, 'streams', name), `${origin}/${name}`, options),
  )
  const places = [log.content, ...streams]
  return {
    ...filter,
    ...(subject !== undefined && { subject: await aliases(places, subject, true) }),
    ...(actor !== undefined && { actor: await aliases(places, actor, false) }),
  }
}

/** Who is unknown gets a pseudonym where it must be a person: no name comes into the log by asking for it. */
async function aliases(
  places: readonly EventContent[],
  names: readonly string[],
  isPerson: boolean,
): Promise<string[]> {
  const found: string[] = []
  for (const name of names) {
    const known = (await Promise.all(places.map((place) => place.aliasesOf(name)))).flat()
    if (known.length > 0) found.push(...known)
    else found.push(isPerson ? ((await places[0]?.heldAs(name))?.subject ?? name) : name)
  }
  return found
}
