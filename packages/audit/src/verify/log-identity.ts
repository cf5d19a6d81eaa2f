import { join } from 'node:path'
import { parseCheckpoint } from '../checkpoint.ts'
import { paddedSize } from '../entry.ts'
import { parseLogKey, type VerifierKey } from '../verifier-key.ts'
import type { Findings } from './findings.ts'
import type { LogFolder } from './log-folder.ts'
import { readSmall, readSmallFile, readStart } from './small-file.ts'

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
  const { bytes, fault } = readSmall(join(dir, 'public.vkey'))
  if (fault !== undefined) findings.failure('KEY', null, `public.vkey ${fault}`)
  const text = bytes?.toString() ?? ''
  const lines = text.split('\n').filter((line) => line !== '')
  const keys = lines.flatMap((line) => publishedKey(line, findings))
  if (keys.length === lines.length && text !== keys.map(({ vkey }) => `${vkey}\n`).join(''))
    findings.failure('KEY', null, 'public.vkey has more than a key a line')
  return keys
}

function publishedKey(line: string, findings: Findings): VerifierKey[] {
  try {
    return [parseLogKey(line)]
  } catch (error) {
    findings.failure('KEY', null, `public.vkey: ${(error as Error).message}`)
    return []
  }
}

function originOfFirstLine({ parts }: LogFolder): string | undefined {
  const path = parts[0]?.segment
  const bytes = path ? readStart(path) : undefined
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
