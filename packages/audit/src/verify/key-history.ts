import type { VerifierKey } from '../verifier-key.ts'
import { parseLogKey } from '../verifier-key.ts'
import type { Findings } from './findings.ts'

/** A change of keys that waits for a checkpoint which the old key signed too. */
interface Rotation {
  readonly seq: number
  readonly old: VerifierKey
}

/** Which keys sign from which entry on, and which of them are trusted. */
export class KeyHistory {
  readonly #findings: Findings
  /** Every key that ever signed. */
  readonly #known = new Map<string, VerifierKey>()
  readonly #trusted: Set<string>
  readonly #trustedSizes = new Map<string, number>()
  #current: readonly VerifierKey[] = []
  readonly #past: VerifierKey[] = []
  #rotation: Rotation | undefined
  /** No key that was trusted beforehand has been in force yet. */
  #awaited = false

  /** `trusted`: keys that are trusted beforehand; `published`: keys that lie beside the log, which are known and nothing more. */
  constructor(
    trusted: readonly VerifierKey[],
    published: readonly VerifierKey[],
    findings: Findings,
  ) {
    this.#trusted = new Set(trusted.map(({ vkey }) => vkey))
    for (const key of [...trusted, ...published]) this.#known.set(key.vkey, key)
    this.#findings = findings
  }

  /** The keys in force for the next checkpoint. */
  get current(): readonly VerifierKey[] {
    return this.#current
  }

  /** What has to be remembered to go on from here: the keys in force, and those before them, as lines. */
  state(): { keys: readonly string[]; before: readonly string[] } {
    const linesOf = (keys: readonly VerifierKey[]): string[] => keys.map(({ vkey }) => vkey)
    return { keys: linesOf(this.#current), before: linesOf(this.#past) }
  }

  /** Every key that ever signed, to tell an unknown one from one that is used too early or too late. */
  get known(): readonly VerifierKey[] {
    return [...this.#known.values()]
  }

  /** The keys that are trusted, beforehand or because a trusted one handed over to them. */
  get trusted(): readonly VerifierKey[] {
    return [...this.#known.values()].filter((key) => this.isTrusted(key))
  }

  /** Goes on from a state: each of the keys before it handed over to the next. */
  resume(before: readonly string[], lines: readonly string[], size: number): void {
    const past = before.flatMap((line) => this.#parse(line, size))
    const at = past.findIndex(({ vkey }) => this.#trusted.has(vkey))
    const keys = lines.flatMap((line) => this.#parse(line, size))
    if (at >= 0) for (const { vkey } of [...past.slice(at), ...keys]) this.#trusted.add(vkey)
    this.#past.push(...past)
    this.begin(lines, size)
  }

  /** Keys of the first entry. */
  begin(lines: readonly unknown[], seq: number): void {
    const keys = lines.flatMap((line) => this.#parse(line, seq))
    this.#current = keys
    if (keys.length > 0 && !keys.some(({ vkey }) => this.#trusted.has(vkey))) this.#awaited = true
  }

  /** From the entry `seq` on a new key signs in place of an old one. */
  rotate(oldLine: unknown, newLine: unknown, seq: number): void {
    const [old] = this.#parse(oldLine, seq)
    const [next] = this.#parse(newLine, seq)
    if (old === undefined || next === undefined) return
    if (!this.#current.some(({ vkey }) => vkey === old.vkey)) {
      this.#findings.failure('KEY', seq, `a key is replaced that was not in force: ${old.vkey}`)
      return
    }
    this.#past.push(old)
    this.#current = [next]
    this.#rotation = { seq, old }
    if (this.#trusted.has(old.vkey)) this.#trusted.add(next.vkey)
    if (this.#trusted.has(next.vkey)) this.#awaited = false
  }

  /** Signatures of a key count only up to a size. */
  revoke(line: unknown, trustedSize: unknown, seq: number): void {
    const [key] = this.#parse(line, seq)
    if (key === undefined || typeof trustedSize !== 'number') return
    this.#trustedSizes.set(key.vkey, trustedSize)
    this.#current = this.#current.filter(({ vkey }) => vkey !== key.vkey)
  }

  /** Whether one of those who signed the newest checkpoint, of this size, is trusted, and its signature still counts; else that is told. */
  checkSigners(size: number, signers: readonly VerifierKey[]): boolean {
    const trusted = signers.filter((key) => this.isTrusted(key))
    if (trusted.some((key) => this.#counts(key, size))) return true
    const why = trusted.length > 0 ? 'a key that was revoked' : 'no key that is trusted'
    const detail = `the newest checkpoint, of size ${size}, is signed by ${why}`
    this.#findings.failure('KEY', size - 1, detail)
    return false
  }

  /** Whether a key is trusted, or a trusted one handed over to it. */
  isTrusted({ vkey }: VerifierKey): boolean {
    return this.#trusted.has(vkey)
  }

  /** A checkpoint of this size that holds, and who signed it: the first after a rotation needs the old key's signature. */
  signed(size: number, signers: readonly VerifierKey[]): void {
    const rotation = this.#rotation
    if (rotation === undefined || size <= rotation.seq) return
    this.#rotation = undefined
    if (signers.some(({ vkey }) => vkey === rotation.old.vkey)) return
    const detail = `the checkpoint of size ${size}, the first under a new key, is not signed by the old one`
    this.#findings.failure('KEY', rotation.seq, detail)
  }

  /** Says so when none of the trusted keys was ever the log's. */
  finish(): void {
    if (!this.#awaited) return
    const keys = this.#current.map(({ vkey }) => vkey).join(', ')
    this.#findings.failure('KEY', null, `the key given was never this log's; it has ${keys}`)
  }

  /** Whether a signature of this key counts on a checkpoint of this size. */
  #counts({ vkey }: VerifierKey, size: number): boolean {
    return size <= (this.#trustedSizes.get(vkey) ?? Number.MAX_SAFE_INTEGER)
  }

  #parse(line: unknown, seq: number): VerifierKey[] {
    try {
      const key = parseLogKey(String(line))
      if (key.vkey !== line) throw new Error('it has another spelling than its own')
      this.#known.set(key.vkey, key)
      return [key]
    } catch (error) {
      this.#findings.failure(
        'KEY',
        seq,
        `entry ${seq} has a key that is none: ${(error as Error).message}`,
      )
      return []
    }
  }
}
