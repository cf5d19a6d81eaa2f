import assert from 'node:assert/strict'
import { test } from 'node:test'
import { PROVIDER_KEYS } from '../src/detect/provider-keys.ts'
import { createRedactor, maskText } from '../src/index.ts'

const redact = createRedactor()
const ALNUM = 'aB3dE5fG7hJ9kL1mN2pQ4rS6tU8vW0xY'
const HEX = '0a1b2c3d4e5f60718293a4b5c6d7e8f9'
const CAPITALS = 'Q2W3E4R5T6Y7U2I3O4P5A6S7D2F3G4H5J6K7L2Z3'
const key = (...parts: string[]): string => parts.join('')

/** One key for each way in which a provider's keys begin, put together here so that no text looks like one. */
const KEYS: Readonly<Record<string, readonly string[]>> = {
  anthropic_key: [key('sk-', 'ant-', ALNUM)],
  openrouter_key: [key('sk-', 'or-v1-', ALNUM)],
  openai_key: [key('sk-', ALNUM), key('sk-', 'proj-', ALNUM), key('sess-', ALNUM)],
  stripe_key: [key('sk_', 'live_', ALNUM), key('rk_', 'test_', ALNUM), key('whsec', '_', ALNUM)],
  github_key: [key('gh', 'p_', ALNUM), key('github', '_pat_', ALNUM)],
  gitlab_key: [key('gl', 'pat-', ALNUM)],
  slack_key: [key('xo', 'xb-', ALNUM), key('xapp', '-1-', ALNUM)],
  aws_key: [key('AK', 'IA', CAPITALS.slice(0, 16)), key('ABS', 'K', ALNUM, ALNUM, ALNUM)],
  google_key: [
    key('AI', 'za', ALNUM),
    key('GOC', 'SPX-', ALNUM),
    key('ya', '29.', ALNUM),
    key('A', 'Q.', ALNUM),
  ],
  azure_key: [
    key(ALNUM, ALNUM.slice(0, 20), 'JQQJ', '99', ALNUM.slice(0, 20), 'ACOG', 'aB3d'),
    key('abc', '8', 'Q~', ALNUM),
  ],
  huggingface_key: [key('h', 'f_', ALNUM), key('api', '_org_', ALNUM)],
  npm_key: [key('np', 'm_', ALNUM)],
  groq_key: [key('gs', 'k_', ALNUM)],
  xai_key: [key('xa', 'i-', ALNUM)],
  perplexity_key: [key('pp', 'lx-', ALNUM)],
  replicate_key: [key('r', '8_', ALNUM)],
  fireworks_key: [key('f', 'w_', ALNUM)],
  langfuse_key: [key('pk', '-lf-', ALNUM), key('lsv2', '_pt_', ALNUM)],
  nvidia_key: [key('nva', 'pi-', ALNUM)],
  tavily_key: [key('tv', 'ly-', ALNUM)],
  sendgrid_key: [key('S', 'G.', ALNUM.slice(0, 22), '.', ALNUM)],
  twilio_key: [key('S', 'K', HEX)],
  databricks_key: [key('da', 'pi', HEX)],
  digitalocean_key: [key('do', 'p_v1_', HEX)],
  shopify_key: [key('shp', 'at_', HEX)],
  pypi_key: [key('py', 'pi-', ALNUM, ALNUM)],
  docker_key: [key('dck', 'r_pat_', ALNUM)],
  linear_key: [key('li', 'n_api_', ALNUM)],
  notion_key: [key('nt', 'n_', ALNUM), key('secret', '_', ALNUM, ALNUM.slice(0, 12))],
  age_key: [key('AGE-', 'SECRET-KEY-1', CAPITALS)],
}

for (const { type } of PROVIDER_KEYS) {
  test(`${type}: each shape is found whole, in prose, in quotes and in JSON`, () => {
    const shapes = KEYS[type] ?? []
    assert.ok(shapes.length > 0, `no example of ${type}`)
    for (const value of shapes) {
      for (const frame of ['{}', 'use {} for it', '"{}"', 'a,{},b', '{"x":"{}"}', '\n{}\n']) {
        const text = frame.replace('{}', () => value)
        const { text: left, findings } = redact.text(text)
        assert.equal(left.includes(value.slice(-12)), false, `${frame} ${JSON.stringify(findings)}`)
        assert.ok(redact.mayFind(text), frame)
      }
    }
  })
}

test('a key with a distinctive beginning is masked behind a letter, too; words that end like one are not', () => {
  const long = `${ALNUM}${ALNUM}`
  const glued = [
    key('sk-', 'proj-', ALNUM),
    key('sk-', 'ant-api03-', ALNUM),
    key('sk_', 'live_', ALNUM),
    key('gh', 'p_', long.slice(0, 36)),
    key('github', '_pat_', ALNUM),
    key('gl', 'pat-', ALNUM),
    key('xo', 'xb-', '1234567890-', ALNUM),
    key('AK', 'IA', CAPITALS.slice(0, 16)),
  ]
  for (const secret of glued) {
    const text = `tangerine${secret} is here`
    assert.ok(!JSON.stringify(redact(text).value).includes(secret.slice(6)), text)
    assert.ok(!maskText(text).includes(secret.slice(6)), text)
  }
  for (const text of [
    'task-0123456789abcdef0123456789abcdef',
    'shelf_overflowing_with_many_books',
    'the disk-or-tape-question-of-the-year stays, and so do desk-admin-rules',
    'high_performance_settings_for_everyone',
  ])
    assert.equal(redact(text).value, text)
})
