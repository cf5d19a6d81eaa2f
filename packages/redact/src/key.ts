import { createHash, createHmac, randomBytes } from 'node:crypto'
import {
  closeSync,
  constants,
  fstatSync,
  linkSync,
  openSync,
  readSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs'
import { RedactError } from './errors.ts'

/** A secret for keyed digests, with a short public name. */
export interface Key {
  /** First 8 hex digits of the SHA-256 of the key: names it, tells nothing about it. */
  readonly id: string
  readonly bytes: Buffer
}

/**
 * The key in a file of 64 hex digits, made with mode 0600 on first use. Processes that start together agree on one key.
 * Throws `REDACT_KEY_INVALID` when it holds something else or is no regular file, and the system's error when it cannot be read or made.
 */
export function loadKeyFile(path: string): Key {
  return parseKey(readIfThere(path) ?? createKeyFile(path), path)
}

/** A key for this process only. */
export function ephemeralKey(): Key {
  return toKey(randomBytes(32))
}

/** HMAC-SHA256 of a text (or bytes), as `hmac-sha256:<key id>:<first 128 bits in hex>`: equal texts match, nobody can guess them. */
export function keyedDigest(key: Key, text: string | Uint8Array): string {
  return `hmac-sha256:${key.id}:${createHmac('sha256', key.bytes).update(text).digest('hex').slice(0, 32)}`
}

function readIfThere(path: string): string | undefined {
  try {
    return readKeyFile(path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

// Without O_NONBLOCK a named pipe would stop the process until somebody writes to it.
const FLAGS = constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY
/** More than a key and the white space around it take. */
const MOST_BYTES = 1024

function readKeyFile(path: string): string {
  const fd = openSync(path, FLAGS)
  try {
    // A device may have bytes without end, and a pipe none for now.
    if (!fstatSync(fd).isFile()) {
      throw new RedactError(
        'REDACT_KEY_INVALID',
        `Expected ${path} to be a file with 64 hex digits, got a folder, pipe or device; give the path of a regular file`,
      )
    }
    return readStart(fd)
  } finally {
    closeSync(fd)
  }
}

/** As much as tells a key from something larger. */
function readStart(fd: number): string {
  const bytes = Buffer.alloc(MOST_BYTES)
  let length = 0
  while (length < MOST_BYTES) {
    const count = readSync(fd, bytes, length, MOST_BYTES - length, null)
    if (count === 0) break
    length += count
  }
  return bytes.toString('latin1', 0, length)
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
  return readKeyFile(path)
}

function parseKey(text: string, path: string): Key {
  const hex = text.trim()
  if (text.length >= MOST_BYTES || !/^[0-9a-f]{64}$/.test(hex)) {
    throw new RedactError(
      'REDACT_KEY_INVALID',
      `Expected ${path} to hold 64 hex digits, got ${text.length < MOST_BYTES ? hex.length : `${MOST_BYTES} or more`} characters; restore the key, or remove the file to make a new one (old digests will then not match)`,
    )
  }
  return toKey(Buffer.from(hex, 'hex'))
}

/** A key with its name. */
export function toKey(bytes: Buffer): Key {
  return { id: createHash('sha256').update(bytes).digest('hex').slice(0, 8), bytes }
}
