import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { exportBundle } from '../src/export/export-bundle.ts'
import { type ExportRequest, openAudit, verifyAudit } from '../src/index.ts'
import { assertAllHold, bundleOf, exportable, verdicts } from './bundle-maker.ts'
import { entriesIn, event, filesIn, jsonLines, manifestOf, mixed, opened } from './export-setup.ts'
import { folder, replaceIn, richLog } from './tamper-log.ts'

test('a bundle has every file that it explains, and the manifest has the hash of each', async (t) => {
  const { audit, out } = await opened(t)
  await audit.append(event('query', 'u1'))
  const policy = join(folder(t), 'policy.json')
  writeFileSync(policy, '{"v":1}\n')
  await audit.export({ out, formats: ['jsonl', 'csv', 'ocsf'], preset: 'eu-ai-act', policy })
  await audit.close()
  const manifest = manifestOf(out)
  const listed = manifest.files.map(({ path }) => path)
  const expected =
    'README.txt entries.csv entries.jsonl entries.ocsf.jsonl log/checkpoint log/public.vkey policy/policy.json report.html schema/event.json verify.py verify.sh'
  for (const path of expected.split(' ')) assert.ok(listed.includes(path), path)
  for (const { path, sha256, bytes } of manifest.files) {
    const data = readFileSync(join(out, path))
    assert.equal(createHash('sha256').update(data).digest('hex'), sha256)
    assert.equal(data.length, bytes)
  }
  const beside = ['manifest.json', 'receipt/export.tlog-proof', 'receipt/growth.consistency']
  assert.deepEqual(filesIn(out), [...listed, ...beside].sort())
})

test('private keys, content, names of holds and what a crash left are in no bundle', async (t) => {
  const { audit, out, base } = await opened(t)
  await audit.append({ ...event('query', 'u1'), data: [{ part: 'input', text: 'told in secret' }] })
  await audit.hold({ subject: 'u1', reason: 'a lawsuit' })
  mkdirSync(join(audit.dir, 'quarantine'), { recursive: true })
  writeFileSync(join(audit.dir, 'quarantine', 'x'), 'what a crash left')
  await audit.export({ out })
  await audit.close()
  const paths = filesIn(out)
  const secrets = [base, 'PRIVATE+KEY', 'told in secret', 'what a crash left']
  assert.ok(!paths.some((path) => /content|subjects|holds|log\.json|quarantine|tree/.test(path)))
  for (const path of paths) {
    const text = readFileSync(join(out, path), 'latin1')
    // The readme names the key that a reader is to bring.
    for (const secret of secrets) assert.ok(!text.includes(secret), `${secret} in ${path}`)
  }
})

test('the export is an entry: who, why, the filter, the counts and the hash of the manifest', async (t) => {
  const { audit, out } = await opened(t)
  for (const each of mixed()) await audit.append(each)
  const actor = { type: 'user', id: 'dpo' }
  const filter = { subject: ['u1'], from: new Date('2026-01-01T00:00:00.000Z') }
  const made = await audit.export({ out, filter, actor, reason: 'r-204', preset: 'gdpr' })
  await audit.close()
  const entry = (await entriesIn(audit.dir))[made.seq]
  assert.equal(entry?.action, 'audit.export')
  assert.deepEqual(entry.actor, { id: 'dpo', type: 'user' })
  assert.deepEqual([entry.subject, entry.reason], ['u1', 'r-204'])
  const { disclosed, withheld, expired, root, size } = made
  const manifest = readFileSync(join(out, 'manifest.json'))
  assert.deepEqual(entry.sys, {
    disclosed,
    expired,
    filter: { from: '2026-01-01T00:00:00.000Z', subject: ['u1'] },
    formats: ['jsonl', 'csv'],
    manifest: createHash('sha256').update(manifest).digest('hex'),
    preset: 'gdpr',
    root,
    size,
    withheld,
  })
})

test('a second export proves that the log only grew since the first', async (t) => {
  const { audit, out } = await opened(t)
  const first = await audit.export({ out })
  for (const each of mixed()) await audit.append(each)
  const second = await audit.export({ out: `${out}-2` })
  await audit.close()
  assert.deepEqual(manifestOf(out).previous, null)
  assert.deepEqual(manifestOf(`${out}-2`).previous, { root: first.root, size: first.size })
  assert.ok(second.size > first.size)
  const anchor = join(folder(t), 'anchor.json')
  for (const dir of [out, `${out}-2`])
    assert.equal((await verifyAudit({ dir, publicKey: audit.publicKey, anchor })).result, 'intact')
})

test('streams are in the bundle, and filtered as the log is', async (t) => {
  const { audit, out, options } = await opened(t)
  const stream = await openAudit({ ...options, stream: 'web-1' })
  for (const each of mixed()) await stream.append(each)
  await stream.close()
  await audit.export({ out, filter: { subject: ['u1'] } })
  await audit.close()
  const logs = new Set(jsonLines(join(out, 'entries.jsonl')).map(({ log }) => log))
  assert.ok(logs.has('acme.example/audit/web-1'))
  const keyFile = join(folder(t), 'log.vkey')
  writeFileSync(keyFile, `${audit.publicKey}\n`)
  const all = await verdicts(out, keyFile)
  assertAllHold(all)
  assert.deepEqual(
    all.report.streams.map(({ name, result }) => `${name} ${result}`),
    ['web-1 intact'],
  )
})

test('expired entries, rotated keys and erased content leave a bundle that all verifiers accept', async (t) => {
  const log = await richLog(folder(t))
  const old = log.signer
  log.rotate().open().prune(0, 12).erase('0123456789abcdef').rotateKey(2)
  await log.checkpoint([old, log.signer])
  log.entries(3).close()
  const { dir, keyFile } = await bundleOf(t, log, { filter: { actor: ['u1'] } })
  writeFileSync(keyFile, `${old.key.vkey}\n`)
  const all = await verdicts(dir, keyFile)
  assertAllHold(all)
  assert.equal(all.report.claims.expired, 13)
  assert.equal(manifestOf(dir).expired, 13)
})

test('what is there is never written over: a folder, a file, an empty folder', async (t) => {
  const { audit, out } = await opened(t)
  mkdirSync(out)
  const size = audit.size
  await assert.rejects(audit.export({ out }), { code: 'AUDIT_EXPORT_EXISTS' })
  writeFileSync(`${out}.file`, 'x')
  await assert.rejects(audit.export({ out: `${out}.file` }), { code: 'AUDIT_EXPORT_EXISTS' })
  assert.equal(audit.size, size, 'nothing was said about an export that was not')
  assert.deepEqual(readdirSync(out), [])
  await audit.close()
})

test('a bundle is never made in another, which would not be whole then', async (t) => {
  const { audit, out } = await opened(t)
  await audit.export({ out })
  const { size } = audit
  for (const inside of [join(out, 'second'), join(out, 'log', 'streams', 'new', 'second')])
    await assert.rejects(audit.export({ out: inside }), {
      code: 'AUDIT_OPTION_INVALID',
      message: /outside the bundle/,
    })
  assert.equal(audit.size, size)
  assert.notEqual((await verifyAudit({ dir: out })).result, 'tampered')
  await audit.close()
})

test('a place where nobody may make a folder is an error, and nothing waits for it', async (t) => {
  const { audit } = await opened(t)
  // The system has such a place, or the folders above are missing for another reason.
  const out = process.platform === 'linux' ? '/proc/none/bundle' : '/dev/null/bundle'
  await assert.rejects(audit.export({ out }), ({ code }: NodeJS.ErrnoException) =>
    ['ENOENT', 'ENOTDIR', 'EACCES', 'EPERM', 'ENOTSUP'].includes(code ?? ''),
  )
  await audit.close()
})

test('the folder is there as a whole or not at all', async (t) => {
  const { audit, out, base } = await opened(t)
  await audit.append(event('query', 'u1'))
  const seen: boolean[] = []
  await audit.export({ out, onProgress: () => seen.push(existsSync(out)) })
  assert.ok(seen.length > 0 && !seen.includes(true))
  const before = readdirSync(base)
  const stop = new Error('stopped')
  const onProgress = (): void => {
    throw stop
  }
  await assert.rejects(audit.export({ out: `${out}-2`, onProgress }), stop)
  await assert.rejects(audit.export({ out: `${out}-3`, policy: join(base, 'none') }), {
    code: 'ENOENT',
  })
  assert.deepEqual(readdirSync(base), before)
  await audit.close()
})

test('a log that does not hold is not exported', async (t) => {
  const log = await richLog(folder(t))
  replaceIn(7, 'success', 'failure')(log)
  await assert.rejects(bundleOf(t, log), { code: 'AUDIT_DAMAGED' })
})

const WRONG: Readonly<Record<string, (dir: string) => Partial<ExportRequest>>> = {
  out: () => ({ out: '' }),
  'out within the log': (dir) => ({ out: join(dir, 'bundle') }),
  formats: () => ({ formats: ['xml' as 'csv'] }),
  preset: () => ({ preset: 'none' as 'gdpr' }),
  'filter.tenant': () => ({ filter: { tenant: [''] } }),
  'filter.from': () => ({ filter: { from: new Date('never') } }),
  'filter.to': () => ({ filter: { from: new Date(2), to: new Date(1) } }),
  filter: () => ({ filter: { subject: Array.from({ length: 100 }, () => 'x'.repeat(200)) } }),
}

test('a request that cannot be met is refused before anything is written', async (t) => {
  const { audit, out, base } = await opened(t)
  const { size } = audit
  const before = readdirSync(base)
  for (const [what, request] of Object.entries(WRONG)) {
    const asked = audit.export({ out, ...request(audit.dir) })
    await assert.rejects(asked, { code: 'AUDIT_OPTION_INVALID' }, what)
  }
  assert.equal(audit.size, size)
  assert.deepEqual(readdirSync(base), before)
  await audit.close()
})

test('a bundle is verified as a whole, also by who asks for what is new only', async (t) => {
  const log = await richLog(folder(t))
  const anchor = join(folder(t), 'anchor.json')
  const filter = { actor: ['u1'] }
  for (const verifyFrom of [0, 1]) {
    const { dir, vkey: publicKey } = await bundleOf(t, log, { filter })
    const incremental = verifyFrom > 0
    const report = await verifyAudit({ dir, publicKey, anchor, incremental })
    assert.deepEqual([report.result, report.claims.verified_from], ['intact', 0])
  }
})

test('what was changed on the disk while the bundle was made is not handed out', async (t) => {
  const log = await richLog(folder(t))
  const out = join(folder(t), 'bundle')
  const exported = exportable(log)
  const base = dirname(out)
  const append: typeof exported.append = async (entry) => {
    const [temporary = ''] = readdirSync(base)
    appendFileSync(join(base, temporary, 'entries.csv'), 'x')
    return exported.append(entry)
  }
  await assert.rejects(exportBundle({ ...exported, append }, { out }), { code: 'AUDIT_DAMAGED' })
  assert.deepEqual(readdirSync(base), [])
})
