import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import type { AnyRecord } from '@recount/record'
import { compilePolicy, guardSink, type Policy, reaches, watchPolicy } from '../src/index.ts'
import { traceIds } from './helpers.ts'

const RELOADS = 10_000
const TENANTS = ['acme', 'beta', 'gamma']

/** Two policies that differ in everything that a decision says about a tenant. */
function policyOf(version: 'one' | 'two'): Policy {
  const text = version === 'one'
  return {
    version: 1,
    name: version,
    rules: TENANTS.map((tenant) => ({
      name: `${version}/${tenant}`,
      when: { tenant, ...(text ? {} : { status: ['ok', 'error'] as ('ok' | 'error')[] }) },
      then: { content: text ? 'text' : 'digest', redact: text ? 'personal' : 'strict' },
    })),
    tenants: Object.fromEntries(
      TENANTS.map((tenant) => [tenant, { sinks: [`${tenant}-${version}`, 'all'] }]),
    ),
    sinks: Object.fromEntries(TENANTS.map((tenant) => [`${tenant}-${version}`, { tenant }])),
  }
}

test('10,000 reloads under load lose and misroute nothing', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'recount-policy-'))
  const file = join(folder, 'policy.json')
  const texts = [JSON.stringify(policyOf('one')), JSON.stringify(policyOf('two'))]
  writeFileSync(file, texts[0] ?? '')
  let changes = 0
  const policies = watchPolicy(file, { pollMs: 1e9, onChange: () => changes++ })
  t.after(() => {
    policies.close()
    rmSync(folder, { recursive: true })
  })
  const load = recordedLoad(policies)
  for (let i = 1; i <= RELOADS; i++) {
    writeFileSync(file, texts[i % 2] ?? '')
    await Promise.all([policies.reload('ops'), load.some()])
  }
  assert.ok(changes >= RELOADS, `${changes} changes`)
  assert.ok(load.decided() > RELOADS)
  load.check()
})

/** Calls that start and end while policies change, written to guarded sinks as their decisions say. */
function recordedLoad(policies: ReturnType<typeof watchPolicy>) {
  const sinks = new Map(
    TENANTS.flatMap((tenant) =>
      ['one', 'two'].map((version) => [`${tenant}-${version}`, tenant] as const),
    ).map(([name, tenant]) => [name, guarded(tenant)]),
  )
  const digests = new Map(
    (['one', 'two'] as const).map((version) => [compilePolicy(policyOf(version)).digest, version]),
  )
  const ids = traceIds(64)
  let decided = 0
  let written = 0

  function one(i: number): void {
    const tenant = TENANTS[i % TENANTS.length] ?? ''
    const facts = { event: 'llm_call', tenant, trace_id: ids[i % 64], status: 'ok' } as const
    for (const decision of [policies.decideStart(facts), policies.decide(facts)]) {
      const version = digests.get(decision.policy)
      assert.ok(version)
      assert.ok(decision.rule.startsWith(`${version}/${tenant}`), decision.rule)
      assert.equal(decision.redact, version === 'one' ? 'personal' : 'strict')
      const reached = [...sinks.keys()].filter((name) => reaches(decision, name))
      assert.deepEqual(reached, [`${tenant}-${version}`])
      for (const name of reached) sinks.get(name)?.write({ tenant_id: tenant } as AnyRecord)
      written += reached.length
      decided += 1
    }
  }

  return {
    decided: () => decided,
    some: async () => {
      for (let i = 0; i < 3; i++) {
        one(decided + i)
        await null
      }
    },
    check: () => {
      const all = [...sinks.values()]
      assert.equal(
        all.reduce((sum, { refused }) => sum + refused, 0),
        0,
      )
      assert.equal(
        all.reduce((sum, { received }) => sum + received.length, 0),
        written,
      )
      assert.equal(written, decided)
      for (const { tenant, received } of all)
        assert.ok(received.every(({ tenant_id }) => tenant_id === tenant))
    },
  }
}

function guarded(tenant: string) {
  const received: AnyRecord[] = []
  const guard = guardSink<AnyRecord>({ write: (record) => received.push(record) }, tenant)
  return {
    tenant,
    received,
    write: guard.write,
    get refused() {
      return guard.refused
    },
  }
}
