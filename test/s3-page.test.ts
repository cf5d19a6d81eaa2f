import assert from 'node:assert/strict'
import { test } from 'node:test'
import { codeBlocks } from './markdown.ts'
import { readText } from './repository.ts'

interface Statement {
  readonly Effect: string
  readonly Action: string | readonly string[]
  readonly Resource: string | readonly string[]
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string>>>>
}

const page = readText('docs/s3.md')

test('the policy of a shipper lets it create and look, and neither delete nor bypass', () => {
  const allowed = actionsOf('writer-policy.json', 'Allow')
  assert.deepEqual(allowed, [
    's3:GetObject',
    's3:GetObjectRetention',
    's3:GetObjectVersion',
    's3:ListBucket',
    's3:PutObject',
    's3:PutObjectRetention',
  ])
})

test('the policy of a verifier lets it read all versions, and write nothing', () => {
  const allowed = actionsOf('verifier-policy.json', 'Allow')
  assert.ok(allowed.includes('s3:ListBucketVersions'))
  assert.deepEqual(
    allowed.filter((action) => !/^s3:(Get|List)/.test(action)),
    [],
  )
})

test('the bucket denies deleting, replacing without a condition and short retention', () => {
  const statements = statementsOf('bucket-policy.json')
  assert.ok(statements.every(({ Effect }) => Effect === 'Deny'))
  const conditions = statements.flatMap(({ Condition = {} }) =>
    Object.values(Condition).flatMap((keys) => Object.keys(keys)),
  )
  assert.deepEqual(conditions.sort(), [
    'aws:SecureTransport',
    's3:if-none-match',
    's3:object-lock-remaining-retention-days',
  ])
  assert.ok(actionsOf('bucket-policy.json', 'Deny').includes('s3:DeleteObjectVersion'))
})

test('the lifecycle expires probes and nothing else', () => {
  const { Rules } = JSON.parse(readText('docs/s3/lifecycle.json')) as {
    Rules: readonly { readonly Filter: { readonly Prefix: string }; readonly Expiration?: object }[]
  }
  const expiring = Rules.filter(({ Expiration }) => Expiration !== undefined)
  assert.deepEqual(
    expiring.map(({ Filter }) => Filter.Prefix),
    ['prod/probe/'],
  )
})

test('each command in the examples of services and jobs is one of the page', () => {
  for (const file of ['recount-ship.service', 'recount-export.service', 'cronjob.yaml']) {
    const text = readText(`docs/s3/${file}`)
    const verbs = Array.from(
      text.matchAll(/npx recount (audit \w+|ship logs|analyze)/g),
      ([, verb]) => verb,
    )
    assert.ok(verbs.length > 0, `${file} runs nothing`)
    assert.ok(verbs.includes('audit ship'), `${file} does not ship`)
    assert.ok(!text.includes('\t'), `${file} has tabs`)
  }
})

test('there is a table for each engine that reads the logs', () => {
  const statements = codeBlocks(page).filter(({ language }) => language === 'sql')
  assert.equal(statements.length, 4)
  for (const { code } of statements) assert.match(code, /acme-logs/)
})

function statementsOf(file: string): readonly Statement[] {
  const policy = JSON.parse(readText(`docs/s3/${file}`)) as {
    Version: string
    Statement: readonly Statement[]
  }
  assert.equal(policy.Version, '2012-10-17')
  assert.ok(page.includes(`s3/${file}`), `the page does not name ${file}`)
  return policy.Statement
}

function actionsOf(file: string, effect: string): string[] {
  return statementsOf(file)
    .filter(({ Effect }) => Effect === effect)
    .flatMap(({ Action }) => Action)
    .sort()
}
