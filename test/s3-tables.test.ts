import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { createLogger } from '@recount/logger'
import { shipLogs } from '@recount/s3'
import { query } from 'chdb'
import { codeBlocks } from './markdown.ts'
import { readText } from './repository.ts'

interface Reached {
  readonly endpoint: string
  readonly accessKeyId: string
  readonly secretAccessKey: string
}

test('the statement for ClickHouse counts the calls in shipped files, also where no call has a cost', async (t) => {
  const store = await startStore(t)
  const folder = mkdtempSync(join(tmpdir(), 'recount-tables-'))
  t.after(() => rmSync(folder, { recursive: true }))
  const file = join(folder, 'app.2026-11-29.1.jsonl')
  await writeCalls(file, ['acme-large', 'acme-small', 'acme-large'])
  // The day after: another folder below the same place.
  const priced = {
    event: 'llm_call',
    time: Date.parse('2026-11-30'),
    model: 'other',
    cost_usd: 0.25,
  }
  const other = join(folder, 'app.2026-11-30.1.jsonl')
  writeFileSync(other, `${JSON.stringify(priced)}\n`)
  assert.deepEqual(askClickHouse(await shipped(store, [file])), [
    { model: 'acme-large', calls: 2, cost: null },
    { model: 'acme-small', calls: 1, cost: null },
  ])
  assert.deepEqual(
    askClickHouse(await shipped(store, [other])).find(({ model }) => model === 'other'),
    { model: 'other', calls: 1, cost: 0.25 },
  )
})

async function writeCalls(path: string, models: readonly string[]): Promise<void> {
  const log = createLogger({ name: 'support', destination: path })
  const reply = { text: 'Yes.', usage: { input_tokens: 42, output_tokens: 5 } }
  for (const model of models) await log.llm({ provider: 'acme', model }, async () => reply)
}

async function shipped(store: Reached, files: readonly string[]): Promise<Reached> {
  const { endpoint, accessKeyId, secretAccessKey } = store
  Object.assign(process.env, {
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
  })
  const { failed } = await shipLogs({ url: 's3://acme-logs/support', files, endpoint })
  assert.deepEqual(failed, [])
  return store
}

/** What the statement on the page gives, at this store in place of the one it names. */
function askClickHouse({ endpoint, accessKeyId, secretAccessKey }: Reached): {
  model: string
  calls: number
  cost: number | null
}[] {
  const statement = codeBlocks(readText('docs/s3.md')).find(
    ({ language, code }) => language === 'sql' && code.includes('JSONEachRow'),
  )
  const sql = (statement?.code ?? '')
    .replace('https://acme-logs.s3.amazonaws.com', `${endpoint}/acme-logs`)
    .replace("'JSONEachRow'", `'${accessKeyId}', '${secretAccessKey}', 'JSONEachRow'`)
    .replace(/;\s*$/, ' ORDER BY model')
  return query(sql, 'JSONEachRow')
    .trim()
    .split('\n')
    .map((line) => {
      const { model, calls, cost } = JSON.parse(line)
      return { model, calls: Number(calls), cost }
    })
}

/** S3 on loopback in a process of its own: the engine blocks this one. */
async function startStore(t: TestContext): Promise<Reached> {
  const s3 = dirname(fileURLToPath(import.meta.resolve('@recount/s3/package.json')))
  const program = join(s3, 'dist/test/fixtures/serve-stand-in.js')
  const child = spawn(process.execPath, [program, 'acme-logs'], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  t.after(async () => {
    child.stdin.end()
    await once(child, 'close')
  })
  const [first] = (await once(child.stdout, 'data')) as [Buffer]
  return JSON.parse(first.toString()) as Reached
}
