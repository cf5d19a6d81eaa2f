import assert from 'node:assert/strict'
import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import {
  createRedactor,
  fileKeys,
  fileVault,
  RedactError,
  type Vault,
  type VaultAuditEvent,
} from '../src/index.ts'

const mail = 'ada.lovelace@example.org'
const who = { type: 'user', id: 'support-7' }

interface Setting {
  readonly path: string
  readonly events: VaultAuditEvent[]
  vault(): Vault
}

function setting(t: TestContext): Setting {
  const folder = mkdtempSync(join(tmpdir(), 'recount-vault-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  const events: VaultAuditEvent[] = []
  const path = join(folder, 'vault.jsonl')
  const keys = fileKeys(join(folder, 'recount.key'))
  const audit = { append: async (event: VaultAuditEvent) => void events.push(event) }
  return { path, events, vault: () => fileVault({ path, keys, audit }) }
}

test('a value goes for a token, and comes back for whoever says who and why', async (t) => {
  const { path, events, vault } = setting(t)
  const redact = createRedactor({ treat: { email: 'tokenize' }, vault: vault() })
  const { value } = redact(`to ${mail}`, { tenant: 'acme' })
  const token = /<email-tok-[a-z2-7]{26}>/.exec(String(value))?.[0] as string
  assert.equal(value, `to ${token}`)
  assert.doesNotMatch(readFileSync(path, 'latin1'), /lovelace/)
  assert.equal(statSync(path).mode & 0o777, 0o600)
  assert.equal(await vault().detokenize(token, who, 'ticket 17'), mail)
  const id = token.slice(11, -1)
  const event = {
    action: 'data_access',
    actor: who,
    target: { type: 'vault_token', id },
    tenant: 'acme',
    outcome: 'success',
    reason: 'ticket 17',
  }
  assert.deepEqual(events, [event])
})

test('the same value has one token for a tenant and is written once', (t) => {
  const { path, vault } = setting(t)
  const one = vault()
  const token = one.tokenize(mail, 'email', 'acme')
  assert.equal(one.tokenize(mail, 'email', 'acme'), token)
  assert.equal(vault().tokenize(mail, 'email', 'acme'), token)
  assert.notEqual(one.tokenize(mail, 'email', 'globex'), token)
  assert.notEqual(one.tokenize(mail, 'name', 'acme'), token)
  assert.equal(readFileSync(path, 'utf8').split('\n').length, 4)
})

test('no value without an audit entry', async (t) => {
  const { path, vault } = setting(t)
  const token = vault().tokenize(mail, 'email')
  const keys = fileKeys(join(path, '..', 'recount.key'))
  const silent = fileVault({
    path,
    keys,
    audit: {
      append: async () => {
        throw new Error('audit is down')
      },
    },
  })
  await assert.rejects(silent.detokenize(token, who, 'ticket'), /audit is down/)
  await assert.rejects(vault().detokenize(token, who, ' '), hasCode('REDACT_OPTION_INVALID'))
})

test('an unknown token is refused and audited as a failure', async (t) => {
  const { events, vault } = setting(t)
  for (const token of ['a'.repeat(26), 'nonsense'])
    await assert.rejects(vault().detokenize(token, who, 'ticket'), hasCode('REDACT_TOKEN_UNKNOWN'))
  assert.deepEqual(
    events.map(({ outcome }) => outcome),
    ['failure', 'failure'],
  )
})

test('a changed entry, or one under another token or tenant, does not open', async (t) => {
  const { path, vault } = setting(t)
  const token = vault().tokenize(mail, 'email', 'acme')
  const entry = JSON.parse(readFileSync(path, 'utf8')) as Record<string, string>
  for (const change of [
    { data: 'AAAA' },
    { type: 'name' },
    { tag: Buffer.alloc(16).toString('base64') },
  ]) {
    writeFileSync(path, JSON.stringify({ ...entry, ...change }))
    await assert.rejects(vault().detokenize(token, who, 'ticket'), hasCode('REDACT_VAULT_INVALID'))
  }
  writeFileSync(path, JSON.stringify({ ...entry, key: '00000000' }))
  await assert.rejects(vault().detokenize(token, who, 'ticket'), hasCode('REDACT_KEY_UNKNOWN'))
})

test('a line that a crash has cut costs nothing but itself', async (t) => {
  const { path, vault } = setting(t)
  const first = vault().tokenize(mail, 'email')
  appendFileSync(path, '\n{"v":1,"token":"abc')
  const second = vault().tokenize('bob@example.org', 'email')
  assert.equal(await vault().detokenize(first, who, 'ticket'), mail)
  assert.equal(await vault().detokenize(`<email-tok-${second}>`, who, 'ticket'), 'bob@example.org')
})

function hasCode(code: string): (error: unknown) => boolean {
  return (error) => error instanceof RedactError && error.code === code
}
