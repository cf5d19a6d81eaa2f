import { createHash, createHmac } from 'node:crypto'
import { appendFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { canonicalJson } from '../src/canonical.ts'
import { signCheckpoint } from '../src/checkpoint.ts'
import { paddedSize, segmentName } from '../src/entry.ts'
import { Frontier, leafHash } from '../src/merkle.ts'
import { parseSigningKey, type Signer } from '../src/signer.ts'

/** An entry's own fields; the builder adds its place. */
export type Fields = Readonly<Record<string, unknown>>

const SYSTEM = { actor: { id: 'recount', type: 'system' }, outcome: 'success' }
const START = Date.parse('2026-11-01T09:00:00.000Z')

/** Signing keys that are the same in every run. */
export function testSigner(origin: string, number = 1): Signer {
  return parseSigningKey(testSigningKey(origin, number))
}

/** The same as the line of a key file. */
export function testSigningKey(origin: string, number = 1): string {
  const seed = createHash('sha256').update(`seed ${number}`).digest()
  const line = (id: string): string => {
    const typed = Buffer.concat([Buffer.of(1), seed]).toString('base64')
    return ['PRIVATE', 'KEY', origin, id, typed].join('+')
  }
  // The id is that of the public key, which the refusal of a wrong one names.
  try {
    parseSigningKey(line('00000000'))
    return line('00000000')
  } catch (error) {
    const id = /key id ([0-9a-f]{8})/.exec((error as Error).message)?.[1] ?? ''
    return line(id)
  }
}

/** Writes a log as docs/audit-format.md says, without any of the writer's code: the tests' second opinion. */
export class LogBuilder {
  readonly dir: string
  readonly origin: string
  signer: Signer
  readonly lines: string[] = []
  segment = 0
  clock: number = START
  /** Lines by segment. */
  readonly #tree = new Frontier()
  #prev: string
  #opens = 0

  constructor(dir: string, origin = 'acme.example/audit/test', number = 1) {
    this.dir = dir
    this.origin = origin
    this.signer = testSigner(origin, number)
    this.#prev = createHash('sha256').update(`recount-audit/v1 genesis\n${origin}`).digest('base64')
    mkdirSync(join(dir, 'checkpoints'), { recursive: true })
    writeFileSync(join(dir, 'public.vkey'), `${this.signer.key.vkey}\n`)
    const sys = { hash: 'sha-256', keys: [this.signer.key.vkey], nonce: 'AAAA' }
    this.own('audit.genesis', sys)
  }

  get size(): number {
    return this.lines.length
  }

  get vkey(): string {
    return this.signer.key.vkey
  }

  /** Appends an entry. */
  append(fields: Fields = {}): this {
    const seq = this.size
    this.clock += 1000
    const line = canonicalJson({
      v: 1,
      log: this.origin,
      seq,
      prev: this.#prev,
      ts: new Date(this.clock).toISOString(),
      id: `0192f3c4-5678-7abc-8def-${String(seq).padStart(12, '0')}`,
      action: 'query',
      actor: { id: `u${seq % 5}`, type: 'user' },
      outcome: 'success',
      target: { id: 'gpt-4o', type: 'model' },
      ...fields,
    })
    const leaf = leafHash(Buffer.from(line))
    this.#prev = leaf.toString('base64')
    this.#tree.push(leaf)
    this.lines.push(line)
    appendFileSync(this.segmentPath(), `${line}\n`)
    return this
  }

  entries(count: number): this {
    for (let at = 0; at < count; at += 1) this.append()
    return this
  }

  /** Appends one of the log's own entries. */
  own(action: string, sys: object, fields: Fields = {}): this {
    return this.append({
      ...SYSTEM,
      target: { id: this.origin, type: 'log' },
      action,
      sys,
      ...fields,
    })
  }

  /** `signed`: the size of the checkpoint that the writer found. */
  open(unclean = false, signed?: number): this {
    this.#opens += 1
    const start = { boot: 'b', durability: 'local', host: 'h', pid: 1, version: '0.1.0' }
    const found = signed === undefined ? {} : { signed }
    return this.own('audit.open', { ...start, ...found, epoch: this.#opens, unclean })
  }

  close(): this {
    return this.own('audit.close', { appended: 1 })
  }

  /** The next entries go to a new segment. */
  rotate(): this {
    this.segment = this.size
    return this
  }

  segmentPath(first: number = this.segment): string {
    return join(this.dir, segmentName(first))
  }

  /** Signs what is there. */
  async checkpoint(signers: readonly Signer[] = [this.signer]): Promise<this> {
    const note = await this.note(signers)
    writeFileSync(join(this.dir, 'checkpoint'), note)
    writeFileSync(this.notePath(), note)
    return this
  }

  note(signers: readonly Signer[] = [this.signer]): Promise<string> {
    return signCheckpoint({ origin: this.origin, size: this.size, root: this.root() }, signers)
  }

  root(): Buffer {
    return this.#tree.root()
  }

  notePath(size: number = this.size): string {
    return join(this.dir, 'checkpoints', `${paddedSize(size)}.note`)
  }

  /** Hands over to another key. */
  rotateKey(number: number): this {
    const old = this.signer
    this.signer = testSigner(this.origin, number)
    appendFileSync(join(this.dir, 'public.vkey'), `${this.vkey}\n`)
    return this.own('audit.key_rotate', { new: this.vkey, old: old.key.vkey })
  }

  /** Appends an entry with encrypted content beside it. */
  withContent(kid: string, text: string, kept = true): this {
    const bytes = Buffer.from(`ciphertext of ${text} under ${kid}`)
    const ct = createHash('sha256').update(bytes).digest('hex')
    mkdirSync(join(this.dir, 'content', kid), { recursive: true })
    writeFileSync(join(this.dir, 'content', kid, ct), bytes)
    const c = createHmac('sha256', 'salt').update(text).digest('base64')
    return this.append({
      subject: 's',
      data: [{ part: 'input', bytes: text.length, c, ct, kept, kid }],
    })
  }

  /** Destroys a subject's content. */
  erase(kid: string, request = 'r-17'): this {
    this.own('audit.erasure', { ids: ['i'], kids: [kid], request })
    rmSync(join(this.dir, 'content', kid), { recursive: true, force: true })
    return this
  }

  /** Deletes an expired segment and keeps its hashes, and the lines of entries that tell about keys, streams and expiry. */
  prune(first: number, last: number): this {
    const sys = this.prepareExpiry(first, last, /"action":"audit\.(genesis|key_|prune|stream)/)
    this.own('audit.prune', sys)
    rmSync(this.segmentPath(first))
    return this
  }

  /** Writes what stays of a range, and returns what is to be said about it. */
  prepareExpiry(first: number, last: number, stays?: RegExp): Fields {
    const lines = this.lines.slice(first, last + 1)
    const kept = lines.filter((line) => stays?.test(line)).map((line) => `${line}\n`)
    const path = join(this.dir, 'hashes', paddedSize(first))
    mkdirSync(join(this.dir, 'hashes'), { recursive: true })
    const hashes = Buffer.concat(lines.map((line) => leafHash(Buffer.from(line))))
    writeFileSync(`${path}.bin`, hashes)
    const said = { first, last, sha256: hex(hashes) }
    if (kept.length === 0) return said
    writeFileSync(`${path}.kept`, kept.join(''))
    return { ...said, kept: hex(kept.join('')) }
  }

  /** A stream below this log. */
  stream(name: string, number: number): LogBuilder {
    return new LogBuilder(join(this.dir, 'streams', name), `${this.origin}/${name}`, number)
  }

  /** States where a stream is. */
  attest(stream: LogBuilder): this {
    return this.own('audit.stream', stream.state())
  }

  /** What a parent says about this log as its stream. */
  state(): { key: string; origin: string; root: string; size: number } {
    const root = this.root().toString('base64')
    return { key: this.vkey, origin: this.origin, root, size: this.size }
  }
}

function hex(bytes: string | Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}

/** The lines of a file, without the empty one at its end. */
export function linesOf(path: string): string[] {
  return readFileSync(path, 'utf8').split('\n').slice(0, -1)
}

/** Puts lines into a file. */
export function writeLines(path: string, lines: readonly string[]): void {
  writeFileSync(path, lines.map((line) => `${line}\n`).join(''))
}
