import type { Diagnosis } from './diagnose.ts'
import { comparable } from './phrase.ts'

/** What of a diagnosis makes two errors the same. */
export type Fingerprinted = Pick<Diagnosis, 'category' | 'provider' | 'model' | 'rule'>

/**
 * What two errors have in common that are the same one: category, provider and model; where no rule held, the words of the
 * message without what changes from call to call. Eight hex digits, the same in every process.
 */
export function fingerprint(diagnosis: Fingerprinted, message: string): string {
  const { category, provider, model, rule } = diagnosis
  return hash([category, provider, model, rule === null ? template(message) : ''].join('\n'))
}

const MAX_READ = 2048

/** A message without what changes from call to call; nothing of one that is no text. */
function template(message: string): string {
  const unprintable = message.slice(0, MAX_READ).match(UNPRINTABLE)?.length ?? 0
  if (unprintable * 20 > Math.min(message.length, MAX_READ)) return ''
  return comparable(message.slice(0, MAX_READ))
    .replace(/\b[\w-]*\d[\w.-]*/g, '#')
    .slice(0, 200)
}

/** What no message has, and bytes have that were read as text. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
const UNPRINTABLE = /[\u0000-\u0008\u000b\u000e-\u001a\u001c-\u001f\ufffd]/g

/** FNV-1a, 32 bits: nothing secret depends on it. */
function hash(text: string): string {
  let state = 0x811c9dc5
  for (let at = 0; at < text.length; at++) {
    state ^= text.charCodeAt(at)
    state = Math.imul(state, 0x01000193)
  }
  return (state >>> 0).toString(16).padStart(8, '0')
}
