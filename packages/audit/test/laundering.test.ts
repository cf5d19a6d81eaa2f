import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { signCheckpoint } from '../src/checkpoint.ts'
import { type AuditOptions, openAudit, verifyAudit } from '../src/index.ts'
import { readKeyFile } from '../src/key-file.ts'
import { Frontier, leafHash } from '../src/merkle.ts'
import { forge } from './forged-tail.ts'
import { LogBuilder, testSigner } from './log-builder.ts'
import { segmentLines } from './log-oracle.ts'
import { event, folder, ORIGIN, optionsIn } from './log-setup.ts'
import { python } from './verifier-scripts.ts'
import { warningsOf } from './warnings.ts'

// Somebody without a key changes the folder of a closed log and appends the entry that would excuse it. The next writer signs that entry, and its excuse does not count.

interface Laundering {
  readonly options: AuditOptions
  readonly kids: readonly string[]
  /** Entries that the writer had signed. */
  readonly size: number
}

const LAUNDERED: Readonly<Record<string, (log: Laundering) => Promise<readonly [string, object]>>> =
  {
    'an erasure': async ({ options: { dir }, kids }) => {
      for (const kid of kids) rmSync(join(dir, 'content', kid), { recursive: true })
      return ['audit.erasure', { ids: [], kids, request: 'R-9' }]
    },
    'an expiry': async ({ options: { dir } }) => {
      const [first = ''] = segments(dir)
      const lines = readFileSync(join(dir, first), 'utf8').trimEnd().split('\n')
      const hashes = Buffer.concat(lines.map((line) => leafHash(Buffer.from(line))))
      mkdirSync(join(dir, 'hashes'))
      writeFileSync(join(dir, 'hashes', first.replace('.jsonl', '.bin')), hashes)
      rmSync(join(dir, first))
      const sha256 = createHash('sha256').update(hashes).digest('hex')
      return ['audit.prune', { first: 0, last: lines.length - 1, sha256 }]
    },
    'a stream': async ({ options: { dir } }) => {
      const stream = new LogBuilder(join(dir, 'streams', 'web-9'), `${ORIGIN}/web-9`, 9)
      await stream.open().entries(2).close().checkpoint()
      return ['audit.stream', stream.state()]
    },
    'a rotation to the key of a stream': async ({ options: { dir } }) => {
      const stream = new LogBuilder(join(dir, 'streams', 'web-9'), `${ORIGIN}/web-9`, 9)
      await stream.open().entries(2).close().checkpoint()
      const [old] = readFileSync(join(dir, 'public.vkey'), 'utf8').split('\n')
      return ['audit.key_rotate', { new: testSigner(ORIGIN, 9).key.vkey, old }]
    },
  }

for (const [what, tamper] of Object.entries(LAUNDERED))
  test(`${what} that the writer did not make excuses nothing once he has signed it, and he goes on`, async (t) => {
    const log = await closedLog(t)
    const { dir } = log.options
    const keys = readFileSync(join(dir, 'public.vkey'), 'utf8')
    const reason = await tamper(log)
    forge(dir, [reason])
    const warnings = warningsOf(t)
    const audit = await openAudit(log.options)
    await audit.append(event(1))
    await audit.close()
    await new Promise(setImmediate)
    const said = warnings.filter(({ code }) => code === 'AUDIT_UNSIGNED')
    assert.match(String(said[0]?.message), new RegExp(`${reason[0]} at ${log.size + 1}`))
    assert.equal(readFileSync(join(dir, 'public.vkey'), 'utf8'), keys)
    const report = await verifyAudit({ dir, publicKey: keys })
    assert.equal(report.result, what === 'an erasure' ? 'incomplete' : 'tampered')
    const details = report.findings.map(({ detail }) => detail).join('\n')
    assert.match(
      details,
      new RegExp(`entry ${log.size + 1} .* was not signed when the log was opened`),
    )
    assert.match(
      details,
      new RegExp(`entries ${log.size} to ${log.size + 1} were signed only after`),
    )
    assert.equal((await python([dir])).status, 1)
  })

test('the revocation of the key in use, which somebody without it has written, does not make a healthy log tampered', async (t) => {
  const { options } = await closedLog(t)
  const { dir } = options
  const [key] = readFileSync(join(dir, 'public.vkey'), 'utf8').split('\n')
  forge(dir, [['audit.key_revoke', { key, trusted_size: 0 }]])
  await isHealthy(dir)
  await (await openAudit(options)).close()
  await isHealthy(dir)
})

test('a rotation that somebody without the key has written neither lets his key write nor locks out the one in use', async (t) => {
  const { options, size } = await closedLog(t)
  const evil = testSigner(ORIGIN, 9)
  const [old] = readFileSync(join(options.dir, 'public.vkey'), 'utf8').split('\n')
  forge(options.dir, [['audit.key_rotate', { new: evil.key.vkey, old }]])
  await assert.rejects(openAudit({ ...options, key: evil }), { code: 'AUDIT_KEY_INVALID' })
  // He may add a signature of his own to the checkpoint, too.
  const newest = join(options.dir, 'checkpoint')
  const note = readFileSync(newest, 'utf8')
  const [, , root = ''] = note.split('\n')
  const state = { origin: ORIGIN, size, root: Buffer.from(root, 'base64') }
  const line = (await signCheckpoint(state, [evil])).split('\n').at(-2)
  writeFileSync(newest, `${note}${line}\n`)
  await assert.rejects(openAudit({ ...options, key: evil }), { code: 'AUDIT_KEY_INVALID' })
  await (await openAudit(options)).close()
  await isHealthy(options.dir)
})

test('nothing is signed before the log says what its writer found unsigned', async (t) => {
  const { options, size } = await closedLog(t)
  forge(options.dir, [['audit.erasure', { ids: [], kids: [], request: 'R-9' }]])
  const signer = await readKeyFile(String(options.key))
  const signed: number[] = []
  const sign = (bytes: Uint8Array): ReturnType<typeof signer.sign> => {
    signed.push(Number(Buffer.from(bytes).toString().split('\n')[1]))
    return signer.sign(bytes)
  }
  // The start itself ends a segment, at which a checkpoint is due; others are due all the time.
  const due = { segmentBytes: 1, checkpointEvery: 1 }
  const audit = await openAudit({ ...options, ...due, key: { key: signer.key, sign } })
  await audit.append(event(1))
  await audit.close()
  const opened = entriesIn(options.dir).find(
    ({ seq, action }) => seq > size && action === 'audit.open',
  )
  assert.equal(opened?.sys?.signed, size)
  assert.ok(signed.length > 0)
  assert.deepEqual(
    signed.filter((count) => count <= Number(opened?.seq)),
    [],
  )
})

test('a checkpoint by a key that was put beside the log is not taken for one of the log', async (t) => {
  const { options, size } = await closedLog(t)
  const { dir } = options
  forge(dir, [['audit.erasure', { ids: [], kids: ['x'], request: 'R-9' }]])
  const evil = testSigner(ORIGIN, 9)
  const tree = new Frontier()
  for (const line of segmentLines(dir)) tree.push(leafHash(Buffer.from(line)).toString('base64'))
  assert.ok(tree.size > size)
  const state = { origin: ORIGIN, size: tree.size, root: tree.root() }
  writeFileSync(join(dir, 'checkpoint'), await signCheckpoint(state, [evil]))
  const list = join(dir, 'public.vkey')
  const real = readFileSync(list, 'utf8')
  writeFileSync(list, `${evil.key.vkey}\n${real}`)
  await assert.rejects(openAudit(options), { code: 'AUDIT_DAMAGED' })
})

test('a close that nobody has signed closes nothing', async (t) => {
  const { options } = await closedLog(t)
  forge(options.dir, [['audit.close', { appended: 0 }]])
  const { claims, findings } = await verifyAudit({ dir: options.dir })
  assert.equal(claims.closed, false)
  assert.deepEqual(findings.map(({ code }) => code).includes('UNCLEAN_CLOSE'), true)
  await (await openAudit(options)).close()
  const opens = entriesIn(options.dir).filter(({ action }) => action === 'audit.open')
  assert.equal(opens.at(-1)?.sys?.unclean, true)
})

/** A log in several segments, with content of two subjects. */
async function closedLog(t: TestContext): Promise<Laundering> {
  const options = optionsIn(folder(t), { segmentBytes: 3000 })
  const audit = await openAudit(options)
  for (let n = 0; n < 12; n += 1) {
    const data = n < 3 ? { data: [{ part: 'input', text: `text ${n}` }] } : {}
    await audit.append(event(n, { subject: `s${n % 2}`, ...data }))
  }
  await audit.close()
  const content = join(options.dir, 'content')
  return { options, kids: existsSync(content) ? readdirSync(content) : [], size: audit.size }
}

function segments(dir: string): string[] {
  return readdirSync(dir)
    .filter((name) => name.endsWith('.jsonl'))
    .sort()
}

function entriesIn(dir: string): { seq: number; action: string; sys?: Record<string, unknown> }[] {
  return segments(dir).flatMap((name) =>
    readFileSync(join(dir, name), 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line)),
  )
}

async function isHealthy(dir: string): Promise<void> {
  const { result, findings } = await verifyAudit({ dir })
  assert.equal(result, 'unanchored', JSON.stringify(findings))
  const { status, output } = await python([dir])
  assert.equal(status, 0, output)
}
