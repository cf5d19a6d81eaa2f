import { parseCheckpoint, type SignedCheckpoint } from '@recount/audit'
import { persist } from './attempts.ts'
import { S3Error } from './errors.ts'
import type { ObjectStore } from './object-store.ts'
import type { StoreAbilities } from './probe.ts'
import { fateOf } from './request-fate.ts'
import { sha256 } from './sha256.ts'
import type { PutRequest } from './stored-object.ts'

/** The key of the newest checkpoint: the only object that is replaced. */
const HEAD_KEY = 'checkpoint'

/** The newest checkpoint in the store, as it was last seen there. */
export interface Head {
  /** Undefined where nothing was shipped yet. */
  readonly etag: string | undefined
  readonly checkpoint: SignedCheckpoint | undefined
}

/** Reads the head. Throws `AUDIT_NOTE_INVALID` or `AUDIT_CHECKPOINT_INVALID` where it is none. */
export async function readHead(store: ObjectStore): Promise<Head> {
  const found = await store.get(HEAD_KEY)
  if (found === undefined) return { etag: undefined, checkpoint: undefined }
  return { etag: found.etag, checkpoint: parseCheckpoint(found.body) }
}

/**
 * Puts the next checkpoint in the place of the one that was seen, and only of that: whoever else has replaced it meanwhile has taken over. Throws
 * `S3_FENCED`, `S3_REFUSED`, `S3_UNREACHABLE`.
 */
export function swapHead(
  store: ObjectStore,
  { conditionalSwap, conditionalCreate, etags }: StoreAbilities,
  { etag }: Head,
  note: string,
): Promise<Head> {
  const body = Buffer.from(note)
  const isHonoured = etag === undefined ? conditionalCreate : conditionalSwap
  const onlyIf = isHonoured ? conditionOf(etag, etags) : undefined
  const request = { key: HEAD_KEY, body, sha256: sha256(body), type: 'text/plain', onlyIf }
  return persist(`Swapping ${store.url(HEAD_KEY)}`, store.policy, async () => {
    if (!isHonoured) {
      const found = await store.get(HEAD_KEY)
      if (found?.etag !== etag) return ours(store, body)
    }
    try {
      const put = await store.put(request)
      return { etag: put.etag, checkpoint: parseCheckpoint(note) }
    } catch (error) {
      const fate = fateOf(error)
      if (fate !== 'condition' && fate !== 'missing') throw error
      return ours(store, body)
    }
  })
}

function conditionOf(
  etag: string | undefined,
  etags: StoreAbilities['etags'],
): NonNullable<PutRequest['onlyIf']> {
  if (etag === undefined) return 'new'
  return { etag: etags === 'bare' ? etag.replaceAll('"', '') : etag }
}

/** The head where it is what was to be put: an attempt was stored, and its reply lost. */
async function ours(store: ObjectStore, body: Buffer): Promise<Head> {
  const found = await store.get(HEAD_KEY)
  if (found?.body.equals(body)) return { etag: found.etag, checkpoint: parseCheckpoint(body) }
  throw new S3Error(
    'S3_FENCED',
    `${store.url(HEAD_KEY)} was replaced by another shipper of this log; nothing more is shipped from here. End one of the two`,
  )
}
