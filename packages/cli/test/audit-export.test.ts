import assert from 'node:assert/strict'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { openAudit, readLogFile } from '@recount/audit'
import { code, filled, lines, type Report } from './audit-place.ts'

interface Made {
  readonly out: string
  readonly seq: number
  readonly size: number
  readonly disclosed: number
  readonly withheld: number
}

test('an auditor gets a folder, and verifies it with the key alone', async (t) => {
  const { cwd, run } = await filled(t)
  const made = await run(['export', 'audit', '--out', 'bundle', '--preset', 'eu-ai-act'])
  assert.equal(made.status, 0, made.stderr)
  assert.match(made.stdout, /^exported: bundle$/m)
  assert.match(made.stdout, /withheld {2}0$/m)
  for (const name of ['README.txt', 'report.html', 'verify.sh', 'entries.csv', 'entries.jsonl'])
    assert.ok(existsSync(join(cwd, 'bundle', name)), name)
  const key = 'trusted.vkey'
  writeFileSync(join(cwd, key), readFileSync(join(cwd, 'audit', 'public.vkey')))
  const verified = await run(['verify', 'bundle', '--key', key, '--anchor', 'anchor.json'])
  assert.equal(verified.status, 0, verified.stdout + verified.stderr)
  assert.match(verified.stdout, /^intact: /m)
  assert.match(verified.stdout, /^ {2}bundle {6}made .* for user .*: \d+ shown, 0 withheld/m)
})

test('an access request shows what is about one person, and the log says who asked', async (t) => {
  const { cwd, run } = await filled(t)
  const args = ['--subject', 's1', '--reason', 'r-204', '--by', 'dpo', '--format', 'jsonl,ocsf']
  const made = await run(['export', 'audit', '--out', 'bundle', ...args, '--json'])
  assert.equal(made.status, 0, made.stderr)
  const { disclosed, withheld, size, seq } = JSON.parse(made.stdout) as Made
  assert.equal(disclosed + withheld, size)
  const text = readFileSync(join(cwd, 'bundle', 'entries.jsonl'), 'utf8')
  const shown = lines<{ action: string; subject?: string }>(text)
  assert.deepEqual(
    shown.filter(({ action }) => action === 'query').map(({ subject }) => subject),
    ['s1'],
  )
  const log = await run(['log', 'audit', '--action', 'audit.export', '--json'])
  const [entry] = lines<{ seq: number; actor: { id: string }; reason: string }>(log.stdout)
  assert.deepEqual([entry?.seq, entry?.actor.id, entry?.reason], [seq, 'dpo', 'r-204'])
  const report = await run(['verify', 'bundle', '--allow-unanchored', '--json'])
  assert.equal(report.status, 0)
  const said = JSON.parse(report.stdout) as Report & { bundle: { withheld: number } }
  assert.equal(said.bundle.withheld, withheld)
})

test('a changed bundle is tampered and ends with 1', async (t) => {
  const { cwd, run } = await filled(t)
  await run(['export', 'audit', '--out', 'bundle'])
  const path = join(cwd, 'bundle', 'entries.csv')
  writeFileSync(path, readFileSync(path, 'utf8').replace('query', 'other'))
  const verified = await run(['verify', 'bundle', '--allow-unanchored', '--json'])
  assert.equal(verified.status, 1)
  const { result, findings } = JSON.parse(verified.stdout) as Report
  assert.equal(result, 'tampered')
  assert.deepEqual(
    findings.map((finding) => finding.code),
    ['MODIFIED'],
  )
})

test('a bundle is not written over what is there, and a wrong question leaves no entry', async (t) => {
  const { cwd, run } = await filled(t)
  assert.equal((await run(['export', 'audit', '--out', 'bundle'])).status, 0)
  const before = readFileSync(join(cwd, 'bundle', 'manifest.json'))
  const again = await run(['export', 'audit', '--out', 'bundle'])
  assert.deepEqual([again.status, code(again)], [2, 'AUDIT_EXPORT_EXISTS'])
  assert.deepEqual(readFileSync(join(cwd, 'bundle', 'manifest.json')), before)
  const size = (await run(['log', 'audit', '--json'])).stdout.length
  for (const wrong of [
    ['--format', 'xml'],
    ['--preset', 'none'],
    ['--from', 'yesterday'],
    ['--wait', 'long'],
  ]) {
    const refused = await run(['export', 'audit', '--out', 'other', ...wrong])
    assert.deepEqual([refused.status, code(refused)], [2, 'CLI_OPTION_INVALID'], wrong.join(' '))
  }
  const missing = await run(['export', 'audit'])
  assert.equal(missing.status, 2)
  const nothing = await run(['export', 'nowhere', '--out', 'other'])
  assert.deepEqual([nothing.status, code(nothing)], [2, 'CLI_NO_INPUT'])
  assert.equal((await run(['log', 'audit', '--json'])).stdout.length, size)
})

test('while another writer is at work the command ends with 3, and nothing is made', async (t) => {
  const { cwd, run } = await filled(t)
  const dir = join(cwd, 'audit')
  const file = await readLogFile(dir)
  const audit = await openAudit({ dir, origin: file?.origin ?? '', key: file?.key ?? '' })
  const refused = await run(['export', 'audit', '--out', 'bundle', '--no-wait'])
  await audit.close()
  assert.deepEqual([refused.status, code(refused)], [3, 'AUDIT_LOCKED'])
  assert.match(refused.stderr, /let that application make it \(audit\.export/)
  assert.ok(!existsSync(join(cwd, 'bundle')))
})
