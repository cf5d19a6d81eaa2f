import { createHash, createHmac, randomBytes } from 'node:crypto'
import { linkSync, readFileSync, unlinkSync, writeFileSync } from 'node:fs'
import { RedactError } from './errors.ts'

/** A secret for keyed digests, with a short public name. */
export interface Key {
  /** First 8 hex digits of the SHA-256 of the key: names it, tells nothing about it. */
  readonly id: string
  readonly bytes: Buffer
}

/**
 * The key in a file of 64 hex digits, made with mode 0600 on first use. Processes that start together agree on one key.
 * Throws `REDACT_KEY_INVALID` when the file holds something else, and the system's error when it cannot be read or made.
 */
export function loadKeyFile(path: string): Key {
  return parseKey(readKeyFile(path) ?? createKeyFile(path), path)
}

/** A key for this process only. */
export function ephemeralKey(): Key {
  return toKey(randomBytes(32))
}

/** HMAC-SHA256 of a text (or bytes), as `hmac-sha256:<key id>:<first 128 bits in hex>`: equal texts match, nobody can guess them. */
export function keyedDigest(key: Key, text: string | Uint8Array): string {
  return `hmac-sha256:${key.id}:${createHmac('sha256', key.bytes).update(text).digest('hex').slice(0, 32)}`
}

function readKeyFile(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

/** Written whole under another name and then linked, so that nobody ever reads half a key and only one process wins. */
function createKeyFile(path: string): string {
  const whole = `${path}.${process.pid}.${randomBytes(4).toString('hex')}`
  writeFileSync(whole, `${randomBytes(32).toString('hex')}\n`, { mode: 0o600, flag: 'wx' })
  try {
    linkSync(whole, path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  } finally {
    unlinkSync(whole)
  }
  return readFileSync(path, 'utf8')
}

function parseKey(text: string, path: string): Key {
  const hex = text.trim()
  if (!/^[0-9a-f]{64}$/.test(hex)) {
    throw new RedactError(
      'REDACT_KEY_INVALID',
      `Expected ${path} to hold 64 hex digits, got ${hex.length} characters; restore the key, or remove the file to make a new one (old digests will then not match)`,
    )
  }
  return toKey(Buffer.from(hex, 'hex'))
}

function toKey(bytes: Buffer): Key {
  return { id: createHash('sha256').update(bytes).digest('hex').slice(0, 8), bytes }
}
