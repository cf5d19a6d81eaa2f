import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { basename, join } from 'node:path'
import { test } from 'node:test'
import { openAudit, verifyAudit } from '../src/index.ts'
import { leafHash } from '../src/merkle.ts'
import { assertAllHold, twin, verdicts } from './bundle-maker.ts'
import { LogBuilder } from './log-builder.ts'
import { event, folder, optionsIn } from './log-setup.ts'
import { ALL_BROKEN, ALL_HOLD, NONE_READS, statuses } from './statuses.ts'
import { richLog } from './tamper-log.ts'
import { python } from './verifier-scripts.ts'

// What one of the three verifiers once took for something else than the others did.

const note = (log: LogBuilder): string => basename(log.notePath(), '.note')

function pipe(path: string): void {
  assert.equal(spawnSync('mkfifo', [path]).status, 0)
}

function anchor(log: LogBuilder, name: string, data: string): void {
  mkdirSync(join(log.dir, 'anchors'), { recursive: true })
  writeFileSync(join(log.dir, 'anchors', name), data)
}

const LOG_FAULTS: Readonly<Record<string, (log: LogBuilder) => unknown>> = {
  'a time stamp is junk': (log) => anchor(log, `${note(log)}.tsr`, 'junk'),
  'a cosignature is junk': (log) => anchor(log, `${note(log)}.cosig`, 'junk\n'),
  'a cosignature has a control character in its name': (log) =>
    anchor(log, `${note(log)}.cosig`, '— a\u007fb AAAAAAAA\n'),
  'an anchor is about a checkpoint that is not there': (log) =>
    anchor(log, `${'0'.repeat(18)}31.cosig`, '— a AAAAAAAA\n'),
  'a pipe stands in the place of a cosignature': (log) => {
    mkdirSync(join(log.dir, 'anchors'))
    pipe(join(log.dir, 'anchors', `${note(log)}.cosig`))
  },
  'a pipe stands in the place of content that was erased': async (log) => {
    const kid = '0123456789abcdef'
    const [ct = ''] = readdirSync(join(log.dir, 'content', kid))
    await log.open().erase(kid).close().checkpoint()
    mkdirSync(join(log.dir, 'content', kid), { recursive: true })
    pipe(join(log.dir, 'content', kid, ct))
  },
  'a file stands in the place of a stream': (log) => {
    mkdirSync(join(log.dir, 'streams'))
    writeFileSync(join(log.dir, 'streams', 'y'), '')
  },
  'a checkpoint has more bytes than it may have': (log) => {
    const path = log.notePath()
    writeFileSync(path, `${readFileSync(path, 'utf8')}${'— é AAAAAAAA\n'.repeat(4400)}`)
  },
  'a checkpoint has a signature under a name with a control character': (log) => {
    const path = log.notePath()
    writeFileSync(path, `${readFileSync(path, 'utf8')}— a\u007fb AAAAAAAA\n`)
  },
  'hashes beside a segment are fewer than its entries': (log) => hashes(log, 12),
  'hashes beside a segment are more than its entries': (log) => hashes(log, 14),
  'the public keys are a pipe': (log) => {
    rmSync(join(log.dir, 'public.vkey'))
    pipe(join(log.dir, 'public.vkey'))
  },
  'the public keys have a byte order mark': (log) =>
    writeFileSync(join(log.dir, 'public.vkey'), `\ufeff${log.vkey}\n`),
  'a line after the public key is a comment': (log) =>
    writeFileSync(join(log.dir, 'public.vkey'), `${log.vkey}\n# a word\n`),
  'a segment is named with digits of another script, and has entries': (log) =>
    renameSync(log.segmentPath(), log.segmentPath().replace('0000000023', '٠٠٠٠٠٠٠٠23')),
  ...Object.fromEntries(
    ['anchors', 'checkpoints', 'hashes', 'streams'].map((name) => [
      `the folder ${name} is a link to itself`,
      (log: LogBuilder) => {
        rmSync(join(log.dir, name), { recursive: true, force: true })
        symlinkSync(name, join(log.dir, name))
      },
    ]),
  ),
}

function hashes(log: LogBuilder, count: number): void {
  const leaves = log.lines.slice(0, count).map((line) => leafHash(Buffer.from(line)))
  mkdirSync(join(log.dir, 'hashes'))
  writeFileSync(join(log.dir, 'hashes', `${'0'.repeat(20)}.bin`), Buffer.concat(leaves))
}

for (const [what, change] of Object.entries(LOG_FAULTS))
  test(`all three verifiers find that ${what}`, async (t) => {
    const log = await richLog(folder(t))
    await change(log)
    const withShell = /stamp|pipe|checkpoint|hashes/.test(what)
    assert.deepEqual(await statuses(log.dir, undefined, withShell), ALL_BROKEN)
  })

const BUNDLE_FAULTS: Readonly<Record<string, (dir: string) => unknown>> = {
  'the manifest is a link': (dir) => linked(dir, 'manifest.json'),
  'the receipt is a link': (dir) => linked(dir, 'receipt/export.tlog-proof'),
  'the proof behind the receipt is a link': (dir) => linked(dir, 'receipt/growth.consistency'),
  'the log is a link': (dir) => linked(dir, 'log'),
  'there is a folder with nothing in it': (dir) => mkdirSync(join(dir, 'extra')),
  'there is a folder with nothing in it within the log': (dir) =>
    mkdirSync(join(dir, 'log', 'streams')),
}

/** What the link leads to lies outside of the bundle, where it is no fault of its own. */
function linked(dir: string, name: string): void {
  const path = join(dir, name)
  const aside = join(dir, '..', `aside-${basename(path)}`)
  renameSync(path, aside)
  symlinkSync(aside, path)
}

for (const [what, change] of Object.entries(BUNDLE_FAULTS))
  test(`all three verifiers find in a bundle that ${what}`, async (t) => {
    const { bundle } = await twin(t)
    change(bundle.dir)
    const withShell = what === 'the log is a link'
    assert.deepEqual(await statuses(bundle.dir, bundle.keyFile, withShell), ALL_BROKEN)
  })

/** Entries of the log's own that a writer with the key signed, and that say something else than they have to. */
const ODD_ENTRIES: Readonly<Record<string, (log: LogBuilder) => unknown>> = {
  'an erasure that names a number': (log) => log.own('audit.erasure', { kids: [1] }),
  'an erasure that names nothing': (log) => log.own('audit.erasure', {}),
  'an expiry from a truth to another': (log) =>
    log.own('audit.prune', { first: false, last: true, sha256: 'x' }),
  'an expiry without a hash': (log) => log.own('audit.prune', { first: 0, last: 1 }),
  'a stream whose size is a text': (log) =>
    log.own('audit.stream', { key: 'k', origin: 'o', root: 'r', size: '1' }),
  'a stream without a root': (log) =>
    log.own('audit.stream', { key: 'k', origin: 'o', root: 'r', size: 1 }),
  'another key that is a list': (log) => log.own('audit.key_rotate', { new: [], old: {} }),
  'a revocation up to a truth': (log) =>
    log.own('audit.key_revoke', { key: log.vkey, trusted_size: true }),
  'a second beginning': (log) => log.own('audit.genesis', { keys: [log.vkey] }),
  'a version that is a truth': (log) => log.append({ v: true }),
  'a sequence number that is a text': (log) => log.append({ seq: '5' }),
  'a time in digits of another script': (log) => log.append({ ts: '٢٠٢٦-12-01T09:00:00.000Z' }),
  'content whose key is a number': (log) =>
    log.append({ data: [{ ct: 'a'.repeat(64), kid: 1234567890123456 }] }),
}

for (const [what, append] of Object.entries(ODD_ENTRIES))
  test(`all three verifiers refuse ${what}, signed or not`, async (t) => {
    const log = new LogBuilder(folder(t)).open().entries(2)
    await append(log)
    await log.close().checkpoint()
    assert.deepEqual(await statuses(log.dir, undefined, false), ALL_BROKEN)
  })

test('data that is no list, and what is in it and names no content, is nobody’s business', async (t) => {
  const log = new LogBuilder(folder(t)).open()
  for (const data of [5, 'text', {}, null, true, [null, 5, 'ct', ['ct'], { part: 'x' }]])
    log.append({ data })
  log.own('audit.erasure', { kids: [], request: [{}] }).own('audit.unknown', { keys: 5 })
  await log.close().checkpoint()
  assert.deepEqual(await statuses(log.dir), ALL_HOLD)
})

test('a log with another first entry than the one that begins it is none', async (t) => {
  const log = new LogBuilder(folder(t)).open().close()
  await log.checkpoint()
  const first = log.lines[0]?.replace('audit.genesis', 'audit.open') ?? ''
  for (const name of ['checkpoint', 'checkpoints']) rmSync(join(log.dir, name), { recursive: true })
  writeFileSync(log.segmentPath(), `${first}\n`)
  assert.deepEqual(await statuses(log.dir, undefined, false), ALL_BROKEN)
})

test('a log whose first line a crash cut is begun, and no alarm', async (t) => {
  const log = new LogBuilder(folder(t))
  writeFileSync(log.segmentPath(), log.lines[0]?.slice(0, 40) ?? '')
  assert.deepEqual(await statuses(log.dir), ALL_HOLD)
  writeFileSync(log.segmentPath(), '')
  assert.deepEqual(await statuses(log.dir), ALL_HOLD)
})

test('a folder without a log cannot be verified, whatever else is in it', async (t) => {
  const dir = folder(t)
  writeFileSync(join(dir, 'app.jsonl'), '{}\n')
  mkdirSync(join(dir, 'checkpoints'))
  assert.deepEqual(await statuses(dir), NONE_READS)
})

test('names in a log cannot forge a line of what the script says', async (t) => {
  const log = new LogBuilder(folder(t)).open().close()
  await log.checkpoint()
  writeFileSync(join(log.dir, 'x\nOK: all is well\u001b[2J.jsonl'), 'junk')
  const { status, output } = await python([log.dir])
  assert.equal(status, 1)
  assert.doesNotMatch(output, /^OK/m)
  assert.ok(!output.includes('\u001b'))
})

test('an anchor that says something else than a verifier writes cannot be read', async (t) => {
  const log = await richLog(folder(t))
  const file = join(folder(t), 'anchor.json')
  await verifyAudit({ dir: log.dir, anchor: file })
  const good = readFileSync(file, 'utf8')
  for (const [from, to] of [
    ['"size":32', '"size":"32"'],
    ['"size":32', '"size":true'],
    ['"v":1', '"v":true'],
    ['"frontier":[', '"frontier":["",'],
    ['"logs":[', '"logs":[5,'],
  ] as const) {
    writeFileSync(file, good.replace(from, to))
    assert.notEqual(readFileSync(file, 'utf8'), good)
    assert.equal((await python([log.dir, '--anchor', file])).status, 3, to)
    await assert.rejects(verifyAudit({ dir: log.dir, anchor: file }), {
      code: 'AUDIT_ANCHOR_INVALID',
    })
  }
})

test('an anchor of many logs is read again', async (t) => {
  const log = await richLog(folder(t))
  const anchor = join(folder(t), 'anchor.json')
  await verifyAudit({ dir: log.dir, anchor })
  const { logs, v } = JSON.parse(readFileSync(anchor, 'utf8')) as { logs: object[]; v: 1 }
  for (let at = 0; at < 300; at += 1) logs.push({ ...logs[0], origin: `acme.example/${at}` })
  writeFileSync(anchor, JSON.stringify({ logs, v }))
  assert.ok(readFileSync(anchor).length > 65_536)
  assert.equal((await verifyAudit({ dir: log.dir, anchor })).result, 'intact')
  assert.equal((await python([log.dir, '--anchor', anchor])).status, 0)
})

test('names that have to be escaped are in order for all three, also in a bundle', async (t) => {
  const options = optionsIn(folder(t))
  const audit = await openAudit(options)
  const names = Object.fromEntries(['"', '\\', 'a"b', 'a\\', '{"seq":0,"'].map((name) => [name, 1]))
  for (const more of [{ ext: names }, { src: { '"': 'x' } }, { ext: { a: { z: 1, ...names } } }])
    await audit.append(event(1, { action: 'app.x', details: names, ...more }))
  const out = join(folder(t), 'bundle')
  await audit.export({ out })
  await audit.close()
  assertAllHold(await verdicts(options.dir, undefined))
  assertAllHold(await verdicts(out, undefined))
})
