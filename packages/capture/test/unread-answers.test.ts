import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import type { ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { type TestContext, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { delta } from './chat-wire.ts'
import { events, loopback } from './loopback.ts'

const APP = fileURLToPath(new URL('./fixtures/unread-answers.js', import.meta.url))
const MEGABYTE = 1_048_576

/** What the server is left with when an application has collected its garbage. */
interface Left {
  readonly left: number
  readonly grown: number
}

/** A server whose streams never end, and an application that does this with so many of them. */
async function run(t: TestContext, whose: string, what: string, count = 20): Promise<Left> {
  const open = new Set<ServerResponse>()
  const server = await loopback(t, ({ path }, response) => {
    if (path === '/open') return response.end(String(open.size))
    open.add(response)
    response.once('close', () => open.delete(response))
    if (!path.includes('refusal')) return events(response).write(delta({ content: 'Hello' }))
    response.writeHead(500, { 'content-type': 'application/json' })
    return response.write('{"error": {"message": "Down",')
  })
  const folder = mkdtempSync(join(tmpdir(), 'recount-unread-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  const child = spawn(
    process.execPath,
    ['--expose-gc', APP, server.url, whose, what, String(count)],
    { cwd: folder, stdio: ['ignore', 'pipe', 'inherit'] },
  )
  const said = text(child.stdout)
  const [status] = await once(child, 'close')
  assert.equal(status, 0)
  return JSON.parse(await said) as Left
}

const WAYS = ['dropped', 'body looked at', 'cancelled', 'cloned', 'read once']
const REFUSED = ['dropped', 'cloned', 'cancelled'].map((what) => `${what} of a refusal`)

for (const what of [...WAYS, ...REFUSED])
  test(`unread answers (${what}) leave no more connections open than with the bare fetch`, async (t) => {
    const [bare, captured] = await Promise.all([run(t, 'bare', what), run(t, 'captured', what)])
    assert.ok(captured.left <= bare.left, `${captured.left} are open, bare ${bare.left}`)
  })

test('2,000 answers that nobody reads leave neither connections nor memory behind', async (t) => {
  const { left, grown } = await run(t, 'captured', 'dropped', 2000)
  assert.equal(left, 0)
  assert.ok(grown < 2 * MEGABYTE, `${grown} bytes more than after the first half`)
})
