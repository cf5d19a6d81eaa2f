import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { contentPath } from './content-path.ts'
import { readIfThere, syncFolder, writeSynced } from './durable-file.ts'
import type { ContentCommitment } from './entry.ts'
import { AuditError } from './errors.ts'
import { makeFolder, namesIn } from './folder.ts'
import { open, type SubjectKey, seal } from './subject-keys.ts'

const SALT_BYTES = 32

/** Content that an entry commits to, encrypted; `write` makes it durable. */
export interface SealedContent {
  readonly commitment: ContentCommitment
  readonly write: () => Promise<void>
}

/** Seals a text (or, unless kept, its salt alone) for one subject. */
export function sealContent(
  dir: string,
  origin: string,
  subject: SubjectKey,
  content: { readonly part: string; readonly text: string; readonly kept: boolean },
): SealedContent {
  const { part, text, kept } = content
  const salt = randomBytes(SALT_BYTES)
  const plain = kept ? Buffer.concat([salt, Buffer.from(text)]) : salt
  const sealed = seal(subject.key, plain, context(origin, subject.kid, part))
  const ct = createHash('sha256').update(sealed).digest('hex')
  const c = commitTo(salt, part, text)
  const commitment = { bytes: Buffer.byteLength(text), c, ct, kept, kid: subject.kid, part }
  return { commitment, write: () => writeContent(dir, subject.kid, ct, sealed) }
}

/** A salted commitment to a text, base64: tells nothing without the salt, and fits no other text or part with it. */
function commitTo(salt: Uint8Array, part: string, text: string): string {
  return createHmac('sha256', salt)
    .update(`recount-audit/commit/v1\0${part}\0`)
    .update(text)
    .digest('base64')
}

/** What was committed to: the text (null where only the salt was kept), and the salt that proves it. */
export interface OpenedContent {
  readonly text: string | null
  readonly salt: Buffer
}

/** Opens content. Throws `AUDIT_CONTENT_UNAVAILABLE` where it is gone or was changed. */
export async function openContent(
  dir: string,
  origin: string,
  subject: SubjectKey,
  { part, c, ct, kept, kid }: ContentCommitment,
): Promise<OpenedContent> {
  const path = contentPath(dir, kid, ct)
  const sealed = path === undefined ? undefined : await readIfThere(path)
  if (sealed === undefined) throw unavailable(`content/${kid}/${ct} is not there`)
  const plain = open(subject.key, sealed, context(origin, kid, part))
  const salt = plain.subarray(0, SALT_BYTES)
  if (!kept) return { salt, text: null }
  const text = plain.subarray(SALT_BYTES).toString('utf8')
  const isSame = timingSafeEqual(Buffer.from(commitTo(salt, part, text)), Buffer.from(c))
  if (!isSame) throw unavailable('it is not what the entry commits to')
  return { salt, text }
}

/** Deletes all content of a key, durably. */
export async function removeContent(dir: string, kid: string): Promise<void> {
  const folder = join(dir, 'content')
  if (!(await namesIn(folder)).includes(kid)) return
  await rm(join(folder, kid), { recursive: true, force: true })
  await syncFolder(folder)
}

async function writeContent(dir: string, kid: string, ct: string, sealed: Buffer): Promise<void> {
  const folder = join(dir, 'content', kid)
  await makeFolder(folder)
  await writeSynced(join(folder, ct), sealed, 0o600)
  await syncFolder(folder)
}

/** Binds content to its place, so that nobody swaps it. */
function context(origin: string, kid: string, part: string): string {
  return `${origin}\0${kid}\0${part}`
}

function unavailable(why: string): AuditError {
  return new AuditError('AUDIT_CONTENT_UNAVAILABLE', `The content cannot be read: ${why}`)
}
