import { join } from 'node:path'
import type { Appended } from './batch.ts'
import { namesIn } from './folder.ts'
import { proveHandovers } from './handovers.ts'
import { readNewestCheckpoint, readPublicKeys } from './log-file.ts'
import { type NamedKeys, readNamedKeys } from './named-keys.ts'
import { verifyNote } from './signed-note.ts'
import type { SystemEntry } from './system-entry.ts'
import { handedOver, parseTlogProof } from './tlog-proof.ts'
import { parseVerifierKey, rawPublicKey, type VerifierKey, verifierKey } from './verifier-key.ts'
import { warn } from './warnings.ts'

/** What a stream's newest checkpoint says. */
export interface StreamState {
  readonly origin: string
  readonly size: number
  /** Base64. */
  readonly root: string
}

/** Which streams to record. */
export interface StreamsRequest {
  /** Public keys, as lines, of streams that sign with keys of their own and are not recorded yet. */
  readonly keys?: readonly string[]
}

/** What recording needs of the log. */
export interface RecordingLog {
  readonly dir: string
  readonly origin: string
  /** The key in use. */
  readonly key: VerifierKey
  readonly sign: () => Promise<{ readonly size: number }>
  readonly append: (entry: SystemEntry) => Promise<Appended>
}

/** Where the streams of a log lie. */
export function streamFolder(dir: string, name: string): string {
  return join(dir, 'streams', name)
}

/** Appends the newest checkpoint of each stream that a known key has signed; warns of others. Throws `AUDIT_DAMAGED` for one that the keys beside it have not signed. */
export async function recordStreams(
  log: RecordingLog,
  { keys = [] }: StreamsRequest = {},
): Promise<readonly StreamState[]> {
  const recording: Recording = { ...log, given: keys.map(parseVerifierKey), named: undefined }
  const states: StreamState[] = []
  for (const name of (await namesIn(join(log.dir, 'streams'))).sort()) {
    const state = await recordStream(recording, name)
    if (state !== undefined) states.push(state)
  }
  return states
}

interface Recording extends RecordingLog {
  readonly given: readonly VerifierKey[]
  /** Read once it is needed. */
  named: NamedKeys | undefined
}

async function recordStream(log: Recording, name: string): Promise<StreamState | undefined> {
  const dir = streamFolder(log.dir, name)
  const origin = `${log.origin}/${name}`
  const checkpoint = await readNewestCheckpoint(dir, origin, await readPublicKeys(dir))
  if (checkpoint === undefined) return undefined
  const signerAmong = (keys: readonly VerifierKey[]): VerifierKey | undefined =>
    verifyNote(checkpoint.note, keys).verified[0]?.key
  const signer =
    signerAmong([renamed(log.key, origin), ...log.given]) ??
    signerAmong(await followed(dir, checkpoint.size, await knownKeys(log, origin)))
  if (signer === undefined) {
    warn(
      'AUDIT_STREAM_UNKNOWN',
      `${dir} is signed by no key that ${log.dir} knows, and is not recorded; where it is yours, give its public key once: recordStreams({ keys: […] })`,
    )
    return undefined
  }
  const state = { origin, root: checkpoint.root.toString('base64'), size: checkpoint.size }
  await log.append({ action: 'audit.stream', sys: { ...state, key: signer.vkey } })
  return state
}

/** The keys of the log, under the stream's name, and those that it has named for the stream: files beside either vouch for nothing. */
async function knownKeys(log: Recording, origin: string): Promise<readonly VerifierKey[]> {
  log.named ??= await readNamedKeys(log.dir, (await log.sign()).size)
  const { own, streams } = log.named
  return [...own.map((key) => renamed(key, origin)), ...log.given, ...(streams.get(origin) ?? [])]
}

/** Keys with those to which they handed over in the stream. */
async function followed(
  dir: string,
  size: number,
  keys: readonly VerifierKey[],
): Promise<readonly VerifierKey[]> {
  const trusted = keys.slice()
  for (const proof of await proveHandovers(dir, size)) {
    const next = handedOver(parseTlogProof(proof), trusted)
    if (next !== undefined) trusted.push(next)
  }
  return trusted
}

function renamed({ publicKey }: VerifierKey, origin: string): VerifierKey {
  return verifierKey(origin, rawPublicKey(publicKey))
}
