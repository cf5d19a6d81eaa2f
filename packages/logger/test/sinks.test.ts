import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { type CompiledPolicy, compilePolicy } from '@recount/policy'
import { createLogger, type LoggerOptions } from '../src/index.ts'
import { linesIn, temporaryFolder } from './folder.ts'
import { assertValid } from './helpers.ts'
import { takeWarnings } from './quiet-warnings.ts'

const CALL = { provider: 'acme', model: 'acme-large' }
type Policy = Exclude<LoggerOptions['policy'], string | undefined>
takeWarnings()

function memory(): { lines: string[]; write(line: string): void } {
  const lines: string[] = []
  return { lines, write: (line) => void lines.push(line) }
}

test('a tenant whose records have a sink of their own are there, content with them, and nowhere else', (t) => {
  const folder = temporaryFolder(t)
  const main = memory()
  const policy: Policy = {
    version: 1,
    defaults: { content: 'text' },
    tenants: { acme: { sinks: ['acme-file'] } },
    sinks: { 'acme-file': { tenant: 'acme' } },
  }
  const sinks = { 'acme-file': join(folder, 'acme.jsonl') }
  const contentFolder = join(folder, 'content')
  const logger = createLogger({
    destination: main,
    policy,
    sinks,
    contentFolder,
    env: {},
    keyFile: false,
  })
  for (const tenant_id of ['acme', 'beta', undefined])
    logger.trace('t', { ...(tenant_id && { tenant_id }) }, () =>
      logger.llm({ ...CALL, input: `for ${tenant_id}` }, () => 'hi'),
    )
  const all = linesIn(folder)
  assertValid(all)
  const acme = linesIn(folder).filter((line) => line.tenant_id === 'acme')
  assert.ok(acme.some(({ event }) => event === 'content'))
  assert.ok(acme.some(({ event }) => event === 'llm_call'))
  assert.doesNotMatch(main.lines.join(''), /"tenant_id":"acme"|for acme/)
  assert.match(main.lines.join(''), /"beta"/)
  assert.doesNotMatch(JSON.stringify(acme), /for beta|for undefined/)
})

test('a sink bound to a tenant never gets a line of another one, even where the policy sends it there', () => {
  const bound = memory()
  const policy: Policy = {
    version: 1,
    defaults: { content: 'text' },
    sinks: { vip: { tenant: 'acme' } },
  }
  const options = { content: 'inline', policy, sinks: { vip: bound }, env: {} } as const
  const logger = createLogger({ ...options, keyFile: false, destination: memory() })
  for (const tenant_id of ['acme', 'beta', undefined])
    logger.llm({ ...CALL, ...(tenant_id && { tenant_id }), input: 'x' }, () => 'hi')
  const tenants = new Set(
    bound.lines.map((line) => (JSON.parse(line) as { tenant_id?: string }).tenant_id),
  )
  assert.deepEqual([...tenants], ['acme'])
})

test('a policy that lies about sinks is stopped at the sink itself, and the refusal is said', () => {
  const bound = memory()
  const honest = compilePolicy({ version: 1, sinks: { vip: { tenant: 'acme' } } })
  const everywhere = { sinks: ['*'], notSinks: [] }
  const lying: CompiledPolicy = {
    ...honest,
    decide: (facts, ask) => ({ ...honest.decide(facts, ask), ...everywhere }),
    decideStart: (facts, ask) => ({ ...honest.decideStart(facts, ask), ...everywhere }),
  }
  const options = { policy: lying, sinks: { vip: bound }, env: {}, keyFile: false } as const
  const logger = createLogger({ ...options, destination: memory() })
  for (const tenant_id of ['beta', 'acme']) logger.llm({ ...CALL, tenant_id }, () => 'hi')
  assert.equal(bound.lines.length, 2)
  for (const line of bound.lines) assert.match(line, /"tenant_id":"acme"/)
})

test('a sink that is reached by `*` gets every record beside the log', () => {
  const main = memory()
  const copy = memory()
  const logger = createLogger({ destination: main, sinks: { copy }, env: {}, keyFile: false })
  logger.llm(CALL, () => 'hi')
  assert.equal(copy.lines.length, 2)
  // Each line says when it was written.
  const [copied, written] = [copy, main].map(({ lines }) =>
    lines.map((line) => line.replace(/"time":\d+/, '')),
  )
  assert.deepEqual(copied, written)
})
