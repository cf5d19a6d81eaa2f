import assert from 'node:assert/strict'
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { type AuditOptions, openAudit } from '../src/index.ts'
import { APPENDER } from './kill.ts'
import { assertNoAlarm, readClosedLog } from './log-oracle.ts'
import { event, folder, ORIGIN, optionsIn } from './log-setup.ts'
import { assertKept, saidIn } from './said.ts'

const PROCESSES = 8
const APPENDS = 200

interface Appender {
  readonly child: ChildProcess
  readonly output: () => string
  readonly ended: Promise<unknown>
}

function appender(
  t: TestContext,
  options: AuditOptions,
  run: { count: number; from?: number; concurrency?: number; pause?: boolean },
  command: readonly string[] = [],
): Appender {
  const [program = process.execPath, ...before] = [...command, process.execPath]
  const args = [...before, APPENDER, JSON.stringify({ options, ...run })]
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] })
  t.after(() => child.kill('SIGKILL'))
  let output = ''
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    output += text
  })
  child.stderr?.resume()
  return { child, output: () => output, ended: once(child, 'close') }
}

/** Resolves once a process has said a word. */
async function says(appending: Appender, word: string): Promise<void> {
  while (!appending.output().includes(word)) await once(appending.child.stdout as never, 'data')
}

test(`${PROCESSES} processes that append ${APPENDS} entries each wait for each other: one log, nothing lost`, async (t) => {
  const path = folder(t)
  const options = optionsIn(path, { wait: 300_000 })
  const appenders = Array.from({ length: PROCESSES }, (_, index) =>
    appender(t, options, { count: APPENDS, from: index * APPENDS, concurrency: 4 }),
  )
  await Promise.all(appenders.map(({ ended }) => ended))
  const entries = readClosedLog(options.dir, ORIGIN)
  const queries = entries.filter(({ action }) => action === 'query')
  assert.equal(queries.length, PROCESSES * APPENDS)
  for (const { output } of appenders) {
    const said = saidIn(output())
    assert.equal(said.done.size, APPENDS)
    assertKept(
      said,
      queries.filter(({ ext }) => said.begun.has(ext?.n as number)),
    )
  }
  await assertNoAlarm(options.dir)
})

test('a second writer is refused at once, with the process that has the log', async (t) => {
  const options = optionsIn(folder(t))
  const audit = await openAudit(options)
  await assert.rejects(openAudit(options), (error: Error & { code: string }) => {
    assert.equal(error.code, 'AUDIT_LOCKED')
    assert.match(error.message, new RegExp(`process ${process.pid} has it open`))
    return true
  })
  await audit.close()
  await (await openAudit(options)).close()
})

test('a writer that waits goes on as soon as the one before closes', async (t) => {
  const options = optionsIn(folder(t))
  const first = await openAudit(options)
  const second = openAudit({ ...options, wait: 60_000 })
  await first.append(event(1))
  await first.close()
  const audit = await second
  await audit.append(event(2))
  await audit.close()
  const entries = readClosedLog(options.dir, ORIGIN)
  assert.deepEqual(
    entries.flatMap(({ ext }) => ext?.n ?? []),
    [1, 2],
  )
})

test('a stopped writer keeps its log, and goes on when it is continued', async (t) => {
  const path = folder(t)
  const options = optionsIn(path)
  const stopped = appender(t, options, { count: 3000, concurrency: 2 })
  await says(stopped, 'done 20 ')
  stopped.child.kill('SIGSTOP')
  await assert.rejects(openAudit({ ...options, wait: 100 }), (error: Error & { code: string }) => {
    assert.equal(error.code, 'AUDIT_LOCKED')
    assert.match(error.message, /does not answer/)
    return true
  })
  stopped.child.kill('SIGCONT')
  await stopped.ended
  assertKept(saidIn(stopped.output()), readClosedLog(options.dir, ORIGIN))
})

const canUnshare = spawnSync('unshare', ['--net', 'true']).status === 0
const needsNamespaces = {
  skip: canUnshare ? false : 'needs unshare --net (util-linux) and the right to use it (root)',
} as const

test(
  'a writer in another container that was stopped cannot acknowledge after a takeover',
  needsNamespaces,
  async (t) => {
    const path = folder(t)
    const options = optionsIn(path, { segmentBytes: 100_000 })
    // Another network namespace does not see the lock, as two containers on one volume.
    const zombie = appender(t, options, { count: 100_000, concurrency: 4 }, ['unshare', '--net'])
    await says(zombie, 'done 50 ')
    zombie.child.kill('SIGSTOP')
    const audit = await openAudit(options)
    for (let n = 0; n < 20; n++) await audit.append(event(1_000_000 + n))
    zombie.child.kill('SIGCONT')
    await says(zombie, 'AUDIT_FENCED')
    for (let n = 20; n < 40; n++) await audit.append(event(1_000_000 + n))
    await audit.close()
    zombie.child.kill('SIGKILL')
    await zombie.ended
    const entries = readClosedLog(options.dir, ORIGIN)
    const isOurs = (n: number | undefined): boolean => (n ?? 0) >= 1_000_000
    assertKept(
      saidIn(zombie.output()),
      entries.filter(({ ext }) => !isOurs(ext?.n)),
    )
    assert.equal(entries.filter(({ ext }) => isOurs(ext?.n)).length, 40)
    await assertNoAlarm(options.dir)
  },
)

test('streams of six processes need no waiting, and one root covers them all', async (t) => {
  const path = folder(t)
  const options = optionsIn(path)
  await (await openAudit(options)).close()
  const streams = ['s-1', 's-2', 's-3', 's-4', 's-5', 's-6']
  const appenders = streams.map((stream) => appender(t, { ...options, stream }, { count: 30 }))
  await Promise.all(appenders.map(({ ended }) => ended))
  const audit = await openAudit(options)
  const states = await audit.recordStreams()
  await audit.close()
  assert.deepEqual(
    states.map(({ origin }) => origin),
    streams.map((stream) => `${ORIGIN}/${stream}`),
  )
  for (const [index, stream] of streams.entries()) {
    const entries = readClosedLog(join(options.dir, 'streams', stream), `${ORIGIN}/${stream}`)
    assertKept(saidIn((appenders[index] as Appender).output()), entries)
    assert.equal(entries.filter(({ action }) => action === 'query').length, 30)
  }
  await assertNoAlarm(options.dir)
  assert.ok(existsSync(join(options.dir, 'streams', 's-1', 'checkpoint')))
})
