import {
  type OpenedContent,
  openContent,
  type SealedContent,
  sealContent,
} from './content-store.ts'
import type { ContentCommitment, StoredDataItem } from './entry.ts'
import { AuditError } from './errors.ts'
import type { AuditActor, AuditDataItem, AuditEvent } from './event.ts'
import { readContentKey } from './key-file.ts'
import { type CheckedOptions, contentKeyPath } from './options.ts'
import { type SubjectKey, SubjectKeys } from './subject-keys.ts'

/** An event as its entry will say it, and what has to be durable first. */
export interface PreparedEvent {
  readonly fields: Omit<AuditEvent, 'data'> & { readonly data?: readonly StoredDataItem[] }
  readonly before?: () => Promise<void>
}

/** Takes content out of events: encrypts it beside the log, and leaves commitments. */
export class EventContent {
  readonly #dir: string
  readonly #origin: string
  readonly #options: CheckedOptions
  #keys: Promise<SubjectKeys> | undefined

  constructor(dir: string, origin: string, options: CheckedOptions) {
    this.#dir = dir
    this.#origin = origin
    this.#options = options
  }

  /** Whether `prepare` has anything to do. */
  isNeeded({ data }: AuditEvent): boolean {
    return this.#options.pseudonyms === true || (data !== undefined && data.length > 0)
  }

  /** The event without content and, where asked, without names. */
  async prepare(event: AuditEvent): Promise<PreparedEvent> {
    const { data = [], ...rest } = event
    const needsKey = this.#options.pseudonyms || data.some(({ text }) => text !== undefined)
    const subject = needsKey ? await this.#subjectOf(event) : undefined
    const sealed = data.map((item) => this.#seal(item, subject))
    const writes = sealed.map(({ write }) => write).filter((write) => write !== undefined)
    const named = this.#options.pseudonyms ? await this.#renamed(rest) : rest
    return {
      fields: { ...named, ...(data.length > 0 && { data: sealed.map(({ item }) => item) }) },
      ...(writes.length > 0 && { before: () => all(writes) }),
    }
  }

  /** Opens what an entry commits to. */
  async open(commitment: ContentCommitment): Promise<OpenedContent> {
    const subject = await (await this.keys()).byKid(commitment.kid)
    if (subject === undefined) {
      const message = `The content cannot be read: its key ${commitment.kid} was erased, or never was here`
      throw new AuditError('AUDIT_CONTENT_UNAVAILABLE', message)
    }
    return openContent(this.#dir, this.#origin, subject, commitment)
  }

  /** The subjects' keys. The content key is made on first use. */
  keys(): Promise<SubjectKeys> {
    this.#keys ??= this.#readKeys()
    // A failure must not be remembered.
    this.#keys.catch(() => {
      this.#keys = undefined
    })
    return this.#keys
  }

  async #readKeys(): Promise<SubjectKeys> {
    const path = contentKeyPath(this.#options)
    if (path === undefined) {
      const message =
        'Expected `contentKey` to be the path of a key file, got nothing: with a signer as `key`, content needs a key of its own'
      throw new AuditError('AUDIT_OPTION_INVALID', message)
    }
    const hasSubjects = await SubjectKeys.exist(this.#dir)
    return new SubjectKeys(this.#dir, this.#origin, await readContentKey(path, !hasSubjects))
  }

  async #subjectOf({ subject, tenant = '', actor }: AuditEvent): Promise<SubjectKey> {
    const whose = subject ?? (actor.type === 'user' ? actor.id : '')
    return (await this.keys()).use(tenant, whose)
  }

  #seal(
    item: AuditDataItem,
    subject: SubjectKey | undefined,
  ): { item: StoredDataItem; write?: SealedContent['write'] } {
    const { part, text, commitment, keep } = item
    if (text === undefined || subject === undefined) {
      return { item: { part, ...(commitment !== undefined && { commitment }) } }
    }
    const kept = keep ?? this.#options.content === 'keep'
    const sealed = sealContent(this.#dir, this.#origin, subject, { part, text, kept })
    return { item: sealed.commitment, write: sealed.write }
  }

  /** An actor as entries name him: by a pseudonym, where names are replaced and he is a person. */
  async actorOf(actor: AuditActor, tenant = ''): Promise<AuditActor> {
    if (!this.#options.pseudonyms || actor.type !== 'user') return actor
    return { ...actor, id: (await (await this.keys()).use(tenant, actor.id)).alias }
  }

  /** The pseudonyms that somebody has in this log, one for each tenant. */
  async aliasesOf(name: string): Promise<readonly string[]> {
    if (!(await SubjectKeys.exist(this.#dir))) return []
    const keys = await this.keys()
    return keys.aliasesOf(keys.whoIs(name))
  }

  /** What a hold says about whose data it is: where names are replaced, a pseudonym and what only the content key's owner can compare. */
  async heldAs(subject: string): Promise<{ subject: string; who?: string }> {
    if (!this.#options.pseudonyms) return { subject }
    const keys = await this.keys()
    const who = keys.whoIs(subject)
    const [alias] = await keys.aliasesOf(who)
    return { subject: alias ?? (await keys.use('', subject)).alias, who }
  }

  async #renamed(event: Omit<AuditEvent, 'data'>): Promise<Omit<AuditEvent, 'data'>> {
    const { actor, subject, target, tenant = '' } = event
    const keys = await this.keys()
    const alias = async (name: string): Promise<string> => (await keys.use(tenant, name)).alias
    return {
      ...event,
      actor: await this.actorOf(actor, tenant),
      ...(subject !== undefined && { subject: await alias(subject) }),
      ...(target.type === 'user' && { target: { ...target, id: await alias(target.id) } }),
    }
  }
}

/** An event that has nothing to be taken out. */
export function asIs(event: AuditEvent): PreparedEvent {
  if (event.data === undefined) return { fields: event as PreparedEvent['fields'] }
  const { data: _nothing, ...fields } = event
  return { fields }
}

async function all(writes: readonly (() => Promise<void>)[]): Promise<void> {
  await Promise.all(writes.map((write) => write()))
}
