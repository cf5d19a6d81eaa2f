import { seeded } from './random.ts'

/** A generator of values of one kind, and what else a test needs. */
export type Make = (grammar: Grammar) => string

/** Seeded choices. */
export class Grammar {
  readonly #random: () => number

  constructor(seed: number) {
    this.#random = seeded(seed)
  }

  below(limit: number): number {
    return Math.floor(this.#random() * limit)
  }

  pick<Item>(items: readonly Item[]): Item {
    return items[this.below(items.length)] as Item
  }

  digits(count: number): string {
    return Array.from({ length: count }, () => this.below(10)).join('')
  }

  from(alphabet: string, count: number): string {
    return Array.from({ length: count }, () => alphabet[this.below(alphabet.length)]).join('')
  }
}

const SMALL = 'abcdefghijklmnopqrstuvwxyz'
const ALNUM = `${SMALL}ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789`

export const VALUES: Readonly<Record<string, Make>> = {
  email: (g) =>
    `${g.from(SMALL, 3 + g.below(6))}${g.pick(['', '.', '_', '-', '+'])}${g.from(SMALL, 2)}@${g.from(SMALL, 5)}${g.pick(['.com', '.co.uk', '.museum', '.de', '-x.org'])}`,
  phone: (g) =>
    g.pick([
      () =>
        `+${g.pick(['1', '44', '49', '86', '91'])} ${g.digits(3)} ${g.digits(3)} ${g.digits(4)}`,
      () => `(${2 + g.below(7)}${g.digits(2)}) ${g.digits(3)}-${g.digits(4)}`,
      () => `${g.digits(3)}-${g.digits(3)}-${g.digits(4)}`,
      () => `0${1 + g.below(9)}${g.digits(2)} ${g.digits(3)} ${g.digits(4)}`,
      () => `00${1 + g.below(9)}${g.digits(1)} ${g.digits(3)} ${g.digits(6)}`,
      () => `+${1 + g.below(9)}${g.digits(10)}`,
    ])(),
  credit_card: (g) => {
    const whole = withLuhn(
      `${g.pick(['4', '51', '55', '2221', '6011'])}${g.digits(15)}`.slice(0, 15),
    )
    const separator = g.pick(['', ' ', '-', '.'])
    return whole.replaceAll(/(\d{4})(?=\d)/g, `$1${separator}`)
  },
  iban: (g) => {
    const [country, rest] = g.pick([
      ['DE', g.digits(18)],
      ['GB', `${g.from('ABCDEFGHIJKLMNOPQRSTUVWXYZ', 4)}${g.digits(14)}`],
      ['FR', g.digits(23)],
      ['NL', `${g.from('ABCDEFGHIJKLMNOPQRSTUVWXYZ', 4)}${g.digits(10)}`],
      ['NO', g.digits(11)],
    ] as const)
    const whole = withMod97(country, rest)
    return g.below(2) === 0 ? whole : whole.replaceAll(/(.{4})(?=.)/g, '$1 ')
  },
  ssn: (g) => {
    const separator = g.pick(['-', ' ', '.'])
    return [
      `${g.pick(['1', '2', '4', '5'])}${g.digits(2)}`,
      `${1 + g.below(9)}${g.digits(1)}`,
      `${1 + g.below(9)}${g.digits(3)}`,
    ].join(separator)
  },
  ip: (g) =>
    g.below(2) === 0
      ? Array.from({ length: 4 }, () => 1 + g.below(254)).join('.')
      : `2001:db8:${g.pick(['', '0:0:'])}${(4096 + g.below(60000)).toString(16)}::${(16 + g.below(60000)).toString(16)}`,
  mac: (g) =>
    Array.from({ length: 6 }, () => g.from('0123456789abcdef', 2)).join(g.pick([':', '-'])),
  openai_key: (g) => `${['sk', 'proj', ''].join('-')}${g.from(ALNUM, 40)}`,
  anthropic_key: (g) => `${['sk', 'ant', 'api03', ''].join('-')}${g.from(ALNUM, 60)}`,
  github_key: (g) => `${['gh', 'p_'].join('')}${g.from(ALNUM, 36)}`,
  aws_key: (g) => `${['AK', 'IA'].join('')}${g.from('ABCDEFGHIJKLMNOPQRSTUVWXYZ234567', 16)}`,
  google_key: (g) => `${['AI', 'za'].join('')}${g.from(ALNUM, 35)}`,
  slack_key: (g) => `${['xo', 'xb-'].join('')}${g.digits(11)}-${g.from(ALNUM, 24)}`,
  stripe_key: (g) => `${['sk', 'live', ''].join('_')}${g.from(ALNUM, 24)}`,
  huggingface_key: (g) => `${['h', 'f_'].join('')}${g.from(ALNUM, 34)}`,
  npm_key: (g) => `${['np', 'm_'].join('')}${g.from(ALNUM, 36)}`,
  jwt: (g) =>
    [{ alg: 'HS256', typ: 'JWT' }, { sub: g.digits(10) }]
      .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
      .concat(g.from(ALNUM, 43))
      .join('.'),
}

/** Where a value may stand; `{}` is the value. */
export const FRAMES: readonly string[] = [
  'Please note {} for later.',
  'It was "{}", she said',
  "value='{}'",
  '({})',
  '<{}>',
  '- {}\n- next',
  'one\n{}\ntwo',
  '{}',
  '电话{}号',
  'a,{},b',
  '**{}**',
  'id={};',
  '[link](https://acme.example/?q={}&a=1)',
  'https://acme.example/{}/edit',
  '{"text": "{}", "n": 1}',
  'x: {}.',
]

const ZEROS = [0x660, 0x6f0, 0x966, 0xff10, 0x1d7ce]

/** Digits of another script. */
export function inOtherDigits(text: string, grammar: Grammar): string {
  const zero = grammar.pick(ZEROS)
  return text.replaceAll(/\d/g, (digit) => String.fromCodePoint(zero + Number(digit)))
}

/** Dashes and spaces of typography. */
export function inOtherSeparators(text: string, grammar: Grammar): string {
  return text
    .replaceAll('-', grammar.pick(['\u2011', '\u2013', '\u2212', '\uff0d']))
    .replaceAll(' ', grammar.pick(['\u00a0', '\u2009', '\u202f']))
}

function withLuhn(digits: string): string {
  for (let check = 0; check < 10; check++) {
    const sum = Array.from(`${digits}${check}`)
      .reverse()
      .map((digit, at) => Number(digit) * (at % 2 === 1 ? 2 : 1))
      .reduce((total, value) => total + (value > 9 ? value - 9 : value), 0)
    if (sum % 10 === 0) return `${digits}${check}`
  }
  return digits
}

function withMod97(country: string, rest: string): string {
  const number = Array.from(`${rest}${country}00`, (character) =>
    Number.parseInt(character, 36),
  ).join('')
  const check = 98n - (BigInt(number) % 97n)
  return `${country}${String(check).padStart(2, '0')}${rest}`
}
