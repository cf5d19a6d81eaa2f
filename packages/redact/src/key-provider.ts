import { hkdfSync } from 'node:crypto'
import { type Key, loadKeyFile, toKey } from './key.ts'

/**
 * Where keys come from. Both methods answer at once: a provider in front of a key management service fetches keys ahead
 * and hands them out from memory. What it throws withholds the value that was to be treated.
 */
export interface KeyProvider {
  /** The key to use now, each tenant's its own; without a tenant that of everybody else. */
  current(tenant?: string): Key
  /** An earlier key by its id; undefined when it is not known. */
  byId(id: string): Key | undefined
}

/** Tenants whose derived keys are kept in memory. */
const MAX_TENANTS = 10_000

/**
 * Keys from one secret, by default that of the file `RECOUNT_KEY_FILE` or `recount.key`, read (or made) on first use. A
 * tenant's key is derived from it (HKDF-SHA256), so that equal values of two tenants have nothing in common.
 */
export function fileKeys(
  path: string = process.env.RECOUNT_KEY_FILE || 'recount.key',
): KeyProvider {
  let root: Key | undefined
  return derivedKeys(() => {
    root ??= loadKeyFile(path)
    return root
  })
}

/** The same from a key at hand. */
export function derivedKeys(root: () => Key): KeyProvider {
  const byTenant = new Map<string, Key>()
  return {
    current(tenant) {
      if (tenant === undefined) return root()
      const known = byTenant.get(tenant)
      if (known !== undefined) return known
      const derived = derive(root(), tenant)
      if (byTenant.size >= MAX_TENANTS) byTenant.clear()
      byTenant.set(tenant, derived)
      return derived
    },
    byId(id) {
      const key = root()
      return key.id === id ? key : [...byTenant.values()].find((derived) => derived.id === id)
    },
  }
}

/** A key for one purpose, from another: a key that hashes never encrypts. */
export function derive(key: Key, purpose: string): Key {
  return toKey(Buffer.from(hkdfSync('sha256', key.bytes, '', `recount:${purpose}`, 32)))
}
