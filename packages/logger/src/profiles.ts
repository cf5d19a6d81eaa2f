import { PROFILES } from '@recount/policy'
import {
  createRedactor,
  type KeyProvider,
  LOCALES,
  type Redactor,
  type RedactorOptions,
} from '@recount/redact'
import { createDoor, type Door } from './door.ts'

/** Redaction profiles by name, each with a door for every tenant. */
export interface Profiles {
  /** From the most lenient to the strictest. */
  readonly names: readonly string[]
  /** The door of a profile (an unknown one counts as `strict`) for a tenant. */
  door(profile: string, tenant: string | undefined): Door
}

/** What `secrets` leaves alone: all that is personal. */
const PERSONAL = [
  'email',
  'phone',
  'credit_card',
  'iban',
  'ssn',
  'ip',
  'mac',
  'user_id',
  'geography',
]

/** `secrets` masks secrets alone, `personal` hashes personal data so that the same person stays recognisable, `strict` masks it. */
const SHIPPED: Readonly<Record<string, RedactorOptions>> = {
  secrets: { off: PERSONAL },
  personal: { treat: { '*': 'hash' } },
  strict: { locales: LOCALES },
}

/** Doors of tenants that are kept in memory. */
const MAX_DOORS = 10_000

/** The shipped profiles and the user's, which may replace them. Throws what `createRedactor` throws. */
export function createProfiles(
  own: Readonly<Record<string, RedactorOptions>>,
  keys: KeyProvider,
): Profiles {
  const redactors = new Map<string, Redactor>()
  for (const [name, options] of Object.entries({ ...SHIPPED, ...own }))
    redactors.set(name, createRedactor({ key: keys, ...options }))
  const doors = new Map<string, Door>()
  const common = new Map<string, Door>()
  return {
    names: [...PROFILES, ...Object.keys(own).filter((name) => !PROFILES.includes(name))],
    door(profile, tenant) {
      const known = tenant === undefined ? common : doors
      const id = tenant === undefined ? profile : `${profile}\0${tenant}`
      const found = known.get(id)
      if (found !== undefined) return found
      const redactor = redactors.get(profile) ?? (redactors.get('strict') as Redactor)
      const door = createDoor(redactor, keys, tenant)
      if (known.size >= MAX_DOORS) known.clear()
      known.set(id, door)
      return door
    },
  }
}
