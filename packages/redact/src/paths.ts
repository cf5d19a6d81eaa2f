import fastRedact from 'fast-redact'
import { RedactError } from './errors.ts'
import type { Pass } from './pass.ts'
import type { Plain } from './plain.ts'
import { type Treatment, treated } from './treatment.ts'

/** Treats the values at configured paths of a snapshot, in place. */
export type PathRedactor = (snapshot: Plain, pass: Pass) => Plain

/**
 * Paths as fast-redact takes them. It runs on our own snapshots only: on live objects it leaks what is frozen or behind a
 * getter, and a censor that throws leaves them half changed.
 */
export function createPathRedactor(paths: ReadonlyMap<string, Treatment>): PathRedactor {
  if (paths.size === 0) return (snapshot) => snapshot
  let current: Pass | undefined
  const each = Array.from(paths, ([path, treatment]) =>
    compile(path, (value, place) => {
      const pass = current as Pass
      const key = `${place.join('.')}\0path`
      pass.notes.set(key, (pass.notes.get(key) ?? 0) + 1)
      pass.keyed ||= treatment !== 'mask'
      return treated(textOf(value), nameOf(place), treatment, pass.treating)
    }),
  )
  return (snapshot, pass) => {
    if (typeof snapshot !== 'object' || snapshot === null) return snapshot
    current = pass
    for (const redact of each) redact(snapshot)
    return snapshot
  }
}

function compile(
  path: string,
  censor: (value: unknown, place: string[]) => string,
): (value: object) => unknown {
  try {
    // The types of fast-redact leave the second argument out.
    const options = {
      paths: [path],
      censor: censor as (value: unknown) => string,
      serialize: false as const,
    }
    return fastRedact(options)
  } catch (cause) {
    throw new RedactError(
      'REDACT_OPTION_INVALID',
      `Expected \`paths\` to hold paths such as user.name, list[*].name or *.name, got \`${path}\` (string)`,
      { cause },
    )
  }
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}

/** The last name of the path, as a type. */
function nameOf(place: readonly string[]): string {
  const name = (place.findLast((part) => !/^\d+$/.test(part)) ?? '')
    .toLowerCase()
    .replaceAll(/[^a-z\d]+/g, '_')
  return name.slice(0, 40) || 'value'
}
