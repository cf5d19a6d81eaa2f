import assert from 'node:assert/strict'
import {
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { type AuditEntry, type AuditOptions, openAudit } from '../src/index.ts'
import { readOrMakeKeyFile } from '../src/key-file.ts'
import { segmentLines } from './log-oracle.ts'
import { event, folder, ORIGIN, optionsIn } from './log-setup.ts'

const DATA = [{ part: 'input', text: 'a text' }]

/** A closed log with content, whose log.json names a content key of somebody else. */
async function pointedElsewhere(t: TestContext): Promise<{ options: AuditOptions; evil: string }> {
  const options = optionsIn(folder(t))
  const audit = await openAudit(options)
  await audit.append(event(1, { data: DATA }))
  await audit.close()
  const evil = join(folder(t), 'evil.content')
  writeFileSync(evil, `${'ab'.repeat(32)}\n`, { mode: 0o600 })
  const path = join(options.dir, 'log.json')
  const file = JSON.parse(readFileSync(path, 'utf8'))
  writeFileSync(path, JSON.stringify({ ...file, contentKey: evil }))
  return { options, evil }
}

test('log.json chooses no content key that lies elsewhere than the private key, also not for the first content', async (t) => {
  const { options, evil } = await pointedElsewhere(t)
  rmSync(join(options.dir, 'subjects'), { recursive: true })
  const audit = await openAudit(options)
  const { seq } = await audit.append(event(2, { data: DATA }))
  await audit.close()
  const line = segmentLines(options.dir).find((found) => JSON.parse(found).seq === seq)
  const item = (JSON.parse(line ?? '') as AuditEntry).data?.[0]
  assert.ok(item !== undefined && 'ct' in item)
  const own = await openAudit({ ...options, contentKey: `${options.key}.content` })
  assert.equal((await own.readContent(item)).text, 'a text')
  await own.close()
  const other = await openAudit({ ...options, contentKey: evil })
  await assert.rejects(other.readContent(item), { code: 'AUDIT_CONTENT_UNAVAILABLE' })
  await other.close()
})

test('a link to the private key has no content key beside it but that of the key itself', async (t) => {
  for (const isNamed of [false, true]) {
    const { options, evil } = await pointedElsewhere(t)
    const key = join(dirname(evil), 'audit.key')
    symlinkSync(options.key as string, key)
    writeFileSync(`${key}.content`, `${'cd'.repeat(32)}\n`, { mode: 0o600 })
    const file = join(options.dir, 'log.json')
    const said = { ...JSON.parse(readFileSync(file, 'utf8')), key, contentKey: `${key}.content` }
    writeFileSync(file, JSON.stringify(isNamed ? said : { ...said, contentKey: undefined }))
    rmSync(join(options.dir, 'subjects'), { recursive: true })
    const audit = await openAudit({ ...options, key })
    const { seq } = await audit.append(event(2, { data: DATA }))
    await audit.close()
    const line = segmentLines(options.dir).find((found) => JSON.parse(found).seq === seq)
    const item = (JSON.parse(line ?? '') as AuditEntry).data?.[0]
    assert.ok(item !== undefined && 'ct' in item)
    const own = await openAudit({ ...options, contentKey: `${options.key}.content` })
    assert.equal((await own.readContent(item)).text, 'a text')
    await own.close()
  }
})

test('after the private key was changed, the content key beside it is still found', async (t) => {
  const { options } = await pointedElsewhere(t)
  const audit = await openAudit(options)
  const next = join(dirname(options.dir), 'second.key')
  const path = join(options.dir, 'log.json')
  const file = JSON.parse(readFileSync(path, 'utf8'))
  writeFileSync(path, JSON.stringify({ ...file, contentKey: undefined }))
  await audit.rotateKey({ key: next })
  await audit.close()
  const again = await openAudit({ ...options, key: next })
  await again.append(event(3, { data: DATA }))
  await again.close()
  assert.ok(!existsSync(`${next}.content`))
})

test('a log that was moved with its keys finds its content key after the private key was changed', async (t) => {
  const before = folder(t)
  const audit = await openAudit(optionsIn(before))
  await audit.append(event(1, { data: DATA }))
  await audit.close()
  const path = join(folder(t), 'moved')
  renameSync(before, path)
  mkdirSync(before)
  const options = optionsIn(path)
  const next = join(path, 'second.key')
  const moved = await openAudit(options)
  await moved.rotateKey({ key: next })
  await moved.close()
  const [, , { data: [item] = [] } = {}] = segmentLines(options.dir).map(
    (line) => JSON.parse(line) as AuditEntry,
  )
  assert.ok(item !== undefined && 'ct' in item)
  const again = await openAudit({ ...options, key: next })
  assert.equal((await again.readContent(item)).text, 'a text')
  await again.close()
})

test('a rotation that was cut between its two files leaves the content key where it can be found', async (t) => {
  const path = folder(t)
  const options = optionsIn(path)
  const next = join(path, 'second.key')
  const audit = await openAudit(options)
  await audit.append(event(1, { data: DATA }))
  const file = join(options.dir, 'log.json')
  const { key, sign } = await readOrMakeKeyFile(next, ORIGIN)
  let kept = ''
  await audit.rotateKey({
    key: {
      key,
      sign: (bytes) => {
        kept ||= readFileSync(file, 'utf8')
        return sign(bytes)
      },
    },
  })
  await audit.close()
  writeFileSync(file, kept)
  const again = await openAudit({ ...options, key: next })
  await again.append(event(2, { data: DATA }))
  await again.close()
  assert.ok(!existsSync(`${next}.content`))
})

for (const isLinked of [false, true])
  test(`the content key beside the private key${isLinked ? ', to which a link leads,' : ''} goes with the next one, wherever that lies`, async (t) => {
    const options = optionsIn(folder(t))
    const link = join(folder(t), 'link.key')
    await (await openAudit(options)).close()
    if (isLinked) symlinkSync(String(options.key), link)
    const audit = await openAudit({ ...options, ...(isLinked && { key: link }) })
    await audit.append(event(1, { data: DATA }))
    const away = join(folder(t), 'away')
    mkdirSync(away)
    const key = join(away, 'second.key')
    await audit.rotateKey({ key })
    await audit.close()
    const again = await openAudit({ ...options, key })
    await again.append(event(2, { data: DATA }))
    await again.close()
    const text = (path: string): string => readFileSync(`${path}.content`, 'utf8')
    assert.equal(text(key), text(String(options.key)))
    assert.equal(statSync(`${key}.content`).mode & 0o777, 0o600)
  })

test('a content key that was given elsewhere stays where it is, and another is not overwritten', async (t) => {
  const path = folder(t)
  const options = optionsIn(path)
  const contentKey = join(folder(t), 'content.key')
  const audit = await openAudit({ ...options, contentKey })
  await audit.append(event(1, { data: DATA }))
  await audit.rotateKey({ key: join(path, 'second.key') })
  await audit.close()
  assert.ok(!existsSync(join(path, 'second.key.content')))
  const other = optionsIn(folder(t))
  const next = await openAudit(other)
  await next.append(event(1, { data: DATA }))
  const taken = join(path, 'third.key')
  writeFileSync(`${taken}.content`, `${'0'.repeat(64)}\n`)
  await assert.rejects(next.rotateKey({ key: taken }), { code: 'AUDIT_KEY_INVALID' })
  await next.close()
  assert.equal(readFileSync(`${taken}.content`, 'utf8'), `${'0'.repeat(64)}\n`)
})
