import { join } from 'node:path'
import { parseCheckpoint, type SignedCheckpoint } from './checkpoint.ts'
import { readRegularIfThere, replaceFile } from './durable-file.ts'
import { paddedSize } from './entry.ts'
import { AuditError } from './errors.ts'
import { namesIn } from './folder.ts'
import { verifyNote } from './signed-note.ts'
import { parseVerifierKey, type VerifierKey } from './verifier-key.ts'

/** What a log's folder remembers about itself; a convenience for who opens it, no evidence. */
export interface LogFile {
  readonly origin: string
  /** Where the private key was; null where somebody else signs. */
  readonly key: string | null
  /** Where the content key is, once the private key is another than the one beside which it was made. */
  readonly contentKey?: string
  /** Whether names are replaced by pseudonyms, also by who does not ask for it. */
  readonly pseudonyms?: boolean
}

/** What `log.json` says; undefined where there is none. Throws `AUDIT_DAMAGED`. */
export async function readLogFile(dir: string): Promise<LogFile | undefined> {
  const text = await readRegularIfThere(join(dir, 'log.json'))
  if (text === undefined) return undefined
  try {
    const { v, origin, key, contentKey, pseudonyms } = JSON.parse(String(text))
    const more = {
      ...(typeof contentKey === 'string' && { contentKey }),
      ...(pseudonyms === true && { pseudonyms }),
    }
    if (v === 1 && typeof origin === 'string') return { origin, key: key ?? null, ...more }
  } catch {}
  throw new AuditError(
    'AUDIT_DAMAGED',
    `Expected ${join(dir, 'log.json')} to be {"key":…,"origin":…,"v":1}; restore it`,
  )
}

/** Writes `log.json`. */
export async function writeLogFile(
  dir: string,
  { contentKey, key, origin, pseudonyms }: LogFile,
): Promise<void> {
  await replaceFile(
    join(dir, 'log.json'),
    `${JSON.stringify({ contentKey, key, origin, pseudonyms, v: 1 })}\n`,
  )
}

/** The public keys in a log's folder, the oldest first. */
export async function readPublicKeys(dir: string): Promise<VerifierKey[]> {
  const text = String((await readRegularIfThere(join(dir, 'public.vkey'))) ?? '')
  return text.split('\n').filter(Boolean).map(parseVerifierKey)
}

/** Writes the public keys. */
export async function writePublicKeys(dir: string, keys: readonly VerifierKey[]): Promise<void> {
  await replaceFile(join(dir, 'public.vkey'), keys.map(({ vkey }) => `${vkey}\n`).join(''))
}

/** The newest checkpoint in the folder that one of the keys has signed; undefined where there is none. Throws `AUDIT_DAMAGED` for one that none has signed. */
export async function readNewestCheckpoint(
  dir: string,
  origin: string,
  keys: readonly VerifierKey[],
): Promise<SignedCheckpoint | undefined> {
  const kept = (await namesIn(join(dir, 'checkpoints'))).filter((name) =>
    /^\d{20}\.note$/.test(name),
  )
  const newest = kept.sort().at(-1)
  const paths = ['checkpoint', ...(newest === undefined ? [] : [join('checkpoints', newest)])]
  const found = await Promise.all(
    paths.map((path) => readCheckpoint(join(dir, path), origin, keys)),
  )
  const known = found.filter((checkpoint) => checkpoint !== undefined)
  return known.sort((a, b) => b.size - a.size)[0]
}

async function readCheckpoint(
  path: string,
  origin: string,
  keys: readonly VerifierKey[],
): Promise<SignedCheckpoint | undefined> {
  const content = await readRegularIfThere(path)
  if (content === undefined) return undefined
  const checkpoint = parseCheckpoint(content)
  const { verified, failed } = verifyNote(checkpoint.note, keys)
  if (checkpoint.origin === origin && verified.length > 0 && failed.length === 0) return checkpoint
  throw new AuditError(
    'AUDIT_DAMAGED',
    `Expected ${path} to be signed by the log's key for ${origin}; restore it from a copy`,
  )
}

/** Writes a checkpoint, and keeps it for good where asked. */
export async function writeCheckpoint(
  dir: string,
  size: number,
  note: string,
  isKept: boolean,
): Promise<void> {
  if (isKept) await replaceFile(join(dir, 'checkpoints', `${paddedSize(size)}.note`), note)
  await replaceFile(join(dir, 'checkpoint'), note)
}
