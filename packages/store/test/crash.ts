import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { SpanSummary, Store } from '../src/index.ts'

const WRITER = fileURLToPath(new URL('fixtures/writer.js', import.meta.url))
const READER = fileURLToPath(new URL('fixtures/reader.js', import.meta.url))

/** What came of writers that are killed again and again while others read. */
export interface CrashRun {
  /** Spans that writers said were kept. */
  readonly acknowledged: ReadonlySet<string>
  readonly kills: number
  /** Answers of readers. */
  readonly reads: number
  /** What readers failed with. */
  readonly failures: readonly string[]
}

/** Lets four processes write and two read one store, and kills a writer whenever one has kept some more. */
export async function crashRun(db: string, kills: number): Promise<CrashRun> {
  const acknowledged = new Set<string>()
  const failures: string[] = []
  const seen = { reads: 0, kills: 0 }
  let seed = 42
  const random = (): number => {
    seed = (seed * 1103515245 + 12345) & 0x7fffffff
    return seed / 0x7fffffff
  }
  let next = 1
  const readers = [1, 2].map(() => {
    const reader = fork(READER, [db])
    reader.on('message', (answer: { error?: string }) => {
      seen.reads += 1
      if (answer.error !== undefined) failures.push(answer.error)
    })
    return reader
  })
  const writers = new Set<ChildProcess>()
  const writer = async (): Promise<void> => {
    while (seen.kills < kills) {
      const child = fork(WRITER, [db, String(next++)])
      writers.add(child)
      const most = 1 + Math.floor(random() * 20)
      await untilKept(child, most, acknowledged)
      const gone = once(child, 'exit')
      child.kill('SIGKILL')
      await gone
      writers.delete(child)
      seen.kills += 1
    }
  }
  try {
    await Promise.all([writer(), writer(), writer(), writer()])
    while (seen.reads < 10) await Promise.race(readers.map((reader) => once(reader, 'message')))
    for (const reader of readers) {
      const gone = once(reader, 'exit')
      reader.send('end')
      await gone
    }
  } finally {
    for (const child of [...readers, ...writers]) child.kill('SIGKILL')
  }
  return { acknowledged, failures, ...seen }
}

/** The spans of a store, all of them. */
export async function everySpan(store: Store): Promise<SpanSummary[]> {
  const spans: SpanSummary[] = []
  let cursor: string | undefined
  do {
    const page = await store.list({ limit: 1000, cursor })
    spans.push(...page.items)
    cursor = page.cursor ?? undefined
  } while (cursor !== undefined)
  return spans
}

function untilKept(child: ChildProcess, most: number, acknowledged: Set<string>): Promise<void> {
  return new Promise((resolve, reject) => {
    let batches = 0
    child.on('message', (spans: string[]) => {
      for (const span of spans) acknowledged.add(span)
      batches += 1
      if (batches >= most) resolve()
    })
    child.once('exit', (code) => {
      if (batches < most) reject(new Error(`A writer ended by itself with ${code}`))
    })
  })
}
