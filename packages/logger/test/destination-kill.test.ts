import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { linesOf, numbersOf, temporaryFolder, upTo } from './destination-files.ts'
import { ENDINGS, type Ending, LINES, type Mode } from './fixtures/destination-endings.ts'

const PROGRAM = join(import.meta.dirname, 'fixtures', 'destination-endings.js')
/** Endings in which no JavaScript runs any more. */
const ABRUPT: readonly Ending[] = ['SIGTERM', 'SIGINT', 'SIGKILL', 'abort']
/** What `sync: false` may lose then: its buffer of 64 KiB, in lines of 330 bytes, and the one that did not fit. */
const BUFFERED_LINES = Math.ceil((64 * 1024) / 300) + 1

interface Row {
  readonly title: string
  readonly mode: Mode
  /** What the shell does with its output; the process itself is `"$@"`. */
  readonly shell: string
  /** The most lines that an abrupt ending may cost; every other ending costs none. */
  readonly mayLose: number
}

const ROWS: readonly Row[] = [
  { title: 'stdout to a file', mode: 'stdout', shell: '"$@" > "$OUT"', mayLose: 0 },
  { title: 'stdout to a pipe', mode: 'stdout', shell: '"$@" | cat > "$OUT"', mayLose: 0 },
  { title: 'file', mode: 'file', shell: '"$@"', mayLose: 0 },
  { title: 'file, sync: false', mode: 'file, sync: false', shell: '"$@"', mayLose: BUFFERED_LINES },
  { title: 'pino.transport', mode: 'pino.transport', shell: '"$@"', mayLose: LINES },
]

for (const { title, mode, shell, mayLose } of ROWS) {
  for (const ending of ENDINGS) {
    const lost = ABRUPT.includes(ending) ? mayLose : 0
    test(`${title}: ${ending} loses ${lost === 0 ? 'nothing' : `at most ${lost} lines, the last ones`}`, async (t) => {
      const out = join(temporaryFolder(t), 'out.jsonl')
      const child = spawn('sh', ['-c', shell, 'sh', process.execPath, PROGRAM, mode, ending, out], {
        stdio: 'ignore',
        env: { ...process.env, OUT: out },
      })
      await once(child, 'exit')
      const lines = existsSync(out) ? linesOf(out) : []
      // Only the worker of a transport can be stopped in the middle of a line.
      if (lost === LINES && lines.at(-1)?.startsWith('cut:')) lines.pop()
      assert.deepEqual(numbersOf(lines), upTo(lines.length))
      assert.ok(lines.length >= LINES - lost, `${LINES - lines.length} lines are lost`)
    })
  }
}

test('a socket as stdout loses nothing in any ending', async () => {
  for (const ending of ENDINGS) {
    const child = spawn(process.execPath, [PROGRAM, 'stdout', ending], {
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    const parts: Buffer[] = []
    child.stdout.on('data', (part: Buffer) => parts.push(part))
    await once(child, 'close')
    const lines = Buffer.concat(parts).toString().trimEnd().split('\n')
    assert.deepEqual(numbersOf(lines), upTo(LINES), ending)
  }
})
