/** What stands in for a masked value. */
export const MASK = '[REDACTED]'

/** Words that make a key look like it holds a credential, without case and separators. */
const CREDENTIAL_WORDS = [
  'apikey',
  'authorization',
  'accesstoken',
  'authtoken',
  'refreshtoken',
  'idtoken',
  'sessiontoken',
  'bearertoken',
  'password',
  'passwd',
  'passphrase',
  'secret',
  'privatekey',
  'clientsecret',
  'accesskey',
  'secretkey',
  'credential',
  'cookie',
  'connectionstring',
]
/** Keys that are masked only when the whole key is this word: `max_tokens` is no credential. */
const CREDENTIAL_KEYS = ['token', 'auth', 'headers', 'jwt', 'pwd', 'session', 'csrf', 'xsrf']

const known = new Map<string, boolean>()

/** Whether a key looks like it holds a credential; case, `_`, `-`, `.` and spaces do not matter. */
export function isCredentialKey(key: string): boolean {
  const seen = known.get(key)
  if (seen !== undefined) return seen
  const bare = key.toLowerCase().replaceAll(/[^a-z0-9]/g, '')
  const found =
    CREDENTIAL_KEYS.includes(bare) ||
    CREDENTIAL_WORDS.some((word) => bare.includes(word)) ||
    (bare.endsWith('token') && bare !== 'maxtoken')
  if (known.size < 10_000 && key.length < 100) known.set(key, found)
  return found
}

// Each pattern is linear in the text: what is unbounded stands last, where nothing can make it give back.
const BEARER = /\b(bearer|basic)(\s{1,4})[\w.~+/=-]{6,}/gi
const ASSIGNED =
  /((?:api[_-]?key|token|secret|password|passwd|authorization|cookie)["']?\s{0,4}[:=]\s{0,4}["']?)(?!bearer\b|basic\b|\[)[^\s"',;&)}\]]{4,}/gi
const KEY_SHAPE = /\b(?:(?:sk|pk|rk|xox[abprs]|gh[pousr]|glpat|hf|gsk)[-_]|AKIA|AIza)[\w-]{16,}/g
/** Beginnings that no word has inside of it, so that they begin a key behind a letter, too. */
const GLUED =
  /(?:sk-(?:proj|svcacct|admin|ant|or-v1)-(?=[\w-]{0,24}[A-Z\d])|[spr]k_live_|github_pat_|gh[pousr]_(?=[A-Za-z0-9]{36})|glpat-|xox[abprs]-|AKIA(?=[A-Z2-7]{16}))[\w-]{16,}/g

/** Free text with what looks like a credential masked: `Bearer …`, `api_key=…`, and common key shapes. */
export function maskText(text: string): string {
  return text
    .replace(BEARER, `$1$2${MASK}`)
    .replace(ASSIGNED, `$1${MASK}`)
    .replace(KEY_SHAPE, MASK)
    .replace(GLUED, MASK)
}
