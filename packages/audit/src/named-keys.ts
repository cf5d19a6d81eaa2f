import { parseVerifierKey, type VerifierKey } from './verifier-key.ts'
import { readLeaves } from './verify/log-leaves.ts'
import { type Reason, SignedEntries } from './verify/signed-entries.ts'

/** Keys that a log has signed. */
export interface NamedKeys {
  /** Its own, the oldest first. */
  readonly own: readonly VerifierKey[]
  /** Those of its streams, by their origins. */
  readonly streams: ReadonlyMap<string, readonly VerifierKey[]>
}

/** Reads the keys that the first `size` entries of a log name, which are signed; what has expired is left out. */
export async function readNamedKeys(dir: string, size: number): Promise<NamedKeys> {
  const own: VerifierKey[] = []
  const streams = new Map<string, VerifierKey[]>()
  const take = ({ action, sys }: Reason): void => {
    if (action === 'audit.key_rotate') own.push(...keysIn([sys.old, sys.new]))
    if (action !== 'audit.stream') return
    const origin = String(sys.origin)
    streams.set(origin, [...(streams.get(origin) ?? []), ...keysIn([sys.key])])
  }
  const signed = new SignedEntries({ onSigned: take, onUnsigned: () => {} })
  await readLeaves(dir, size, (_leaf, seq, line) => {
    if (!line?.includes('"action":"audit.')) return
    const { action, sys = {} } = JSON.parse(String(line)) as Partial<Reason>
    if (action === 'audit.genesis' && seq === 0) own.push(...keysIn(sys.keys))
    else if (action !== undefined) signed.add({ seq, action, sys })
  })
  signed.release(size)
  return { own, streams }
}

function keysIn(lines: unknown): VerifierKey[] {
  return Array.isArray(lines) ? lines.map((line) => parseVerifierKey(String(line))) : []
}
