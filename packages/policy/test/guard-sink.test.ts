import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { AnyRecord } from '@recount/record'
import { guardSink } from '../src/index.ts'

function guarded() {
  const written: string[] = []
  const guard = guardSink<string>({ write: (line) => written.push(line) }, 'acme')
  return { guard, written }
}
const line = (fields: object): string => `${JSON.stringify({ level: 30, ...fields })}\n`

test('a sink bound to a tenant gets its records and no others', () => {
  const written: AnyRecord[] = []
  const guard = guardSink<AnyRecord>({ write: (record) => written.push(record) }, 'acme')
  const records = ['acme', 'beta', undefined, '', 'ACME'].map((tenant_id) => ({ tenant_id }))
  for (const record of records) guard.write(record as AnyRecord)
  assert.deepEqual([written.length, guard.refused], [1, 4])
})

test('lines pass as they are, lines of others do not pass at all', () => {
  const { guard, written } = guarded()
  guard.write(line({ tenant_id: 'acme', n: 1 }))
  guard.write(line({ tenant_id: 'beta' }))
  guard.write(line({}))
  guard.write('not json\n')
  assert.deepEqual([written, guard.refused], [[line({ tenant_id: 'acme', n: 1 })], 3])
})

test('of several lines in one write only the tenant’s own pass', () => {
  const { guard, written } = guarded()
  guard.write(
    line({ tenant_id: 'acme' }) + line({ tenant_id: 'beta' }) + line({ tenant_id: 'acme' }),
  )
  assert.deepEqual([written.join(''), guard.refused], [line({ tenant_id: 'acme' }).repeat(2), 1])
})

test('a line that names its tenant twice does not pass, whichever comes last', () => {
  const { guard, written } = guarded()
  for (const [first, last] of [
    ['acme', 'beta'],
    ['beta', 'acme'],
  ])
    guard.write(`{"tenant_id":"${first}","event":"x","tenant_id":"${last}"}\n`)
  guard.write('{"tenant\\u005fid":"beta","tenant_id":"acme"}\n')
  guard.write('{"\\u0074enant_i\\u0064" :"beta","tenant\\u005Fid":"acme"}\n')
  assert.deepEqual([written, guard.refused], [[], 4])
})

test('the tenant inside metadata or content is not the tenant of the line', () => {
  const { guard, written } = guarded()
  guard.write(line({ metadata: { tenant_id: 'acme' } }))
  guard.write(line({ tenant_id: 'beta', content: '"tenant_id":"acme"' }))
  assert.deepEqual([written.length, guard.refused], [0, 2])
  const own = line({
    tenant_id: 'acme',
    content: '{"tenant_id":"beta"}',
    metadata: { tenant_id: 'x' },
  })
  guard.write(own)
  assert.deepEqual(written, [own])
})

test('a sink must be bound to somebody', () => {
  for (const tenant of ['', undefined, null])
    assert.throws(() => guardSink({ write() {} }, tenant as never), {
      code: 'POLICY_OPTION_INVALID',
    })
})
