import { policySchema, type SchemaError } from './validator.js'

/** One rule of the schema that a policy breaks. `path` is where: keys and indexes. */
export interface BrokenRule {
  readonly path: readonly string[]
  readonly expected: string
  readonly got: string
}

/** Each is held against all others, so there must not be many. */
const MOST_ERRORS = 2000

/** What ajv found, one entry a place, in words. */
export function brokenRules(errors: readonly SchemaError[], policy: unknown): BrokenRule[] {
  const places = new Map<string, { path: string[]; expected: Set<string>; got: string }>()
  for (const error of withoutBranches(errors.slice(0, MOST_ERRORS), policy)) {
    const path = [...pathOf(error.instancePath), ...extraKey(error)]
    const key = JSON.stringify(path)
    const place = places.get(key) ?? { path, expected: new Set(), got: show(valueAt(policy, path)) }
    place.expected.add(expectation(error))
    places.set(key, place)
  }
  return Array.from(places.values(), ({ path, expected, got }) => ({
    path,
    expected: inWords(expected),
    got,
  }))
}

/** A list of texts says that it is texts. */
function inWords(expected: ReadonlySet<string>): string {
  const words = [...expected]
  const listed = words.some((word) => word.startsWith('one of'))
  return words.filter((word) => !listed || word !== TYPES.string).join(', or ')
}

/** The path of a JSON Pointer (RFC 6901). */
function pathOf(pointer: string): string[] {
  const tokens = pointer.split('/').slice(1)
  return tokens.map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'))
}

/**
 * A value that may have one of several forms breaks the rules of each form that it was not meant to have. Where it is an
 * object or a list, only what is wrong inside it counts.
 */
function withoutBranches(errors: readonly SchemaError[], policy: unknown): SchemaError[] {
  const forks = new Set(
    errors.filter(({ keyword }) => keyword === 'anyOf').map(({ instancePath }) => instancePath),
  )
  return errors.filter(({ keyword, instancePath }) => {
    if (keyword === 'anyOf') return false
    if (!forks.has(instancePath)) return true
    const value = valueAt(policy, pathOf(instancePath))
    const isCompound = typeof value === 'object' && value !== null
    const isFormRule = FORM_RULES.includes(keyword)
    if (!isCompound) return isFormRule
    return !isFormRule || !errors.some((other) => isInside(other, instancePath))
  })
}

const FORM_RULES = ['type', 'enum', 'const', 'pattern', 'minimum', 'maximum']

function isInside({ keyword, instancePath }: SchemaError, fork: string): boolean {
  if (instancePath.startsWith(`${fork}/`)) return true
  return (
    instancePath === fork && ['additionalProperties', 'minProperties', 'minItems'].includes(keyword)
  )
}

function extraKey({ keyword, params }: SchemaError): string[] {
  if (keyword === 'additionalProperties') return [String(params.additionalProperty)]
  return keyword === 'required' ? [String(params.missingProperty)] : []
}

const TYPES: Readonly<Record<string, string>> = {
  object: 'an object',
  array: 'a list',
  string: 'a text',
  number: 'a number',
  boolean: 'true or false',
}

function expectation({ keyword, params, instancePath, message }: SchemaError): string {
  switch (keyword) {
    case 'additionalProperties':
      return `one of the keys ${knownKeys(pathOf(instancePath)).join(', ')}`
    case 'required':
      return 'a value'
    case 'type':
      return TYPES[String(params.type)] ?? String(params.type)
    case 'enum':
      return `one of ${(params.allowedValues as unknown[]).join(', ')}`
    case 'const':
      return JSON.stringify(params.allowedValue)
    case 'minimum':
    case 'maximum':
      return `a number ${params.comparison} ${params.limit}`
    case 'minItems':
    case 'minProperties':
      return 'at least one entry'
    case 'pattern':
      return PATTERNS.find(([start]) => String(params.pattern).startsWith(start))?.[1] ?? 'a name'
    default:
      return message ?? keyword
  }
}

/** The patterns of policy.ts in words, by how they begin. */
const PATTERNS: readonly (readonly [string, string])[] = [
  ['^!?[^!]', 'a name, with `*` for any characters'],
  ['^[0-9]{4}', 'a moment with its offset, such as 2026-12-01T15:00:00Z'],
]

interface Schema {
  readonly $ref?: string
  readonly anyOf?: readonly Schema[]
  readonly properties?: Readonly<Record<string, Schema>>
  readonly additionalProperties?: Schema | false
  readonly items?: Schema
}

/** The keys that the schema knows at a place of a policy. */
function knownKeys(path: readonly string[]): string[] {
  let schemas = forms(policySchema)
  for (const key of path) {
    schemas = schemas.flatMap((schema) => {
      const next = schema.properties?.[key] ?? (schema.additionalProperties || schema.items)
      return next === undefined ? [] : forms(next)
    })
  }
  return schemas.flatMap(({ properties = {} }) => Object.keys(properties))
}

/** The forms that a value may have: references followed, alternatives apart. */
function forms(schema: Schema): Schema[] {
  if (schema.$ref !== undefined) return forms(valueAt(policySchema, pathOf(schema.$ref)) as Schema)
  return schema.anyOf?.flatMap(forms) ?? [schema]
}

function valueAt(value: unknown, path: readonly string[]): unknown {
  let found = value
  for (const key of path) {
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, key)) return undefined
    found = (found as Record<string, unknown>)[key]
  }
  return found
}

function show(value: unknown): string {
  if (value === undefined) return 'nothing'
  const text = JSON.stringify(value) ?? typeof value
  return text.length > 60 ? `${text.slice(0, 57)}...` : text
}
