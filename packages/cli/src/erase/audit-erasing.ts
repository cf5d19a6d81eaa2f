import { type AuditLog, readEntries } from '@recount/audit'
import { eraseInStreams } from '../audit/erase-streams.ts'
import { openLog } from '../audit/log-keys.ts'

/** An erasure in an audit log. */
export interface ErasedInAudit {
  readonly subject: string
  /** The entry that says so. */
  readonly seq: number
  /** Keys that were destroyed, and with them the content. */
  readonly keys: number
}

/** What is needed to erase in an audit log. */
export interface AuditErasingOptions {
  readonly audit?: string
  readonly key?: string
  readonly tenant?: string
  readonly reason?: string
  readonly request?: string
}

/** An audit log that is told of an erasure. */
export class AuditErasing {
  readonly #log: AuditLog
  readonly #options: AuditErasingOptions

  private constructor(log: AuditLog, options: AuditErasingOptions) {
    this.#log = log
    this.#options = options
  }

  /** Opens the log. Throws `AUDIT_ON_HOLD` where a legal hold forbids the erasure, and what opening throws. */
  static async open(options: AuditErasingOptions, ids: readonly string[]): Promise<AuditErasing> {
    const { audit = '', key } = options
    const log = await openLog(audit, key === undefined ? {} : { key })
    try {
      for (const id of ids) await log.checkHolds(id)
    } catch (error) {
      await log.close()
      throw error
    }
    return new AuditErasing(log, options)
  }

  /**
   * Destroys the keys of a person's content, under every id that entries name them by, and says so in the log; also where
   * it has nothing of them but something went elsewhere. Saying it again is not needed.
   */
  async erase(ids: readonly string[], isFound: boolean): Promise<readonly ErasedInAudit[]> {
    const named = await namesIn(this.#log.dir, ids)
    const known = ids.filter((id) => named.get(id) === 'named' || (isFound && named.has(id)))
    const wanted = known.length === 0 && isFound ? [nameFor(ids)] : known
    const erased: ErasedInAudit[] = []
    for (const subject of wanted) {
      const { tenant, reason = 'recount erase', request } = this.#options
      const { seq, kids } = await this.#log.erase({
        ...{ subject, reason },
        ...(tenant === undefined ? {} : { tenant }),
        ...(request === undefined ? {} : { request }),
      })
      erased.push({ subject, seq, keys: kids.length })
    }
    await this.#eraseInStreams(ids)
    return erased
  }

  /** Throws what kept one of them from it once the others are done. */
  async #eraseInStreams(ids: readonly string[]): Promise<void> {
    const { key, tenant, reason = 'recount erase', request } = this.#options
    const more = {
      ...(tenant !== undefined && { tenant }),
      ...(request !== undefined && { request }),
    }
    let failure: Error | undefined
    for (const subject of ids) {
      const { failed } = await eraseInStreams(this.#log.dir, { subject, reason, ...more }, key)
      failure ??= failed[0]?.error
    }
    if (failure !== undefined) throw failure
  }

  close(): Promise<void> {
    return this.#log.close()
  }
}

/** An entry stays for years: where ids are treated, it has the treated one. */
function nameFor(ids: readonly string[]): string {
  const [id = ''] = ids
  return ids.find((one) => one.startsWith('<user_id-hash-')) ?? id
}

type Named = 'named' | 'erased'

/** Which of these ids entries name, and whether the last one that does is an erasure. */
async function namesIn(dir: string, ids: readonly string[]): Promise<Map<string, Named>> {
  const wanted = new Set(ids)
  const named = new Map<string, Named>()
  for await (const { entry } of readEntries(dir)) {
    const { action, actor, target, subject } = entry
    const isErasure = action === 'audit.erasure'
    const users = [actor, target].flatMap((one) => (one?.type === 'user' ? one.id : []))
    for (const id of [...users, ...(subject === undefined ? [] : [subject])])
      if (wanted.has(id)) named.set(id, isErasure ? 'erased' : 'named')
  }
  return named
}
