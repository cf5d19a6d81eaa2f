import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto'
import { closeSync, fstatSync, openSync, readFileSync, writeSync } from 'node:fs'
import { RedactError } from './errors.ts'
import type { Key } from './key.ts'
import { derive, type KeyProvider } from './key-provider.ts'
import type { Actor, Vault, VaultAudit } from './vault.ts'

/** Options of `fileVault`. */
export interface FileVaultOptions {
  /** Made with mode 0600 on first use; several processes may append to one file. */
  readonly path: string
  readonly keys: KeyProvider
  /** Told of each `detokenize` before the value is handed out; when it rejects there is no value. */
  readonly audit: VaultAudit
}

/** One line of the file: the value under AES-256-GCM, bound to its token, type and tenant. */
interface Entry {
  readonly v: 1
  readonly token: string
  readonly type: string
  readonly tenant?: string
  readonly key: string
  readonly iv: string
  readonly data: string
  readonly tag: string
}

const TOKEN = /(?:^|-tok-)([a-z2-7]{26})>?$/
/** Tokens that this process knows to be in the file; when there are more, some values are written twice. */
const MAX_KNOWN = 1_000_000

/** A vault in one file of JSON lines, append-only, encrypted with keys derived from the provider's. */
export function fileVault(options: FileVaultOptions): Vault {
  const { path, keys, audit } = options
  const known = new Set<string>()
  return {
    tokenize(value, type, tenant) {
      const key = keys.current(tenant)
      const token = vaultToken(key, value, type)
      if (known.has(token)) return token
      append(path, seal({ value, type, token, tenant, key }))
      if (known.size >= MAX_KNOWN) known.clear()
      known.add(token)
      return token
    },
    async detokenize(given, actor, reason) {
      const token = TOKEN.exec(given)?.[1]
      const entry = token === undefined ? undefined : readEntry(path, token)
      const event = {
        action: 'data_access',
        actor: checkedActor(actor),
        reason: checkedReason(reason),
      } as const
      const target = { type: 'vault_token', id: token ?? 'invalid' } as const
      const tenant = entry?.tenant === undefined ? {} : { tenant: entry.tenant }
      const outcome = entry === undefined ? 'failure' : 'success'
      await audit.append({ ...event, target, ...tenant, outcome })
      if (entry === undefined)
        throw new RedactError(
          'REDACT_TOKEN_UNKNOWN',
          `No value is kept behind this token in ${path}`,
        )
      return open(entry, keys, path)
    },
  }
}

/** 128 bits of a keyed digest: nobody without the key can test a guess, and a value has one token. */
export function vaultToken(key: Key, value: string, type: string): string {
  const { bytes } = derive(key, 'vault-token')
  const digest = createHmac('sha256', bytes).update(`${type}\0${value}`).digest()
  return base32(digest.subarray(0, 16))
}

const ALPHABET = 'abcdefghijklmnopqrstuvwxyz234567'

function base32(bytes: Buffer): string {
  let text = ''
  let bits = 0
  let held = 0
  for (const byte of bytes) {
    held = (held << 8) | byte
    bits += 8
    for (; bits >= 5; bits -= 5) text += ALPHABET[(held >> (bits - 5)) & 31]
    held &= (1 << bits) - 1
  }
  return text + ALPHABET[(held << (5 - bits)) & 31]
}

interface Sealing {
  readonly value: string
  readonly type: string
  readonly token: string
  readonly tenant: string | undefined
  readonly key: Key
}

function seal({ value, type, token, tenant, key }: Sealing): Entry {
  const iv = randomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', derive(key, 'vault-value').bytes, iv)
  cipher.setAAD(boundTo(token, type, tenant))
  const data = Buffer.concat([cipher.update(value, 'utf8'), cipher.final()]).toString('base64')
  const tag = cipher.getAuthTag().toString('base64')
  const whose = tenant === undefined ? {} : { tenant }
  return { v: 1, token, type, ...whose, key: key.id, iv: iv.toString('base64'), data, tag }
}

function open(entry: Entry, keys: KeyProvider, path: string): string {
  const current = keys.current(entry.tenant)
  const key = current.id === entry.key ? current : keys.byId(entry.key)
  if (key === undefined)
    throw new RedactError(
      'REDACT_KEY_UNKNOWN',
      `The value was kept under the key ${entry.key}, which the key provider does not know`,
    )
  const iv = Buffer.from(entry.iv, 'base64')
  try {
    const cipher = createDecipheriv('aes-256-gcm', derive(key, 'vault-value').bytes, iv, {
      authTagLength: 16,
    })
    cipher.setAAD(boundTo(entry.token, entry.type, entry.tenant))
    cipher.setAuthTag(Buffer.from(entry.tag, 'base64'))
    return cipher.update(entry.data, 'base64', 'utf8') + cipher.final('utf8')
  } catch (cause) {
    throw new RedactError(
      'REDACT_VAULT_INVALID',
      `The entry in ${path} was changed after it was written`,
      { cause },
    )
  }
}

function boundTo(token: string, type: string, tenant: string | undefined): Buffer {
  return Buffer.from(JSON.stringify([token, type, tenant ?? null]))
}

/** One write a line, appended; behind a line that a crash has cut, on a line of its own. */
function append(path: string, entry: Entry): void {
  const file = openSync(path, 'a', 0o600)
  try {
    const line = Buffer.from(`${fstatSync(file).size > 0 ? '\n' : ''}${JSON.stringify(entry)}`)
    for (let at = 0; at < line.length; ) at += writeSync(file, line, at)
  } finally {
    closeSync(file)
  }
}

function readEntry(path: string, token: string): Entry | undefined {
  for (const line of lines(path)) {
    if (!line.includes(token)) continue
    try {
      const entry = JSON.parse(line) as Entry
      if (entry.token === token) return entry
    } catch {
      // A line that a crash has cut; the value was written again.
    }
  }
  return undefined
}

function lines(path: string): string[] {
  try {
    return readFileSync(path, 'utf8').split('\n')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}

function checkedActor(actor: Actor): Actor {
  const { type, id } = actor ?? {}
  if (typeof type === 'string' && typeof id === 'string' && id !== '') return { type, id }
  throw new RedactError(
    'REDACT_OPTION_INVALID',
    'Expected `actor` to be {type, id}: who asks for the value',
  )
}

function checkedReason(reason: string): string {
  if (typeof reason === 'string' && reason.trim() !== '') return reason
  throw new RedactError('REDACT_OPTION_INVALID', 'Expected `reason` to say why the value is needed')
}
