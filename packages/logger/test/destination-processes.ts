import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import type { TestContext } from 'node:test'
import {
  hiddenFiles,
  linesOf,
  openFile,
  temporaryFolder,
  until,
  visibleFiles,
} from './destination-files.ts'

const PROGRAM = join(import.meta.dirname, 'fixtures', 'destination-writer.js')
const PROCESSES = 8
const MAX_BYTES = 16_000

/** How much happens in a run. */
export interface Run {
  /** Decides who is killed, and after how many lines of all. */
  readonly seed: number
  readonly kills: number
  readonly rotations: number
}

/**
 * Eight processes write to one path; random ones are killed with SIGKILL and replaced. Then every line whose `write`
 * returned is in the files exactly once, no line is cut, and no two processes have written to one file at a time.
 */
export async function killWriters(t: TestContext, { seed, kills, rotations }: Run): Promise<void> {
  const folder = temporaryFolder(t)
  const random = randomNumbers(seed)
  const acknowledged = new Map<string, number>()
  const running: ChildProcess[] = []
  const linesBetweenKills = Math.ceil((rotations * MAX_BYTES) / 300 / kills)
  let started = 0
  let lines = 0
  let left = kills
  let stopping = false
  let nextKill = linesBetweenKills

  const finished = new Promise<void>((resolve) => {
    const start = (place: number): void => {
      const writer = `${place}.${started++}`
      const child = startWriter(join(folder, 'app.jsonl'), writer, (number) => {
        acknowledged.set(writer, number)
        lines += 1
        if (lines < nextKill) return
        nextKill += Math.ceil(random() * 2 * linesBetweenKills)
        if (left === 0) resolve()
        else {
          left -= 1
          running[Math.floor(random() * PROCESSES)]?.kill('SIGKILL')
        }
      })
      running[place] = child
      child.once('exit', (_code, signal) => {
        if (signal === 'SIGKILL' && !stopping) start(place)
      })
    }
    for (let place = 0; place < PROCESSES; place++) start(place)
  })
  t.after(() => {
    for (const child of running) child.kill('SIGTERM')
  })
  await finished
  stopping = true
  await Promise.all(
    running.map((child) => {
      const closed = once(child, 'close')
      child.stdin?.end()
      return child.exitCode === null && child.signalCode === null ? closed : undefined
    }),
  )

  checkLines(folder, acknowledged)
  const rotated = new Set(rotatedNames(folder))
  t.diagnostic(`${started} processes, ${kills} kills, ${lines} lines, ${rotated.size} rotations`)
  assert.ok(rotated.size >= rotations, `${rotated.size} rotations`)

  // The next process to start repairs what the kills have left.
  openFile(t, folder, { maxBytes: MAX_BYTES, keep: 1_000_000 }).write(
    '{"writer":"last","number":0}\n',
  )
  acknowledged.set('last', 0)
  const plain = (): string[] => visibleFiles(folder).filter((name) => /\.\d+\.jsonl$/.test(name))
  await until(() => plain().length === 0 && hiddenFiles(folder).length === 1)
  checkLines(folder, acknowledged)
}

function startWriter(
  path: string,
  writer: string,
  acknowledge: (number: number) => void,
): ChildProcess {
  const child = spawn(process.execPath, [PROGRAM, path, writer, String(MAX_BYTES)], {
    stdio: ['pipe', 'ignore', 'inherit', 'pipe'],
  })
  let rest = ''
  const numbers = child.stdio[3] as Readable
  numbers.setEncoding('latin1').on('data', (text: string) => {
    const parts = (rest + text).split('\n')
    rest = parts.pop() ?? ''
    for (const part of parts) acknowledge(Number(part))
  })
  child.stdin?.on('error', () => {})
  return child
}

function checkLines(folder: string, acknowledged: ReadonlyMap<string, number>): void {
  const found = new Map<string, number[]>()
  const names = visibleFiles(folder)
  for (const name of names.filter((each) => !names.includes(`${each}.gz`))) {
    let current = ''
    const before = new Set<string>()
    for (const line of linesOf(join(folder, name))) {
      const { writer, number } = parse(line, name)
      if (writer !== current) {
        assert.ok(!before.has(writer), `${writer} and another process wrote to ${name} at a time`)
        before.add(writer)
        current = writer
      }
      const numbers = found.get(writer)
      if (numbers === undefined) found.set(writer, [number])
      else numbers.push(number)
    }
  }
  for (const [writer, last] of acknowledged) {
    const numbers = (found.get(writer) ?? []).sort((one, other) => one - other)
    numbers.forEach((number, index) => {
      assert.equal(number, index, `${writer} lost or repeated a line near ${index}`)
    })
    assert.ok(numbers.length > last, `${writer} lost its last lines: ${numbers.length} of ${last}`)
  }
}

function parse(line: string, name: string): { writer: string; number: number } {
  try {
    return JSON.parse(line) as { writer: string; number: number }
  } catch {
    throw new Error(`${name} has a line that is not whole: ${line.slice(0, 80)}`)
  }
}

function rotatedNames(folder: string): string[] {
  return visibleFiles(folder)
    .map((name) => name.replace(/\.gz$/, ''))
    .filter((name) => /\.\d{4}-\d\d-\d\d\.\d+\.jsonl$/.test(name))
}

/** Numbers from 0 to 1, the same for the same seed (mulberry32). */
function randomNumbers(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}
