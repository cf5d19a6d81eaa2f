import assert from 'node:assert/strict'
import {
  copyFileSync,
  linkSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { type AuditOptions, openAudit } from '../src/index.ts'
import { SubjectKeys } from '../src/subject-keys.ts'
import { assertNoAlarm, readClosedLog } from './log-oracle.ts'
import { event, folder, ORIGIN, optionsIn } from './log-setup.ts'

const SECRET = 'Which shoes did I buy last week?'

test('an erasure that a crash cut is completed at the next start', async (t) => {
  const options = optionsIn(folder(t))
  const audit = await openAudit(options)
  await audit.append(event(1, { data: [{ part: 'input', text: SECRET }] }))
  await audit.close()
  const subjects = join(options.dir, 'subjects')
  const [file = ''] = readdirSync(subjects)
  const secret = Buffer.from(readFileSync(`${options.key}.content`, 'utf8').trim(), 'hex')
  await new SubjectKeys(options.dir, ORIGIN, secret).setAside(file.replace('.json', ''))
  await (await openAudit(options)).close()
  assert.deepEqual(readdirSync(subjects), [])
  const said = readClosedLog(options.dir, ORIGIN).find(({ action }) => action === 'audit.erasure')
  assert.match(JSON.stringify(said?.sys?.kids), /^\["[0-9a-f]{16}"\]$/)
  await assertNoAlarm(options.dir)
})

test('a key that somebody without the content key set aside is put back, and nothing is erased', async (t) => {
  const options = optionsIn(folder(t))
  const audit = await openAudit(options)
  await audit.append(event(1, { data: [{ part: 'input', text: SECRET }] }))
  await audit.close()
  const subjects = join(options.dir, 'subjects')
  const [file = ''] = readdirSync(subjects)
  renameSync(join(subjects, file), join(subjects, file.replace('.json', '.erasing')))
  await (await openAudit(options)).close()
  assert.deepEqual(readdirSync(subjects), [file])
  const actions = readClosedLog(options.dir, ORIGIN).map(({ action }) => action)
  assert.ok(!actions.includes('audit.erasure'))
  await assertNoAlarm(options.dir)
})

test('erasures at the same time are one after the other', async (t) => {
  const options = optionsIn(folder(t))
  const audit = await openAudit(options)
  const subjects = ['u1', 'u2', 'u3', 'u4']
  for (const subject of subjects)
    await audit.append(event(1, { subject, data: [{ part: 'input', text: SECRET }] }))
  const reason = 'asked'
  await Promise.all(subjects.map((subject) => audit.erase({ subject, reason })))
  await audit.close()
  assert.deepEqual(readdirSync(join(options.dir, 'subjects')), [])
  await assertNoAlarm(options.dir)
})

/** A log with content of u1 and u2, and the files of their keys. */
async function twoSubjects(t: TestContext): Promise<{ options: AuditOptions; files: string[] }> {
  const options = optionsIn(folder(t))
  const audit = await openAudit(options)
  const subjects = join(options.dir, 'subjects')
  const files: string[] = []
  for (const subject of ['u1', 'u2']) {
    await audit.append(event(1, { subject, data: [{ part: 'input', text: SECRET }] }))
    const made = readdirSync(subjects).find((name) => !files.includes(join(subjects, name)))
    files.push(join(subjects, made ?? ''))
  }
  await audit.hold({ subject: 'u2', reason: 'Case 12' })
  await audit.close()
  return { options, files }
}

const EXCHANGED: Readonly<Record<string, (one: string, two: string) => void>> = {
  swapped: (one, two) => {
    renameSync(one, `${one}.x`)
    renameSync(two, one)
    renameSync(`${one}.x`, two)
  },
  copied: (one, two) => copyFileSync(two, one),
}

for (const [what, exchange] of Object.entries(EXCHANGED))
  test(`where the keys of two subjects were ${what} nobody's content is erased in place of another's`, async (t) => {
    const { options, files } = await twoSubjects(t)
    exchange(...(files as [string, string]))
    const audit = await openAudit(options)
    const content = join(options.dir, 'content')
    const before = readdirSync(content)
    const erased = audit.erase({ subject: 'u1', reason: 'asked', mustExist: true })
    await assert.rejects(erased, { code: 'AUDIT_CONTENT_UNAVAILABLE' })
    await audit.close()
    assert.deepEqual(readdirSync(content), before)
    const actions = readClosedLog(options.dir, ORIGIN).map(({ action }) => action)
    assert.ok(!actions.includes('audit.erasure'))
  })

test('a pseudonym that was put into the file of a key is not believed', async (t) => {
  const { options, files } = await twoSubjects(t)
  for (const file of files) {
    const key = JSON.parse(readFileSync(file, 'utf8'))
    writeFileSync(file, JSON.stringify({ ...key, alias: `p_${'0'.repeat(24)}` }))
  }
  const audit = await openAudit({ ...options, pseudonyms: true })
  const appended = audit.append(event(2, { subject: 'u1' }))
  await assert.rejects(appended, { code: 'AUDIT_CONTENT_UNAVAILABLE' })
  await audit.close()
})

test('what stands in the place of a key that is set aside is neither overwritten nor believed', async (t) => {
  const { options, files } = await twoSubjects(t)
  const [one = ''] = files
  const precious = join(folder(t), 'precious')
  const bytes = Buffer.from('\0precious')
  const aside = one.replace('.json', '.erasing')
  for (const put of [() => symlinkSync(precious, aside), () => writeFileSync(aside, 'garbage')]) {
    writeFileSync(precious, bytes)
    put()
    await assert.rejects(openAudit(options), { code: 'AUDIT_DAMAGED', message: /erasing/ })
    assert.deepEqual(readFileSync(precious), bytes)
    rmSync(aside)
  }
  linkSync(precious, aside)
  await (await openAudit(options)).close()
  assert.deepEqual(readFileSync(precious), bytes)
  const key = readFileSync(one)
  writeFileSync(aside, JSON.stringify({ alias: 'a', key: 'b', kid: 'c' }))
  await (await openAudit(options)).close()
  assert.deepEqual(readFileSync(one), key)
  await assertNoAlarm(options.dir)
})

test('a link in the place of a file that is being written leads nowhere', async (t) => {
  const { options, files } = await twoSubjects(t)
  const precious = join(folder(t), 'precious')
  writeFileSync(precious, 'precious')
  const places = ['checkpoint', 'tree.json', 'log.json', 'holds.json'].map((name) =>
    join(options.dir, name),
  )
  for (const place of [...places, (files[0] ?? '').replace('.json', '.erasing')])
    symlinkSync(precious, `${place}.tmp`)
  const audit = await openAudit(options)
  await audit.erase({ subject: 'u1', reason: 'asked' })
  await audit.hold({ reason: 'Case 13' })
  await audit.rotateKey({ key: join(options.dir, '../new.key') })
  await audit.close()
  assert.equal(readFileSync(precious, 'utf8'), 'precious')
  await assertNoAlarm(options.dir)
})
