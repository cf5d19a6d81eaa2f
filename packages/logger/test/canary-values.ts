import { Buffer } from 'node:buffer'

const ALNUM = 'aB3dE5fG7hJ9kL1mN2pQ4rS6tU8vW0xY'
const part = (...pieces: readonly string[]): string => pieces.join('')

/** Secrets of several kinds, put together here so that no text looks like one. */
export const SECRETS: Readonly<Record<string, string>> = {
  openai_key: part('sk-', 'proj-', ALNUM),
  anthropic_key: part('sk-', 'ant-', 'api03-', ALNUM),
  aws_key: part('AK', 'IA', 'Q2W3E4R5T6Y7U2I3'),
  github_key: part('gh', 'p_', ALNUM),
  google_key: part('AI', 'za', ALNUM),
  slack_key: part('xo', 'xb-', '1234567890-', ALNUM),
  stripe_key: part('sk_', 'live_', ALNUM),
  jwt: [{ alg: 'HS256', typ: 'JWT' }, { sub: '1234567890' }]
    .map((piece) => Buffer.from(JSON.stringify(piece)).toString('base64url'))
    .concat(ALNUM)
    .join('.'),
  private_key: part(
    '-----BEGIN ',
    'PRIVATE KEY-----\n',
    ALNUM,
    ALNUM,
    '\n-----END ',
    'PRIVATE KEY-----',
  ),
  url_credentials: part('https://ada:', 'hunter2hunter2', '@db.example.org/x'),
}

/** Personal data; kept where a policy says that it is. */
export const PERSONAL: Readonly<Record<string, string>> = {
  email: 'canary.bird@example.org',
  credit_card: '4111 1111 1111 1111',
  iban: 'DE89 3704 0044 0532 0130 00',
  ssn: '219-09-9999',
  phone: '+44 20 7946 0958',
}

/** What of a value must not be found: the credentials of a URL are not its host. */
export function core(value: string): string {
  return value.startsWith('https://') ? value.slice('https://'.length, value.indexOf('@')) : value
}

/** A value as it could stand in a file: clear, escaped as JSON once and twice, in base64 at each alignment. */
export function forms(value: string): string[] {
  const escaped = JSON.stringify(value).slice(1, -1)
  const units = Array.from(
    value,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
  const inBase64 = [0, 1, 2].map((shift) => {
    const text = Buffer.from(`${'x'.repeat(shift)}${value}`).toString('base64')
    // Without what the bytes around it decide.
    return text.slice(shift === 0 ? 0 : 4, -4)
  })
  return [value, escaped, JSON.stringify(escaped).slice(1, -1), units.join(''), ...inBase64]
}
