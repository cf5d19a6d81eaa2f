import assert from 'node:assert/strict'
import { readdirSync, readFileSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { openAudit } from '../src/index.ts'
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
