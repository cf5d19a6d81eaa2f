import { createHmac } from 'node:crypto'
import type { KeyProvider } from './key-provider.ts'
import { inPart } from './part-error.ts'
import type { Vault } from './vault.ts'

/** What becomes of a value: `[REDACTED:email]`, `<email-hash-1a2b3c4d>` or `<email-tok-…>`. */
export const TREATMENTS = ['mask', 'hash', 'tokenize'] as const
/** One of `TREATMENTS`. */
export type Treatment = (typeof TREATMENTS)[number]

/** What treating values needs. */
export interface Treating {
  readonly keys: KeyProvider
  /** Hex digits of a hash, 4 to 16. */
  readonly hashWidth: number
  readonly vault: Vault | undefined
  readonly tenant: string | undefined
}

/** What stands in for a value. Throws when the key provider or the vault throws. */
export function treated(
  value: string,
  type: string,
  treatment: Treatment,
  treating: Treating,
): string {
  if (treatment === 'mask') return `[REDACTED:${type}]`
  const canonical = canonicalValue(value, type)
  const { keys, tenant, vault } = treating
  if (treatment === 'tokenize' && vault !== undefined)
    return `<${type}-tok-${inPart('the vault', () => vault.tokenize(canonical, type, tenant))}>`
  const digest = inPart('the key provider', () =>
    createHmac('sha256', keys.current(tenant).bytes).update(`${type}\0${canonical}`).digest('hex'),
  )
  return `<${type}-hash-${digest.slice(0, treating.hashWidth)}>`
}

/** One spelling for what means the same: NFKC, without case where case says nothing, numbers without separators. */
function canonicalValue(value: string, type: string): string {
  const plain = value.normalize('NFKC').trim()
  switch (type) {
    case 'phone':
      return plain.replaceAll(/[^\d+x]/gi, '').toLowerCase()
    case 'credit_card':
    case 'ssn':
      return plain.replaceAll(/\D/g, '')
    case 'iban':
      return plain.replaceAll(/[^\da-z]/gi, '').toUpperCase()
    case 'email':
    case 'ip':
      return plain.toLowerCase()
    case 'mac':
      return plain.toLowerCase().replaceAll('-', ':')
    default:
      return plain
  }
}
