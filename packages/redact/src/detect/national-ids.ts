import { luhn } from './checksums.ts'

/** A national number: its shape in a text, and what its digits must satisfy. */
export interface NationalId {
  readonly type: string
  readonly pattern: RegExp
  /** Given the match without separators, in capitals. */
  isValid(compact: string): boolean
}

/** Locales with numbers of their own. */
export const LOCALES = [
  'au',
  'br',
  'ca',
  'cn',
  'de',
  'es',
  'fr',
  'in',
  'it',
  'nl',
  'pl',
  'se',
  'uk',
] as const
/** One of `LOCALES`. */
export type Locale = (typeof LOCALES)[number]

/** National numbers by locale; without a check digit only where the shape says enough. */
export const NATIONAL_IDS: Readonly<Record<Locale, readonly NationalId[]>> = {
  au: [
    {
      type: 'au_tfn',
      pattern: /\b\d{3}[ -]?\d{3}[ -]?\d{3}\b/g,
      isValid: (id) => weighted(id, [1, 4, 3, 7, 5, 8, 6, 9, 10]) % 11 === 0,
    },
  ],
  br: [{ type: 'br_cpf', pattern: /\b\d{3}\.?\d{3}\.?\d{3}-?\d{2}\b/g, isValid: isCpf }],
  ca: [{ type: 'ca_sin', pattern: /\b[1-79]\d{2}[ -]?\d{3}[ -]?\d{3}\b/g, isValid: luhn }],
  cn: [{ type: 'cn_id', pattern: /\b[1-8]\d{5}(?:19|20)\d{9}[\dXx]\b/g, isValid: isChinese }],
  de: [{ type: 'de_tax_id', pattern: /\b[1-9]\d ?\d{3} ?\d{3} ?\d{3}\b/g, isValid: isGermanTaxId }],
  es: [{ type: 'es_dni', pattern: /\b(?:[XYZxyz]-?\d{7}|\d{8})-?[A-Za-z]\b/g, isValid: isDni }],
  fr: [
    {
      type: 'fr_nir',
      pattern:
        /\b[12] ?\d{2} ?(?:0[1-9]|1[0-2]|[2-9]\d) ?(?:\d{2}|2[ABab]) ?\d{3} ?\d{3} ?\d{2}\b/g,
      isValid: isNir,
    },
  ],
  in: [
    { type: 'in_aadhaar', pattern: /\b[2-9]\d{3}[ -]?\d{4}[ -]?\d{4}\b/g, isValid: verhoeff },
    { type: 'in_pan', pattern: /\b[A-Z]{3}[ABCFGHLJPT][A-Z]\d{4}[A-Z]\b/g, isValid: () => true },
  ],
  it: [
    {
      type: 'it_fiscal_code',
      pattern: /\b[A-Za-z]{6}\d{2}[A-EHLMPRSTa-ehlmprst]\d{2}[A-Za-z]\d{3}[A-Za-z]\b/g,
      isValid: () => true,
    },
  ],
  nl: [
    {
      type: 'nl_bsn',
      pattern: /\b\d{9}\b/g,
      isValid: (id) => weighted(id, [9, 8, 7, 6, 5, 4, 3, 2, -1]) % 11 === 0 && id !== '000000000',
    },
  ],
  pl: [
    {
      type: 'pl_pesel',
      pattern: /\b\d{2}[0-3]\d[0-3]\d{6}\b/g,
      isValid: (id) => weighted(id, [1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1]) % 10 === 0,
    },
  ],
  se: [
    {
      type: 'se_personnummer',
      pattern: /\b(?:19|20)?\d{2}[01]\d[0-3]\d[-+]?\d{4}\b/g,
      isValid: (id) => luhn(id.slice(-10)),
    },
  ],
  uk: [
    {
      type: 'uk_nino',
      pattern:
        /\b(?!BG|GB|KN|NK|NT|TN|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?\d{2} ?\d{2} ?\d{2} ?[A-D]\b/gi,
      isValid: () => true,
    },
    {
      type: 'uk_nhs',
      pattern: /\b\d{3}[ -]?\d{3}[ -]?\d{4}\b/g,
      isValid: (id) => weighted(id, [10, 9, 8, 7, 6, 5, 4, 3, 2, 1]) % 11 === 0,
    },
  ],
}

function weighted(digits: string, weights: readonly number[]): number {
  return weights.reduce((sum, weight, at) => sum + weight * Number(digits[at]), 0)
}

function isCpf(digits: string): boolean {
  if (/^(\d)\1{10}$/.test(digits)) return false
  const check = (length: number) => {
    const weights = Array.from({ length }, (_, at) => length + 1 - at)
    return ((weighted(digits, weights) * 10) % 11) % 10
  }
  return check(9) === Number(digits[9]) && check(10) === Number(digits[10])
}

function isChinese(id: string): boolean {
  const rest = weighted(id, [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]) % 11
  return '10X98765432'[rest] === id[17]
}

/** ISO 7064 MOD 11,10; exactly one digit comes twice or three times among the first ten. */
function isGermanTaxId(id: string): boolean {
  let product = 10
  for (const digit of id.slice(0, 10)) {
    const sum = (Number(digit) + product) % 10 || 10
    product = (sum * 2) % 11
  }
  const distinct = new Set(id.slice(0, 10)).size
  return (11 - product) % 10 === Number(id[10]) && (distinct === 8 || distinct === 9)
}

function isDni(id: string): boolean {
  const number = Number(
    id.slice(0, -1).replace(/^[XYZ]/, (letter) => String('XYZ'.indexOf(letter))),
  )
  return 'TRWAGMYFPDXBNJZSQVHLCKE'[number % 23] === id.at(-1)
}

function isNir(id: string): boolean {
  const number = Number(id.slice(0, 13).replace('2A', '19').replace('2B', '18'))
  return 97 - (number % 97) === Number(id.slice(13))
}

const PRODUCTS = [
  '0123456789',
  '1234067895',
  '2340178956',
  '3401289567',
  '4012395678',
  '5987604321',
  '6598710432',
  '7659821043',
  '8765932104',
  '9876543210',
]
const PERMUTATIONS = [
  '0123456789',
  '1576283094',
  '5803796142',
  '8916043527',
  '9453126870',
  '4286573901',
  '2793806415',
  '7046913258',
]

function verhoeff(digits: string): boolean {
  let check = 0
  for (let at = 0; at < digits.length; at++) {
    const digit = Number(digits[digits.length - 1 - at])
    check = Number(PRODUCTS[check]?.[Number(PERMUTATIONS[at % 8]?.[digit])])
  }
  return check === 0
}
