import { join } from 'node:path'
import type { Appended } from './batch.ts'
import type { SignedState } from './checkpoints.ts'
import { readRegularIfThere, replaceFile } from './durable-file.ts'
import { AuditError } from './errors.ts'
import type { Hold } from './holds.ts'
import { readSignedHolds } from './signed-holds.ts'
import { Turns } from './turns.ts'
import { warn } from './warnings.ts'

/** The legal holds in force: what the log says, signed, counts; `holds.json` adds to it, and nobody signs that. */
export class HoldsInForce {
  readonly #dir: string
  readonly #sign: () => Promise<SignedState>
  readonly #inherited: () => Promise<readonly Hold[]>
  /** Read once it is needed; from then on all holds begin and end here. */
  #known: Map<string, Hold> | undefined
  readonly #turns = new Turns()

  /** `sign` signs all durable entries, and keeps the checkpoint; `inherited` are in force here and end elsewhere. */
  constructor(
    dir: string,
    sign: () => Promise<SignedState>,
    inherited: () => Promise<readonly Hold[]>,
  ) {
    this.#dir = dir
    this.#sign = sign
    this.#inherited = inherited
  }

  /** All of them. Throws `AUDIT_DAMAGED`: what cannot be read may be a hold. */
  list(): Promise<readonly Hold[]> {
    return this.#turns.take(async () => [
      ...(await this.#read()).values(),
      ...(await this.#inherited()),
    ])
  }

  /** Puts a hold in force, then says so and signs that: a crash in between leaves the hold. */
  begin(hold: Hold, append: () => Promise<Appended>): Promise<void> {
    return this.#turns.take(async () => {
      const known = await this.#read()
      known.set(hold.hold, hold)
      await this.#write()
      await append()
      await this.#sign()
    })
  }

  /** Says that a hold ends, signs that, then ends it. Throws what `find` throws for those in force. */
  end(
    find: (holds: readonly Hold[]) => Hold,
    append: (hold: Hold) => Promise<Appended>,
  ): Promise<void> {
    return this.#turns.take(async () => {
      const known = await this.#read()
      const hold = find([...known.values()])
      await append(hold)
      await this.#sign()
      known.delete(hold.hold)
      await this.#write()
    })
  }

  async #read(): Promise<Map<string, Hold>> {
    this.#known ??= await this.#readAll()
    return this.#known
  }

  async #readAll(): Promise<Map<string, Hold>> {
    const listed = await readListedHolds(this.#dir)
    const { held, released } = await readSignedHolds(this.#dir, await this.#sign())
    const known = new Map<string, Hold>(held)
    for (const hold of listed) if (!released.has(hold.hold)) known.set(hold.hold, hold)
    const ids = listed.map(({ hold }) => hold)
    const gone = [...held.keys()].filter((hold) => !ids.includes(hold))
    if (gone.length > 0)
      warn(
        'AUDIT_HOLD_MISSING',
        `In ${this.#dir} holds.json does not list every hold in force: ${gone.join(', ')}. They stay in force; verify who can write to the folder`,
      )
    return known
  }

  async #write(): Promise<void> {
    const holds = [...(this.#known?.values() ?? [])]
    await replaceFile(join(this.#dir, 'holds.json'), `${JSON.stringify({ holds, v: 1 })}\n`)
  }
}

/** The holds that `holds.json` lists. Throws `AUDIT_DAMAGED`. */
export async function readListedHolds(dir: string): Promise<readonly Hold[]> {
  const text = await readRegularIfThere(join(dir, 'holds.json'))
  if (text === undefined) return []
  try {
    const { holds } = JSON.parse(String(text)) as { holds: Hold[] }
    if (!holds.every(isHold)) throw new Error('a hold of another form')
    return holds
  } catch (cause) {
    const message = `Expected ${join(dir, 'holds.json')} to list holds; restore it, or delete it: the log says which are in force`
    throw new AuditError('AUDIT_DAMAGED', message, { cause })
  }
}

function isHold({ hold, reason, subject, who }: Hold): boolean {
  const texts = [hold, reason, subject ?? '', who ?? '']
  return subject !== undefined && texts.every((text) => typeof text === 'string')
}
