import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import {
  checkPolicy,
  compilePolicy,
  type Policy,
  PolicyError,
  parsePolicy,
  readPolicyFile,
  watchPolicy,
} from '../src/index.ts'

function folder(t: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), 'recount-policy-'))
  t.after(() => rmSync(path, { recursive: true }))
  return path
}

function refused(code: string, text: RegExp): (error: unknown) => boolean {
  return (error) => {
    assert.ok(error instanceof PolicyError)
    assert.equal(error.code, code)
    assert.match(error.message, text)
    return true
  }
}

test('a moment that no calendar has is refused, a leap day is not', () => {
  const until = (moment: string): Policy => ({
    version: 1,
    rules: [{ then: { content: 'none', until: moment } }],
  })
  for (const moment of ['2027-02-30', '2027-02-29', '2027-04-31', '2027-13-01', '2027-01-00']) {
    const [found, ...others] = checkPolicy(until(`${moment}T00:00:00Z`))
    assert.equal(found?.expected, 'a moment that exists', moment)
    assert.deepEqual(others, [])
    assert.throws(
      () => compilePolicy(until(`${moment}T00:00:00Z`)),
      refused('POLICY_INVALID', /a moment that exists/),
    )
  }
  for (const moment of ['2028-02-29T00:00:00Z', '2027-12-31T23:59:59.5+05:30'])
    assert.deepEqual(checkPolicy(until(moment)), [])
})

test('a pipe, a device and a folder are refused and nothing waits for them', async (t) => {
  const path = folder(t)
  const pipe = join(path, 'pipe.json')
  execFileSync('mkfifo', [pipe])
  for (const file of [pipe, '/dev/zero', path]) {
    const told = refused('POLICY_FILE_UNREADABLE', /regular file/)
    assert.throws(() => watchPolicy(file), told)
    await assert.rejects(readPolicyFile(file), told)
  }
})

test('a file of more than 1 MiB is refused, one of 1 MiB is read whole', async (t) => {
  const file = join(folder(t), 'policy.json')
  const text = '{"version":1}'
  writeFileSync(file, text.padEnd(1024 * 1024))
  assert.equal((await readPolicyFile(file)).length, 1024 * 1024)
  watchPolicy(file).close()
  writeFileSync(file, text.padEnd(1024 * 1024 + 1))
  const told = refused('POLICY_FILE_UNREADABLE', /1 MiB/)
  assert.throws(() => watchPolicy(file), told)
  await assert.rejects(readPolicyFile(file), told)
})

test('a thousand rules are taken and one more is not', () => {
  const policy = (count: number): Policy => ({
    version: 1,
    rules: Array.from({ length: count }, () => ({ then: { content: 'none' } })),
  })
  assert.deepEqual(checkPolicy(policy(1000)), [])
  assert.deepEqual(checkPolicy(policy(1001)), [
    { rule: null, key: 'rules', expected: 'a list of at most 1000 rules', got: '1001' },
  ])
})

test('a hundred findings are told, and how many more there are', () => {
  const rules = Array.from({ length: 120 }, () => ({ then: { contents: 'none' } }))
  assert.throws(
    () => compilePolicy({ version: 1, rules } as unknown as Policy),
    (error: PolicyError) => {
      assert.equal(error.findings.length, 120)
      assert.equal(error.message.split('; ').length, 101)
      assert.match(error.message, /; and 20 more$/)
      return true
    },
  )
})

test('deep nesting is refused with the name of the file, and as an object, too', (t) => {
  const deep = `${'[{"a":'.repeat(100_000)}1${'}]'.repeat(100_000)}`
  const text = `{"version":1,"rules":${deep}}`
  assert.throws(
    () => parsePolicy(text, 'deep.json'),
    refused('POLICY_INVALID', /^deep\.json: .*levels/),
  )
  const file = join(folder(t), 'deep.json')
  writeFileSync(file, text)
  assert.throws(() => watchPolicy(file), refused('POLICY_INVALID', /deep\.json/))
  const policy = JSON.parse(text) as Policy
  assert.throws(() => compilePolicy(policy), refused('POLICY_INVALID', /levels deep/))
})
