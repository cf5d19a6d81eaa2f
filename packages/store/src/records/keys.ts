import { createHmac } from 'node:crypto'
import type { Scope } from '../scope.ts'
import type { ErasedName } from './erasure.ts'
import type { Kept } from './pieces.ts'

/** Names of things in a database: keyed, so that nobody without it can test a guess, and each tenant's its own. */
export interface Keys {
  piece(tenant: string, json: string): Buffer
  doc(tenant: string, kept: Kept): Buffer
  query(tenant: string, words: string): Buffer
  erased(scope: Scope, name: ErasedName): Buffer
}

/** 128 bits. */
const BYTES = 16

/** Names by the key of a database. */
export function keysOf(hex: string): Keys {
  const key = Buffer.from(hex, 'hex')
  const digest = (...parts: readonly string[]): Buffer => {
    const hmac = createHmac('sha256', key)
    for (const part of parts) hmac.update(part).update('\0')
    return hmac.digest().subarray(0, BYTES)
  }
  return {
    piece: (tenant, json) => digest('piece', tenant, json),
    doc: (tenant, { digest: named, truncated, isList, pieces }) =>
      digest('doc', tenant, named ?? '', `${truncated} ${isList}`, ...pieces),
    query: (tenant, words) => digest('query', tenant, words),
    // A tenant cannot be called so, since its name follows a letter.
    erased: (scope, { kind, id }) =>
      digest('erased', scope === undefined ? '*' : `t${scope}`, kind, id),
  }
}
