import { PERSONAL_TYPES, SECRET_TYPES, WHOLE_TYPES } from './detect/finding.ts'
import { LOCALES, type Locale, NATIONAL_IDS } from './detect/national-ids.ts'
import { PROVIDER_KEYS } from './detect/provider-keys.ts'
import { RedactError } from './errors.ts'
import type { Detector, FinderOptions, UserPattern } from './finder.ts'
import type { Key } from './key.ts'
import { derivedKeys, fileKeys, type KeyProvider } from './key-provider.ts'
import { checkPattern } from './pattern-check.ts'
import { TREATMENTS, type Treatment } from './treatment.ts'
import type { Vault } from './vault.ts'

/** Options of `createRedactor`; without any, everything that the built-in detectors find is masked. */
export interface RedactorOptions {
  /** What becomes of findings, by type; `'*'` is for the personal data that is not named. Default `mask`, and for secrets unless named. */
  readonly treat?: Readonly<Record<string, Treatment>>
  /** For `hash`: a key, a provider, or the path of a key file. Default: `RECOUNT_KEY_FILE` or `recount.key`, made on first use. */
  readonly key?: Key | KeyProvider | string
  /** Hex digits of a hash, 4 to 16; default 8. */
  readonly hashWidth?: number
  /** For `tokenize`. */
  readonly vault?: Vault
  /** Personal data that is not looked for; secrets cannot be switched off. */
  readonly off?: readonly string[]
  /** Countries whose national numbers are looked for, as `uk`. */
  readonly locales?: readonly Locale[]
  readonly patterns?: readonly UserPattern[]
  readonly detectors?: readonly Detector[]
  /** Milliseconds that one of `detectors` may take for one text; default 1000. */
  readonly detectorBudget?: number
  /** Values that are always treated, by path as `user.name` or `messages[*].author`: a list to mask, or a treatment for each. */
  readonly paths?: readonly string[] | Readonly<Record<string, Treatment>>
}

/** Checked options. */
export interface Settings extends FinderOptions {
  readonly treat: ReadonlyMap<string, Treatment>
  readonly otherPersonal: Treatment
  readonly keys: KeyProvider
  readonly hashWidth: number
  readonly vault: Vault | undefined
  readonly paths: ReadonlyMap<string, Treatment>
}

const OPTIONS = [
  'treat',
  'key',
  'hashWidth',
  'vault',
  'off',
  'locales',
  'patterns',
  'detectors',
  'detectorBudget',
  'paths',
]
const TYPE = /^[a-z][a-z\d_]{0,39}$/
const IDS = Object.values(NATIONAL_IDS).flatMap((ids) => ids.map(({ type }) => type))
const PERSONAL: readonly string[] = [...PERSONAL_TYPES, ...WHOLE_TYPES, ...IDS]
const SECRET: readonly string[] = [...SECRET_TYPES, ...PROVIDER_KEYS.map(({ type }) => type)]

/** Throws `REDACT_OPTION_INVALID` or `REDACT_PATTERN_UNSAFE` and says what was expected and what came. */
export function checkOptions(options: RedactorOptions): Settings {
  expect(typeof options === 'object' && options !== null, 'options', 'an object', options)
  for (const name of Object.keys(options))
    expect(OPTIONS.includes(name), 'options', `one of ${OPTIONS.join(', ')}`, name)
  const patterns = listOf(options.patterns, 'patterns')
  const detectors = listOf(options.detectors, 'detectors')
  const { hashWidth = 8, detectorBudget: budget = 1000, vault, off = [], locales = [] } = options
  for (const { type, pattern } of patterns) {
    checkType(type, 'patterns')
    checkPattern(pattern, type)
  }
  for (const { type, find } of detectors) {
    checkType(type, 'detectors')
    expect(typeof find === 'function', `detectors' \`${type}.find`, 'a function', find)
  }
  expect(
    Number.isInteger(hashWidth) && hashWidth >= 4 && hashWidth <= 16,
    'hashWidth',
    'an integer from 4 to 16',
    hashWidth,
  )
  expect(
    typeof budget === 'number' && budget > 0,
    'detectorBudget',
    'a number of milliseconds > 0',
    budget,
  )
  for (const type of listOf(off, 'off'))
    expect(
      PERSONAL.includes(type),
      'off',
      `types of personal data (${PERSONAL_TYPES.join(', ')})`,
      type,
    )
  for (const locale of listOf(locales, 'locales'))
    expect(LOCALES.includes(locale), 'locales', `some of ${LOCALES.join(', ')}`, locale)
  const known = [
    ...PERSONAL,
    ...SECRET,
    ...patterns.map(({ type }) => type),
    ...detectors.map(({ type }) => type),
  ]
  const treat = checkTreat(options.treat ?? {}, known, vault)
  const paths = checkPaths(options.paths ?? [], vault)
  const otherPersonal = treat.get('*') ?? 'mask'
  return {
    treat,
    otherPersonal,
    keys: checkKey(options.key),
    hashWidth,
    vault,
    off,
    locales,
    patterns,
    detectors,
    budget,
    paths,
  }
}

/** How findings of a type are treated. */
export function treatmentOf({ treat, otherPersonal }: Settings, type: string): Treatment {
  return treat.get(type) ?? (SECRET.includes(type) ? 'mask' : otherPersonal)
}

function checkTreat(
  treat: Readonly<Record<string, Treatment>>,
  known: readonly string[],
  vault: Vault | undefined,
): Map<string, Treatment> {
  expect(
    typeof treat === 'object' && treat !== null,
    'treat',
    'an object of types and treatments',
    treat,
  )
  const entries = Object.entries(treat)
  for (const [type, treatment] of entries) {
    expect(
      type === '*' || known.includes(type),
      'treat',
      `types such as ${PERSONAL_TYPES.join(', ')} or *`,
      type,
    )
    checkTreatment(treatment, `treat.${type}`, vault)
  }
  return new Map(entries)
}

function checkPaths(
  paths: readonly string[] | Readonly<Record<string, Treatment>>,
  vault: Vault | undefined,
): Map<string, Treatment> {
  expect(
    typeof paths === 'object' && paths !== null,
    'paths',
    'a list of paths, or an object of paths and treatments',
    paths,
  )
  const entries = Array.isArray(paths)
    ? paths.map((path: string) => [path, 'mask'] as const)
    : Object.entries(paths as Readonly<Record<string, Treatment>>)
  for (const [path, treatment] of entries) {
    expect(typeof path === 'string' && path !== '', 'paths', 'paths such as user.name', path)
    checkTreatment(treatment, `paths['${path}']`, vault)
  }
  return new Map(entries)
}

function checkTreatment(treatment: Treatment, name: string, vault: Vault | undefined): void {
  expect(TREATMENTS.includes(treatment), name, `one of ${TREATMENTS.join(', ')}`, treatment)
  if (treatment === 'tokenize')
    expect(
      typeof vault?.tokenize === 'function',
      'vault',
      `a vault, because \`${name}\` is tokenize`,
      vault,
    )
}

function checkKey(key: Key | KeyProvider | string | undefined): KeyProvider {
  if (key === undefined) return fileKeys()
  if (typeof key === 'string' && key !== '') return fileKeys(key)
  if (typeof key === 'object' && key !== null) {
    if ('current' in key && typeof key.current === 'function') return key
    if ('bytes' in key && Buffer.isBuffer(key.bytes) && key.bytes.length >= 16)
      return derivedKeys(() => key)
  }
  return refuse('key', 'a key, a key provider or the path of a key file', key)
}

function checkType(type: string, option: string): void {
  expect(
    typeof type === 'string' && TYPE.test(type),
    option,
    'types of small letters, digits and _',
    type,
  )
}

function listOf<Item>(value: readonly Item[] | undefined, name: string): readonly Item[] {
  if (value !== undefined && !Array.isArray(value)) refuse(name, 'a list', value)
  return value ?? []
}

function expect(holds: boolean, name: string, expected: string, got: unknown): void {
  if (!holds) refuse(name, expected, got)
}

/** A key is a secret, so of objects only the type is said. */
function refuse(name: string, expected: string, got: unknown): never {
  const said =
    typeof got === 'object' && got !== null ? 'an object' : `\`${String(got)}\` (${typeof got})`
  throw new RedactError(
    'REDACT_OPTION_INVALID',
    `Expected \`${name}\` to be ${expected}, got ${said}`,
  )
}
