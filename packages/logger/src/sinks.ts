import { type Decision, guardSink, reaches } from '@recount/policy'
import type { DestinationStream } from 'pino'

/** A sink for lines, as any pino destination is. */
export type LineSink = Pick<DestinationStream, 'write'>

/** The name under which a policy means the logger's own destination. */
export const MAIN_SINK = 'log'

/** Named places for records beside the logger's own destination. */
export interface Sinks {
  /** Whether the logger's own destination gets the record. */
  main(decision: Decision): boolean
  /** The named sinks that get it, each guarded where it is bound to a tenant. */
  reached(decision: Decision): readonly LineSink[]
}

const NONE: readonly LineSink[] = []

/**
 * Sinks by name. `bindings` says which tenant a sink is bound to at this moment: what is not this tenant's does not get
 * into it, whatever the decision says.
 */
export function createSinks(
  named: Readonly<Record<string, LineSink>>,
  bindings: () => ReadonlyMap<string, string>,
): Sinks {
  const names = Object.keys(named)
  const guarded = new Map<string, LineSink>()

  function sink(name: string): LineSink {
    const plain = named[name] as LineSink
    const tenant = bindings().get(name)
    if (tenant === undefined) return plain
    const id = `${name}\0${tenant}`
    const known = guarded.get(id)
    if (known !== undefined) return known
    const made = guardSink<string>(plain, tenant) as LineSink
    guarded.set(id, made)
    return made
  }

  return {
    main: (decision) => reaches(decision, MAIN_SINK),
    reached(decision) {
      if (names.length === 0) return NONE
      return names.filter((name) => reaches(decision, name)).map(sink)
    },
  }
}
