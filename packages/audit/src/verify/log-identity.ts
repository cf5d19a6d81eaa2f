import { join } from 'node:path'
import { parseCheckpoint } from '../checkpoint.ts'
import { paddedSize } from '../entry.ts'
import { parseVerifierKey, type VerifierKey } from '../verifier-key.ts'
import type { Findings } from './findings.ts'
import type { LogFolder } from './log-folder.ts'
import { readSmallFile } from './small-file.ts'

/** Which log a folder says it is, and under which keys. */
export interface LogIdentity {
  readonly origin: string
  readonly published: readonly VerifierKey[]
}

/** Reads a log's name and keys; one changed name among several is outvoted, and shows later. */
export function readLogIdentity(folder: LogFolder, findings: Findings): LogIdentity {
  const published = readPublished(folder.dir, findings)
  const names = [originOfFirstLine(folder), originOfCheckpoint(folder), published[0]?.name]
  const found = names.filter((name) => name !== undefined)
  const votes = (name: string): number => found.filter((other) => other === name).length
  const origin = found.toSorted((a, b) => votes(b) - votes(a))[0] ?? ''
  for (const { name } of published)
    if (name !== origin)
      findings.failure('KEY', null, `public.vkey has a key of ${name}; the log is ${origin}`)
  return { origin, published }
}

function readPublished(dir: string, findings: Findings): VerifierKey[] {
  const bytes = readSmallFile(join(dir, 'public.vkey'))
  const lines = (bytes?.toString() ?? '').split('\n').filter((line) => line !== '')
  return lines.flatMap((line) => {
    try {
      return [parseVerifierKey(line)]
    } catch (error) {
      findings.failure('KEY', null, `public.vkey: ${(error as Error).message}`)
      return []
    }
  })
}

function originOfFirstLine({ parts }: LogFolder): string | undefined {
  const path = parts[0]?.segment
  const bytes = path ? readSmallFile(path) : undefined
  return attempt(() => {
    const line = bytes?.toString('utf8', 0, bytes.indexOf('\n')) ?? ''
    const { log } = JSON.parse(line) as { log?: unknown }
    return typeof log === 'string' ? log : undefined
  })
}

function originOfCheckpoint({ dir, checkpoint, checkpoints }: LogFolder): string | undefined {
  const kept = checkpoints.at(-1)
  const bytes =
    checkpoint ??
    (kept === undefined
      ? undefined
      : readSmallFile(join(dir, `checkpoints/${paddedSize(kept)}.note`)))
  return attempt(() => (bytes === undefined ? undefined : parseCheckpoint(bytes).origin))
}

/** What cannot be read is told where it is verified. */
function attempt<T>(read: () => T | undefined): T | undefined {
  try {
    return read()
  } catch {
    return undefined
  }
}
