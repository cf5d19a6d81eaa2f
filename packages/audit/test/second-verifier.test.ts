import assert from 'node:assert/strict'
import { appendFileSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { openAudit } from '../src/index.ts'
import { requestTimestamp } from '../src/stamp-log.ts'
import type { LogBuilder } from './log-builder.ts'
import { findAll, keyFile } from './second-verifier.ts'
import { TAMPER_CASES } from './tamper-cases.ts'
import { folder, richLog } from './tamper-log.ts'
import { answerRequest, makeAuthority } from './timestamp-authority.ts'
import { python, shell } from './verifier-scripts.ts'

// verify.sh and verify.py share no code with the verifier: two that agree are worth more than one.

// One case of each threat; all of them in the long run: each takes processes of its own.
const THREATS = [...new Set(TAMPER_CASES.map(({ threat }) => threat))]

test('the second verifier finds a tampered log of each kind', (t) =>
  findAll(
    t,
    THREATS.flatMap((threat) => TAMPER_CASES.find((tampered) => tampered.threat === threat) ?? []),
  ))

const HEALTHY: Readonly<Record<string, (log: LogBuilder) => unknown>> = {
  'a closed log': () => {},
  'a torn line and zeros at the end': (log) => {
    log.open().entries(3)
    appendFileSync(
      log.segmentPath(),
      Buffer.concat([Buffer.from('{"action":'), Buffer.alloc(5000)]),
    )
  },
  'lines that a failed write left twice': (log) => {
    log.open().entries(3)
    const again = log.lines.slice(-2).map((line) => `${line}\n`)
    writeFileSync(log.segmentPath(log.size - 2), again.join(''))
  },
  'a segment that recovery had taken aside': (log) => {
    log.rotate().open().entries(3)
    renameSync(log.segmentPath(), `${log.segmentPath()}.recovering`)
  },
  'a key that was rotated': async (log) => {
    const old = log.signer
    log.rotate().open().rotateKey(2).entries(2)
    await log.checkpoint([old, log.signer])
    await log.entries(2).checkpoint()
  },
  'erased content': (log) => log.open().erase('0123456789abcdef').close().checkpoint(),
  'expired entries': (log) => log.rotate().open().prune(0, 12).close().checkpoint(),
  streams: async (log) => {
    const stream = await log.stream('s1', 5).open().entries(3).checkpoint()
    await log.open().attest(stream).close().checkpoint()
    await stream.entries(2).checkpoint()
  },
}

for (const [what, change] of Object.entries(HEALTHY))
  test(`the second verifier does not alarm at ${what}`, async (t) => {
    const log = await richLog(folder(t))
    const key = keyFile(t, log)
    await change(log)
    const { status, output } = await python([log.dir, '--key', key])
    assert.equal(status, 0, output)
    assert.match(output, /^OK: acme\.example\/audit\/test: /)
  })

test('content that is elsewhere is missing, and no fault where --no-content says so', async (t) => {
  const log = await richLog(folder(t))
  rmSync(join(log.dir, 'content'), { recursive: true })
  for (const run of [python, shell]) {
    const { status, output } = await run([log.dir])
    assert.equal(status, 1)
    assert.match(output, /content of entry \d+ is missing/)
    const without = await run(['--no-content', log.dir])
    assert.equal(without.status, 0, without.output)
  }
  appendFileSync(log.segmentPath(0), '{}\n')
  assert.equal((await python(['--no-content', log.dir])).status, 1)
})

test('both scripts verify what the writer writes', async (t) => {
  const dir = folder(t)
  const audit = await openAudit({
    dir: join(dir, 'log'),
    origin: 'acme.example/audit',
    key: join(dir, 'key'),
  })
  const actor = { type: 'user', id: 'u1' }
  const target = { type: 'model', id: 'gpt-4o' }
  const text = 'a "quoted" \\ text, é, \u{1f600}, \u2028, tab\t'
  for (let at = 0; at < 20; at += 1)
    await audit.append({
      action: 'query',
      actor,
      target,
      outcome: 'success',
      subject: `s${at}`,
      reason: text,
      data: [{ part: 'input', text }],
    })
  await audit.erase({ subject: 's3', reason: 'asked' })
  await audit.rotateKey({ key: join(dir, 'key2') })
  await audit.close()
  assert.equal((await python([join(dir, 'log')])).status, 0)
  const { status, output } = await shell([join(dir, 'log')])
  assert.equal(status, 0, output)
  assert.match(output, /^checkpoint: signed by a key/m)
})

test('the script verifies signatures and time stamps with openssl', async (t) => {
  const log = await richLog(folder(t))
  const tsa = folder(t)
  makeAuthority(tsa)
  const { path } = await requestTimestamp(log.dir)
  answerRequest(tsa, path, path.replace('.tsq', '.tsr'))
  const args = [log.dir, keyFile(t, log), join(tsa, 'ca.pem')]
  const good = await shell(args)
  assert.equal(good.status, 0, good.output)
  assert.match(good.output, /^time stamp: .* over 00000000000000000032\.note$/m)
  const note = log.notePath()
  writeFileSync(note, readFileSync(note, 'utf8').replace('32', '33'))
  assert.equal((await shell(args)).status, 1)
  writeFileSync(
    join(log.dir, 'checkpoint'),
    readFileSync(join(log.dir, 'checkpoint'), 'utf8').replace('32', '31'),
  )
  const bad = await shell([log.dir, keyFile(t, log)])
  assert.equal(bad.status, 1)
  assert.match(bad.output, /the checkpoint is not signed/)
})
