import { namePattern } from './pattern.ts'
import type { FieldSettings, FieldTreatment } from './policy.ts'

/** What happens to each field, with every gap filled. */
export interface FieldTreatments {
  readonly user_id: FieldTreatment
  readonly ip: FieldTreatment
  readonly geography: FieldTreatment
  /** By key pattern, first match first; ends with `*`. */
  readonly metadata: readonly (readonly [string, FieldTreatment])[]
  /** What holds besides; the stricter decides. */
  readonly and?: FieldTreatments
}

/** Metadata keys that hold network addresses. */
export const IP_KEYS: readonly string[] = [
  'ip',
  'ip_address',
  'client_ip',
  'remote_ip',
  'remote_address',
  'x-forwarded-for',
  'x-real-ip',
  'client.address',
  'network.peer.address',
  'source.address',
]

/** Metadata keys that hold places. */
export const GEOGRAPHY_KEYS: readonly string[] = [
  'geo',
  'geo.*',
  'geo_*',
  'country',
  'region',
  'city',
  'postal_code',
  'zip',
  'location',
  'latitude',
  'longitude',
]

const isIpKey = namePattern(IP_KEYS)
const isGeographyKey = namePattern(GEOGRAPHY_KEYS)

/** Whether a metadata key holds a network address or a place, which are personal as a whole; undefined for others. */
export function metadataKind(key: string): 'ip' | 'geography' | undefined {
  const lower = key.toLowerCase()
  if (isIpKey(lower)) return 'ip'
  return isGeographyKey(lower) ? 'geography' : undefined
}

/** Decided keys by treatments. Keys are the application's, so few; beyond the bound they are decided again each time. */
const decided = new WeakMap<FieldTreatments, Map<string, FieldTreatment>>()
const MAX_DECIDED = 1000

/** What happens to the value under a metadata key. A key that the policy names goes before what kind of key it is. */
export function metadataTreatment(fields: FieldTreatments, key: string): FieldTreatment {
  const known = decided.get(fields) ?? new Map<string, FieldTreatment>()
  decided.set(fields, known)
  const before = known.get(key)
  if (before !== undefined) return before
  const own = ownTreatment(fields, key.toLowerCase())
  const treatment =
    fields.and === undefined ? own : stricter(own, metadataTreatment(fields.and, key))
  if (known.size < MAX_DECIDED) known.set(key, treatment)
  return treatment
}

function ownTreatment(fields: FieldTreatments, key: string): FieldTreatment {
  const named = fields.metadata.find(([pattern]) => pattern !== '*' && namePattern([pattern])(key))
  if (named !== undefined) return named[1]
  const other = fields.metadata.at(-1)?.[1] ?? 'treat'
  // What is dropped altogether is dropped for these kinds, too; else the kind alone decides.
  if (isIpKey(key)) return other === 'drop' ? 'drop' : fields.ip
  if (isGeographyKey(key)) return other === 'drop' ? 'drop' : fields.geography
  return other
}

/** Settings filled up with what lies below them: a rule's with the defaults, the defaults with what is safe. */
export function fillFields(
  settings: FieldSettings = {},
  below: FieldTreatments = SAFE,
): FieldTreatments {
  return {
    user_id: settings.user_id ?? below.user_id,
    ip: settings.ip ?? below.ip,
    geography: settings.geography ?? below.geography,
    metadata: fillMetadata(settings.metadata, below.metadata),
  }
}

/** The stricter of two for every field: what a start line has while the rule that will decide is not known. */
export function strictestFields(one: FieldTreatments, other: FieldTreatments): FieldTreatments {
  if (one === other) return one
  return {
    user_id: stricter(one.user_id, other.user_id),
    ip: stricter(one.ip, other.ip),
    geography: stricter(one.geography, other.geography),
    metadata: one.metadata,
    and: one.and === undefined ? other : strictestFields(one.and, other),
  }
}

const SAFE: FieldTreatments = {
  user_id: 'treat',
  ip: 'drop',
  geography: 'drop',
  metadata: [['*', 'treat']],
}

const STRICTNESS: readonly FieldTreatment[] = ['keep', 'treat', 'drop']

function stricter(one: FieldTreatment, other: FieldTreatment): FieldTreatment {
  return STRICTNESS.indexOf(one) >= STRICTNESS.indexOf(other) ? one : other
}

function fillMetadata(
  metadata: FieldSettings['metadata'],
  below: FieldTreatments['metadata'],
): FieldTreatments['metadata'] {
  if (metadata === undefined) return below
  const named = typeof metadata === 'string' ? [] : Object.entries(metadata)
  const own = typeof metadata === 'string' ? metadata : metadata['*']
  const rest: readonly [string, FieldTreatment] = ['*', own ?? below.at(-1)?.[1] ?? 'treat']
  const listed = named
    .filter(([pattern]) => pattern !== '*')
    .map(([pattern, treatment]) => [pattern.toLowerCase(), treatment] as const)
  const fallen = own === undefined ? below.slice(0, -1) : []
  return [...listed, ...fallen, rest]
}
