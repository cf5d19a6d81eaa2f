import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { installShutdown } from '../src/index.ts'
import { linesOf, temporaryFolder } from './destination-files.ts'
import { DESTINATIONS } from './fixtures/shutdown.ts'

const PROGRAM = join(import.meta.dirname, 'fixtures', 'shutdown.js')

interface Ended {
  readonly code: number | null
  readonly signal: string | null
  readonly said: string
  readonly lines: readonly string[]
}

/** Runs the program until it has written, sends SIGTERM, and waits for its end. */
async function stopped(t: TestContext, where: string, how = ''): Promise<Ended> {
  const path = join(temporaryFolder(t), 'app.jsonl')
  const child = spawn(process.execPath, [PROGRAM, where, path, how], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  t.after(() => child.kill('SIGKILL'))
  let said = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    if (said === '') child.kill('SIGTERM')
    said += text
  })
  const [code, signal] = (await once(child, 'close')) as [number | null, string | null]
  return { code, signal, said, lines: linesOf(path) }
}

for (const where of DESTINATIONS) {
  test(`a signal lets ${where} write everything, and ends the process as the signal does`, async (t) => {
    const { code, signal, lines } = await stopped(t, where)
    assert.deepEqual([code, signal], [null, 'SIGTERM'])
    const numbers = lines.map((line) => (JSON.parse(line) as { number: number }).number)
    assert.deepEqual(
      numbers,
      Array.from({ length: 2000 }, (_, number) => number),
    )
  })
}

test('an application that listens itself is asked once, and ends by itself', async (t) => {
  const { code, said, lines } = await stopped(t, 'transport', 'listening')
  assert.deepEqual([code, said, lines.length], [7, 'ready\nasked 1\n', 2000])
})

test('taken back, nothing of it is left', async (t) => {
  const { signal } = await stopped(t, 'file, synchronous', 'taken back')
  assert.equal(signal, 'SIGTERM')
  const before = process.listenerCount('SIGTERM')
  const uninstall = installShutdown({ flush() {} })
  assert.equal(process.listenerCount('SIGTERM'), before + 1)
  uninstall()
  assert.equal(process.listenerCount('SIGTERM'), before)
})

test('a time that is none is refused, by name', () => {
  for (const timeoutMs of [0, -1, Number.NaN, Number.POSITIVE_INFINITY, '5' as unknown as number]) {
    assert.throws(() => installShutdown({ flush() {} }, { timeoutMs }), {
      code: 'LOGGER_OPTION_INVALID',
      message: /`timeoutMs`/,
    })
  }
})
