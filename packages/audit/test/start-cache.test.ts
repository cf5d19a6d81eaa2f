import assert from 'node:assert/strict'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { type AuditOptions, openAudit } from '../src/index.ts'
import { leafHash } from '../src/merkle.ts'
import { assertNoAlarm } from './log-oracle.ts'
import { event, folder, optionsIn } from './log-setup.ts'

// What lets a writer start without reading the whole log is signed by nobody.

async function closedLog(t: TestContext, entries: number): Promise<AuditOptions> {
  const options = optionsIn(folder(t))
  const audit = await openAudit(options)
  for (let n = 0; n < entries; n += 1) await audit.append(event(n))
  await audit.close()
  return options
}

for (const entries of [1, 2])
  test(`a last signed entry that was changed together with the cache is no head to go on from (${entries + 3} entries)`, async (t) => {
    const options = await closedLog(t, entries)
    const [name = ''] = readdirSync(options.dir).filter((file) => file.endsWith('.jsonl'))
    const segment = join(options.dir, name)
    const lines = readFileSync(segment, 'utf8').trimEnd().split('\n')
    const last = String(lines.at(-1)).replace(/"ts":"\d{4}/, '"ts":"2999')
    writeFileSync(segment, `${[...lines.slice(0, -1), last].join('\n')}\n`)
    const cache = join(options.dir, 'tree.json')
    const said = JSON.parse(readFileSync(cache, 'utf8'))
    const prev = leafHash(Buffer.from(last)).toString('base64')
    writeFileSync(cache, JSON.stringify({ ...said, prev, time: Date.UTC(2999, 0, 1) }))
    await assert.rejects(openAudit(options), { code: 'AUDIT_DAMAGED' })
  })

test('a cache that says anything else costs time only', async (t) => {
  const options = await closedLog(t, 4)
  const cache = join(options.dir, 'tree.json')
  const said = JSON.parse(readFileSync(cache, 'utf8'))
  const others = [
    { prev: 'AAAA' },
    { prev: 7 },
    { seq: 0 },
    { seq: 4 },
    { before: [] },
    { before: null },
  ]
  for (const other of [...others, { time: 1e300 }, { epoch: 'x' }]) {
    writeFileSync(cache, JSON.stringify({ ...said, ...other }))
    await (await openAudit(options)).close()
  }
  await assertNoAlarm(options.dir)
})
