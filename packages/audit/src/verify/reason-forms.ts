import { fromBase64 } from '../base64.ts'
import { HASH_BYTES } from '../merkle.ts'

/** What an entry of the log's own says. */
type Said = Readonly<Record<string, unknown>>

/** What the entries have to say which a verifier believes (docs/audit-format.md). */
const FORMS: Readonly<Record<string, (said: Said) => boolean>> = {
  'audit.genesis': ({ keys }) => isTexts(keys),
  'audit.key_rotate': (said) => isText(said.old) && isText(said.new),
  'audit.key_revoke': ({ key, trusted_size }) => isText(key) && isCount(trusted_size),
  'audit.erasure': ({ kids }) => isTexts(kids),
  'audit.hold': ({ hold }) => isText(hold),
  'audit.hold_release': ({ hold }) => isText(hold),
  'audit.prune': ({ first, last, sha256, kept = '' }) =>
    isCount(first) && isCount(last) && first <= last && isText(sha256) && isText(kept),
  'audit.stream': ({ key, origin, root, size }) =>
    isText(key) && isText(origin) && isHash(root) && isCount(size),
}

/** Whether an entry of this action says what such an entry says; others are not looked at. */
export function isWellFormed(action: string, said: Said): boolean {
  return FORMS[action]?.(said) ?? true
}

function isText(value: unknown): value is string {
  return typeof value === 'string'
}

function isTexts(value: unknown): boolean {
  return Array.isArray(value) && value.every(isText)
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && value >= 0
}

function isHash(value: unknown): boolean {
  return isText(value) && fromBase64(value)?.length === HASH_BYTES
}
