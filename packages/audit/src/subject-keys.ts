import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  hkdfSync,
  randomBytes,
  timingSafeEqual,
} from 'node:crypto'
import { rename } from 'node:fs/promises'
import { join } from 'node:path'
import {
  overwrite,
  readOwnIfThere,
  removeIfThere,
  replaceFile,
  syncFolder,
} from './durable-file.ts'
import { AuditError } from './errors.ts'
import { makeFolder, namesIn } from './folder.ts'
import { isPseudonym, newPseudonym } from './pseudonym.ts'

/** The key that encrypts one subject's content, and what the subject is called where names are replaced. */
export interface SubjectKey {
  /** Names the key file. */
  readonly id: string
  /** Names the key in entries. */
  readonly kid: string
  readonly key: Buffer
  /** A random pseudonym. */
  readonly alias: string
}

/** The file of a key. */
interface KeyFile {
  readonly alias: string
  /** Wrapped by the content key, base64. */
  readonly key: string
  readonly kid: string
  readonly v: number
  /** Of one that is set aside: proves that somebody with the content key asked it. */
  readonly asked?: string
}

/** Version of files whose key is bound to them. */
const BOUND = 2

/** Subjects whose keys are kept in memory. */
const MAX_KNOWN = 10_000

/** Keys of subjects, one file each in `subjects/`, wrapped by the content key. Whoever removes a file has erased what it opens. */
export class SubjectKeys {
  readonly #dir: string
  readonly #origin: string
  readonly #wrapKey: Buffer
  readonly #indexKey: Buffer
  readonly #askKey: Buffer
  readonly #known = new Map<string, Promise<SubjectKey>>()
  #turn: Promise<unknown> = Promise.resolve()

  constructor(dir: string, origin: string, contentKey: Buffer) {
    this.#dir = join(dir, 'subjects')
    this.#origin = origin
    this.#wrapKey = derived(contentKey, 'wrap')
    this.#indexKey = derived(contentKey, 'index')
    this.#askKey = derived(contentKey, 'erase')
  }

  /** Whether a log has keys already: then a content key that is missing was lost. */
  static async exist(dir: string): Promise<boolean> {
    return (await namesIn(join(dir, 'subjects'))).length > 0
  }

  /** Whether an erasure was begun and not ended. */
  static async areAside(dir: string): Promise<boolean> {
    return (await namesIn(join(dir, 'subjects'))).some((name) => name.endsWith('.erasing'))
  }

  /** Names the key file of a subject of a tenant, after subject and both: nobody can tell from it who that is. */
  idOf(tenant: string, subject: string): string {
    return `${this.whoIs(subject)}-${this.#digest(`${tenant}\0${subject}`)}`
  }

  /** Key files of a subject: of one tenant, or of all. */
  async idsOf(subject: string, tenant: string | undefined): Promise<string[]> {
    const start = tenant === undefined ? `${this.whoIs(subject)}-` : this.idOf(tenant, subject)
    const names = await namesIn(this.#dir)
    return names.filter((name) => name.startsWith(start) && name.endsWith('.json')).map(withoutEnd)
  }

  /** Stands for a subject in all tenants: who does not have the content key cannot tell from it who that is. */
  whoIs(subject: string): string {
    return this.#digest(subject)
  }

  /** Who has a pseudonym, as `whoIs` names him; undefined where it is none. */
  async whoHas(alias: string): Promise<string | undefined> {
    if (!isPseudonym(alias)) return undefined
    for (const name of await namesIn(this.#dir)) {
      if (!name.endsWith('.json')) continue
      const id = withoutEnd(name)
      if ((await this.#load(id))?.alias === alias) return id.split('-')[0]
    }
    return undefined
  }

  /** The pseudonyms of somebody, one for each tenant. */
  async aliasesOf(who: string): Promise<string[]> {
    const names = (await namesIn(this.#dir)).filter((name) => name.startsWith(`${who}-`))
    const ids = names.filter((name) => name.endsWith('.json')).map(withoutEnd)
    const keys = await Promise.all(ids.sort().map((id) => this.#load(id)))
    return keys.flatMap((key) => key?.alias ?? [])
  }

  #digest(text: string): string {
    return createHmac('sha256', this.#indexKey).update(text).digest('hex').slice(0, 16)
  }

  /** The key of a subject, made on first use and durable before it is used. */
  use(tenant: string, subject: string): Promise<SubjectKey> {
    const id = this.idOf(tenant, subject)
    const known = this.#known.get(id)
    if (known !== undefined) return known
    if (this.#known.size >= MAX_KNOWN) this.#known.clear()
    const found = this.#load(id).then((key) => key ?? this.#make(id))
    this.#known.set(id, found)
    // A failure must not be remembered.
    found.catch(() => this.#known.delete(id))
    return found
  }

  /** The key with a `kid`, as long as it is not erased. */
  async byKid(kid: string): Promise<SubjectKey | undefined> {
    for (const name of await namesIn(this.#dir)) {
      if (!name.endsWith('.json')) continue
      const key = await this.#load(withoutEnd(name))
      if (key?.kid === kid) return key
    }
    return undefined
  }

  /** Erasures go one after the other: each destroys all that is set aside. */
  inTurn<T>(erase: () => Promise<T>): Promise<T> {
    const turn = this.#turn.then(erase)
    this.#turn = turn.catch(() => undefined)
    return turn
  }

  /** Sets a key aside for erasure: from now on nobody uses it. Only who has the content key can ask so that the next start believes it. */
  async setAside(id: string): Promise<void> {
    this.#known.delete(id)
    const path = join(this.#dir, `${id}.json`)
    const file = await this.#read(path)
    if (file === undefined) return
    // Who swapped the files of two subjects must not have the other one's key destroyed.
    this.#opened(id, file)
    const asked = this.#asked(id, file.kid).toString('base64')
    const text = `${JSON.stringify({ ...file, asked })}\n`
    await replaceFile(join(this.#dir, `${id}.erasing`), text, 0o600)
    await this.#remove(path)
  }

  /** Keys that are set aside: `kid` and pseudonym by id. A crash may have left some; those of which nobody with the content key asked it are put back. */
  async setAsides(): Promise<readonly Pick<SubjectKey, 'id' | 'kid' | 'alias'>[]> {
    const names = (await namesIn(this.#dir)).filter((name) => name.endsWith('.erasing'))
    const ids = names.map((name) => name.slice(0, -'.erasing'.length))
    const found = await Promise.all(ids.map((id) => this.#aside(id)))
    return found.filter((aside) => aside !== undefined)
  }

  async #aside(id: string): Promise<Pick<SubjectKey, 'id' | 'kid' | 'alias'> | undefined> {
    const path = join(this.#dir, `${id}.erasing`)
    // Overwritten already: what is left to do is to remove it.
    if ((await readOwnIfThere(path))?.[0] === 0) {
      await this.#remove(path)
      return undefined
    }
    const file = await this.#read(path)
    if (file === undefined) return undefined
    const { kid, alias, asked } = file
    const given = Buffer.from(String(asked), 'base64')
    const expected = this.#asked(id, kid)
    if (given.length === expected.length && timingSafeEqual(given, expected))
      return { id, kid, alias }
    const key = join(this.#dir, `${id}.json`)
    // A key in its place may not be replaced by what nobody asked to be put there.
    if ((await this.#read(key)) === undefined) await rename(path, key)
    else await removeIfThere(path)
    await syncFolder(this.#dir)
    return undefined
  }

  #asked(id: string, kid: unknown): Buffer {
    return createHmac('sha256', this.#askKey).update(`${this.#origin}\0${id}\0${kid}`).digest()
  }

  /** Destroys a key that is set aside: its bytes are overwritten, then the file is removed. */
  async destroy(id: string): Promise<void> {
    // A crash while it was set aside may have left the key itself.
    await this.#remove(join(this.#dir, `${id}.json`))
    await this.#remove(join(this.#dir, `${id}.erasing`))
  }

  async #remove(path: string): Promise<void> {
    if ((await readOwnIfThere(path)) === undefined) return
    await overwrite(path)
    await removeIfThere(path)
    await syncFolder(this.#dir)
  }

  async #load(id: string): Promise<SubjectKey | undefined> {
    const file = await this.#read(join(this.#dir, `${id}.json`))
    return file && this.#opened(id, file)
  }

  /** What a key's file says. Throws `AUDIT_DAMAGED` where it is none. */
  async #read(path: string): Promise<KeyFile | undefined> {
    const text = await readOwnIfThere(path)
    if (text === undefined) return undefined
    try {
      const file = JSON.parse(String(text)) as KeyFile
      if ([file.alias, file.key, file.kid].every((value) => typeof value === 'string')) return file
    } catch {}
    throw new AuditError(
      'AUDIT_DAMAGED',
      `Expected ${path} to be the key of a subject as this log wrote it; restore it from a copy, or delete it: without it what it encrypts cannot be read`,
    )
  }

  #opened(id: string, file: KeyFile): SubjectKey {
    const { kid, alias } = file
    return { id, kid, alias, key: open(this.#wrapKey, file.key, this.#context(id, file)) }
  }

  async #make(id: string): Promise<SubjectKey> {
    const kid = randomBytes(8).toString('hex')
    const alias = newPseudonym()
    const key = randomBytes(32)
    const context = this.#context(id, { alias, kid, v: BOUND })
    const wrapped = seal(this.#wrapKey, key, context).toString('base64')
    await makeFolder(this.#dir)
    const text = `${JSON.stringify({ alias, key: wrapped, kid, v: BOUND })}\n`
    await replaceFile(join(this.#dir, `${id}.json`), text, 0o600)
    return { id, kid, key, alias }
  }

  /** Binds a key to its file and pseudonym, so that nobody swaps them; those of the first version are bound to neither. */
  #context(id: string, { alias, kid, v }: Pick<KeyFile, 'alias' | 'kid' | 'v'>): string {
    const rest = v === BOUND ? `${id}\0${kid}\0${alias}` : kid
    return `recount-audit/subject/v${v === BOUND ? BOUND : 1}\0${this.#origin}\0${rest}`
  }
}

/** Nonce, ciphertext and tag of AES-256-GCM. */
export function seal(key: Buffer, plain: Uint8Array, context: string): Buffer {
  const nonce = randomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(context))
  return Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()])
}

/** What was sealed. Throws `AUDIT_CONTENT_UNAVAILABLE` where it was changed, or sealed with another key or for another place. */
export function open(key: Buffer, sealed: Buffer | string, context: string): Buffer {
  const bytes = typeof sealed === 'string' ? Buffer.from(sealed, 'base64') : sealed
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, 12), {
      authTagLength: 16,
    })
    decipher.setAAD(Buffer.from(context)).setAuthTag(bytes.subarray(-16))
    return Buffer.concat([decipher.update(bytes.subarray(12, -16)), decipher.final()])
  } catch (cause) {
    throw new AuditError(
      'AUDIT_CONTENT_UNAVAILABLE',
      'What is encrypted cannot be opened: it was changed, or the content key is not the one it was encrypted with',
      { cause },
    )
  }
}

function withoutEnd(name: string): string {
  return name.slice(0, -'.json'.length)
}

function derived(contentKey: Buffer, purpose: string): Buffer {
  return Buffer.from(hkdfSync('sha256', contentKey, '', `recount-audit/${purpose}`, 32))
}
